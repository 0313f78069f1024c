"""The company's life: what each event does, that books stay closed, and who hears of it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from simulator.base import Base
from simulator.company import totals
from simulator.life import Event, Life, NothingFitsError
from simulator.life.life import ACTIONS
from tests.unit.simulator.companies import BY_DUE_DATE, SETTLEMENTS, SHIPMENT, company, side

NOW = datetime(2026, 11, 22, 12, 0, 0)
CONTRACT = "Catalog_ДоговорыКонтрагентов"
COUNTERPARTY = "Catalog_Контрагенты"
PRICES = "InformationRegister_ЦеныНоменклатуры"
_SILENT = [name for name in ACTIONS if name.startswith("silent")]
_ORDERS = [name for name in ACTIONS if "_order" in name]


@pytest.fixture
def base() -> Iterator[Base]:
    made = company()
    made.clock.stop(NOW)
    yield made
    made.close()


@pytest.fixture
def life(base: Base) -> Life:
    return Life(base, seed=7)


def amount(base: Base) -> Decimal:
    return sum((one.amount for one in totals(base)), Decimal())


def document(base: Base, event: Event) -> dict[str, Any]:
    found = base.read(event.entity_set, event.ref)
    assert found is not None
    return found


def test_after_hundreds_of_events_the_books_are_closed(base: Base, life: Life) -> None:
    kinds = Counter(life.step().kind for _ in range(500))
    assert len(kinds) == len(ACTIONS) - len(_SILENT) - len(_ORDERS)
    assert len(totals(base)) > 10


def test_open_items_never_fall_below_zero(base: Base) -> None:
    life = Life(base, seed=3, silent=0.1)
    for _ in range(400):
        life.step()
    rests: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for record in base.iterate(BY_DUE_DATE):
        for resource in ("Долг", "Предоплата"):
            rests[resource, record["РасчетныйДокумент"]] += side(record) * record[resource]
    assert min(rests.values()) == 0


def test_documents_stay_as_much_as_their_lines(base: Base, life: Life) -> None:
    for _ in range(300):
        life.step()
    for one in base.iterate(SHIPMENT):
        assert one["СуммаДокумента"] == sum(row["СуммаСНДС"] for row in one["Товары"]) > 0
    for one in base.iterate("Document_ПоступлениеБезналичныхДенежныхСредств"):
        assert one["СуммаДокумента"] == sum(row["Сумма"] for row in one["РасшифровкаПлатежа"])


def test_only_posted_documents_have_movements(base: Base, life: Life) -> None:
    for _ in range(300):
        life.step()
    posted = {
        one["Ref_Key"]
        for kind in base.objects
        if kind.startswith("Document_")
        for one in posted_of(base, kind)
    }
    for register in (SETTLEMENTS, BY_DUE_DATE):
        assert {record["Recorder"] for record in base.iterate(register)} <= posted


def posted_of(base: Base, kind: str) -> Iterator[dict[str, Any]]:
    return (one for one in base.iterate(kind) if one["Posted"] and not one["DeletionMark"])


def test_the_same_seed_lives_the_same_life(base: Base) -> None:
    other = company()
    other.clock.stop(NOW)
    left, right = Life(base, 5), Life(other, 5)
    assert [left.step() for _ in range(60)] == [right.step() for _ in range(60)]
    other.close()


def test_a_life_goes_on_where_it_stopped(base: Base) -> None:
    first = Life(base, 5)
    refs = {first.new_shipment().ref for _ in range(3)}
    second = Life(base, 5)
    assert second.events == 3
    assert second.new_shipment().ref not in refs


def test_a_shipment_is_owed_and_a_payment_settles_it(base: Base, life: Life) -> None:
    before = amount(base)
    event = life.new_shipment()
    shipped = document(base, event)
    assert amount(base) == before + shipped["СуммаДокумента"]
    assert sum(one["Сумма"] for one in base.records(SETTLEMENTS, event.ref)) == shipped["СуммаДокумента"]
    paid = document(base, life.new_payment(shipped["Договор_Key"]))
    assert amount(base) == before + shipped["СуммаДокумента"] - paid["СуммаДокумента"]


def test_unposting_marking_and_posting_again(base: Base, life: Life) -> None:
    event = life.new_shipment(on=NOW.isoformat())
    full = amount(base)
    records = base.records(BY_DUE_DATE, event.ref)
    life.unpost(event.ref)
    assert base.records(BY_DUE_DATE, event.ref) == []
    life.mark(event.ref)
    assert document(base, event)["DeletionMark"]
    with pytest.raises(NothingFitsError):
        life.post(event.ref)
    life.unmark(event.ref)
    life.post(event.ref)
    assert (amount(base), base.records(BY_DUE_DATE, event.ref)) == (full, records)


def test_what_others_settle_cannot_be_taken_away(base: Base, life: Life) -> None:
    event = life.new_shipment(on=NOW.isoformat())
    contract = document(base, event)["Договор_Key"]
    while not any(one["РасчетныйДокумент"] == event.ref for one in settled(base, event.ref)):
        life.new_payment(contract, on=NOW.isoformat())
    for act in (life.unpost, life.mark, life.delete, life.backdate, life.move_contract):
        with pytest.raises(NothingFitsError, match="does not allow it now"):
            act(event.ref)
    assert life.edit_amount(event.ref).ref == event.ref


def settled(base: Base, shipment: str) -> list[dict[str, Any]]:
    return [one for one in base.iterate(BY_DUE_DATE) if one["Recorder"] != shipment]


def test_moving_a_document_moves_its_movements(base: Base, life: Life) -> None:
    event = life.new_shipment(on=NOW.isoformat())
    life.backdate(event.ref, to="2026-03-02T09:00:00")
    assert document(base, event)["Date"] == "2026-03-02T09:00:00"
    assert {one["Period"] for one in base.records(SETTLEMENTS, event.ref)} == {"2026-03-02T09:00:00"}
    old = document(base, event)
    life.move_contract(event.ref)
    new = document(base, event)
    assert new["Договор_Key"] != old["Договор_Key"]
    owed = {one.contract: one.amount for one in totals(base)}
    assert owed[new["Договор_Key"]] != owed.get(old["Договор_Key"])
    (key,) = {one["АналитикаУчетаПоПартнерам_Key"] for one in base.records(SETTLEMENTS, event.ref)}
    analytics = base.read("Catalog_КлючиАналитикиУчетаПоПартнерам", key)
    assert analytics is not None
    assert analytics["Договор_Key"] == new["Договор_Key"]


def test_writing_again_changes_the_version_and_nothing_else(base: Base, life: Life) -> None:
    event = life.new_shipment()
    before = document(base, event)
    life.resave(event.ref)
    after = document(base, event)
    assert after.pop("DataVersion") != before.pop("DataVersion")
    assert after == before


def test_a_new_counterparty_can_do_business_at_once(base: Base, life: Life) -> None:
    event = life.new_counterparty()
    (contract,) = [one for one in base.iterate(CONTRACT) if one["Контрагент_Key"] == event.ref]
    shipped = document(base, life.new_shipment(contract["Ref_Key"]))
    assert shipped["Контрагент_Key"] == event.ref
    assert shipped["СуммаДокумента"] in {one.amount for one in totals(base) if one.counterparty == event.ref}


def test_names_limits_and_comments_change(base: Base, life: Life) -> None:
    renamed = life.rename_counterparty()
    assert document(base, renamed)["Description"].endswith("(бывш. 1)")
    limit = document(base, life.edit_contract())
    assert limit["ОграничиватьСуммуЗадолженности"]
    assert document(base, life.edit_text())["Комментарий"] == "уточнено, запись 3"


def test_documents_are_dated_now_before_and_a_little_ahead(base: Base, life: Life) -> None:
    dates = {document(base, life.new_shipment())["Date"] for _ in range(60)}
    now = NOW.isoformat()
    assert now in dates
    assert min(dates) < (NOW - timedelta(days=1)).isoformat()
    assert now < max(dates) <= (NOW + timedelta(minutes=30)).isoformat()


def test_a_late_document_is_dated_minutes_before_it_is_seen(base: Base, life: Life) -> None:
    for _ in range(10):
        date = datetime.fromisoformat(document(base, life.late_commit())["Date"])
        assert timedelta(minutes=2) <= NOW - date <= timedelta(minutes=20)


def test_everything_is_registered_but_deletion_and_what_is_silent(base: Base, life: Life) -> None:
    def pending() -> int:
        return base.exchange.pending()["002"].unsent

    assert pending() == 0
    event = life.new_shipment()
    assert event.registered
    registered = pending()
    assert registered >= 3  # the document and its record sets in two registers
    for act in (life.silent_edit, life.silent_movement_edit):
        assert not act().registered
        assert pending() == registered
    assert not life.delete().registered


@pytest.mark.parametrize("kind", _SILENT)
def test_a_silent_event_changes_the_base_and_keeps_the_books_closed(base: Base, kind: str) -> None:
    life = Life(base, seed=11)
    for _ in range(30):
        life.step()
    node = next(iter(base.exchange.nodes()))
    base.exchange.stamp(node, 1)
    base.exchange.confirm(node, 1)
    act: Callable[[], Event] = getattr(life, kind)
    before = fingerprint(base)
    event = act()
    assert event.kind == kind
    assert fingerprint(base) != before
    assert base.exchange.pending()["002"].unsent == 0
    assert totals(base)


def fingerprint(base: Base) -> list[str]:
    sets = (SHIPMENT, "Document_ПоступлениеБезналичныхДенежныхСредств", BY_DUE_DATE)
    return sorted(str(one) for name in sets for one in base.iterate(name))


def test_an_edit_nobody_is_told_of_keeps_the_date(base: Base, life: Life) -> None:
    event = life.new_shipment(on=NOW.isoformat())
    before = document(base, event)
    life.silent_edit(event.ref)
    after = document(base, event)
    assert after["Date"] == before["Date"]
    assert after["СуммаДокумента"] != before["СуммаДокумента"]
    (record,) = base.records(SETTLEMENTS, event.ref)
    assert record["Сумма"] == after["СуммаДокумента"]


def test_an_event_that_cannot_be_leaves_no_trace(base: Base, life: Life) -> None:
    before = fingerprint(base)
    with pytest.raises(NothingFitsError):
        life.unpost("00000000-0000-0000-0000-000000000000")
    assert (life.events, fingerprint(base)) == (0, before)


def test_every_action_is_a_method_too() -> None:
    assert {name for name in ACTIONS if not callable(getattr(Life, name, None))} == set()


def test_shipped_goods_leave_the_warehouse(base: Base, life: Life) -> None:
    before = stock(base)
    line = document(base, life.ship_goods())["Товары"][0]
    left = {item: before[item] - rest for item, rest in stock(base).items() if before[item] != rest}
    assert left == {line["Номенклатура_Key"]: line["Количество"]}
    assert min(before.values()) >= 0


def stock(base: Base) -> dict[str, Decimal]:
    rests: dict[str, Decimal] = defaultdict(Decimal)
    for record in base.iterate("AccumulationRegister_ТоварыНаСкладах"):
        rests[record["Номенклатура_Key"]] += side(record) * record["ВНаличии"]
    return rests


def test_a_price_counts_from_the_moment_it_is_set(base: Base, life: Life) -> None:
    first = next(iter(base.iterate(PRICES)))
    life.change_price(first["Номенклатура_Key"], first["ВидЦены_Key"], "12.34")
    latest = max(
        (one for one in base.iterate(PRICES) if same_price(one, first)), key=lambda one: one["Period"]
    )
    assert (latest["Цена"], latest["Period"]) == (Decimal("12.34"), NOW.isoformat())
    assert latest["Валюта_Key"] == first["Валюта_Key"]


def same_price(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return all(one[name] == other[name] for name in ("Номенклатура_Key", "ВидЦены_Key"))
