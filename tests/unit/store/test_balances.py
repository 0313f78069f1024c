from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from schemas import TABLES
from store import balances, rejections
from store.balances import ContractTotal, Unequal
from tests.unit.store.desk import DUE, ENTRY, KEY, SOURCE, Desk, Row, document, month, row

CONTRACT, COUNTERPARTY, ORGANIZATION = (TABLES[name] for name in ("contract", "counterparty", "organization"))
SEEN = datetime(2026, 3, 31, 21, 0, tzinfo=UTC)


def entry(key: str, amount: int, number: int = 1, **fields: Any) -> Row:
    return row(
        ENTRY,
        **{"recorder_id": f"doc-{key}-{number}", "line_no": number, "settlement_key_id": key, "active": True}
        | {"amount": amount}
        | fields,
    )


def due(key: str, debt: int, settled: str, advance: int = 0, number: int = 1, **fields: Any) -> Row:
    return row(
        DUE,
        **{"recorder_id": f"{settled}-{number}", "line_no": number, "settlement_key_id": key, "active": True}
        | {"debt": debt, "advance": advance, "settled_id": settled, "settled_kind": "shipping_note"}
        | fields,
    )


def parties(desk: Desk) -> None:
    """One organisation, one counterparty with two contracts, and the settlement key of the first."""
    desk.whole(ORGANIZATION, row(ORGANIZATION, id="org", name="Ромашка"))
    desk.whole(COUNTERPARTY, row(COUNTERPARTY, id="party", name="Покупатель"))
    first = {
        "number": "№ 1",
        "name": "Поставка",
        "kind": "sale",
        "credit_limit": 500,
        "payment_terms_days": 14,
    }
    owner = {"organization_id": "org", "counterparty_id": "party"}
    desk.whole(
        CONTRACT,
        row(CONTRACT, id="c1", currency="RUB", **owner, **first),
        row(CONTRACT, id="c2", currency="USD", **owner, number="№ 2"),
        row(CONTRACT, id="c3", currency="RUB", **owner, deletion_mark=True),
    )
    desk.whole(KEY, row(KEY, id="key", contract_id="c1", **owner))


def movements(desk: Desk, *entries: Row, dues: tuple[Row, ...] = (), seen: datetime = SEEN) -> None:
    for table, rows in ((ENTRY, entries), (DUE, dues)):
        unit = desk.land(
            month(3),
            repr(rows).encode(),
            entity=table.name,
            watermark="2026-03-31T23:59:59",
            fetched_at=seen,
            run_id=str(seen),
        )
        desk.merge(unit, {table: rows}, main=table, nested=(), entity=table.name)


def refreshed(desk: Desk) -> balances.BalanceCounts:
    with desk.store.transaction() as tx:
        return balances.refresh(tx, SOURCE)


def test_a_balance_is_the_sum_of_its_living_active_movements(desk: Desk) -> None:
    parties(desk)
    movements(desk, entry("key", 1000), entry("key", -300, 2), entry("key", 9, 3, active=False))
    movements(desk, entry("key", 1000), entry("key", -250, 2), entry("key", 9, 3, active=False))
    counts = refreshed(desk)
    assert (counts.entries, counts.balances, counts.orphans) == (2, 1, 0)
    with desk.store.reading() as tx:
        assert balances.totals(tx, SOURCE) == [ContractTotal("org", "party", "c1", "RUB", 750)]
        assert balances.totals(tx, "other") == []


def test_a_movement_that_is_gone_no_longer_counts(desk: Desk) -> None:
    parties(desk)
    movements(desk, entry("key", 1000), entry("key", -300, 2))
    movements(desk, entry("key", 1000))
    refreshed(desk)
    with desk.store.reading() as tx:
        assert [total.debt for total in balances.totals(tx, SOURCE)] == [1000]


def test_currencies_are_never_added_together(desk: Desk) -> None:
    parties(desk)
    movements(desk, entry("key", 1000), entry("key", 5, 2, currency="USD"))
    refreshed(desk)
    with desk.store.reading() as tx:
        assert [(total.currency, total.debt) for total in balances.totals(tx, SOURCE)] == [
            ("RUB", 1000),
            ("USD", 5),
        ]


def test_sums_beyond_a_float_are_exact(desk: Desk) -> None:
    parties(desk)
    largest = 999_999_999_999_999_999
    movements(desk, entry("key", largest), entry("key", -1, 2), entry("key", largest, 3))
    refreshed(desk)
    with desk.store.reading() as tx:
        assert balances.totals(tx, SOURCE)[0].debt == 2 * largest - 1


def test_only_what_is_unsettled_is_an_open_item(desk: Desk) -> None:
    parties(desk)
    desk.documents(month(3), document("note", number="УТ-7", at="2026-03-02T12:00:00"))
    arose = {"arose_on": "2026-03-02", "due_on": "2026-03-16"}
    movements(
        desk,
        entry("key", 30),
        dues=(
            due("key", 100, "note", **arose),
            due("key", -60, "note", number=2, **arose),
            due("key", 50, "paid"),
            due("key", -50, "paid", number=2),
            due("key", 0, "payment", advance=10),
        ),
    )
    refreshed(desk)
    with desk.store.reading() as tx:
        found = balances.counterparty(tx, SOURCE, "party")
        assert balances.unequal(tx, SOURCE) == []
    assert found is not None
    shown = {
        item.settled_id: (item.number, item.dated_at, item.debt, item.advance) for item in found.open_items
    }
    assert shown == {"note": ("УТ-7", "2026-03-02T12:00:00", 40, 0), "payment": ("", None, 0, 10)}
    note = next(item for item in found.open_items if item.settled_id == "note")
    assert (note.amount, note.arose_on, note.due_on) == (100, "2026-03-02", "2026-03-16")


def test_open_items_that_do_not_make_up_the_balance_are_told(desk: Desk) -> None:
    parties(desk)
    movements(desk, entry("key", 100), dues=(due("key", 99, "note"),))
    refreshed(desk)
    with desk.store.reading() as tx:
        assert balances.unequal(tx, SOURCE) == [Unequal("org", "party", "c1", "RUB", 100, 99)]


def test_a_source_without_due_dates_has_nothing_to_compare(desk: Desk) -> None:
    parties(desk)
    movements(desk, entry("key", 100))
    refreshed(desk)
    with desk.store.reading() as tx:
        assert balances.unequal(tx, SOURCE) == []


def test_a_counterparty_sees_every_living_contract_with_its_terms(desk: Desk) -> None:
    parties(desk)
    movements(desk, entry("key", 100))
    refreshed(desk)
    with desk.store.reading() as tx:
        found = balances.counterparty(tx, SOURCE, "party")
        assert balances.counterparty(tx, SOURCE, "nobody") is None
        assert balances.counterparty(tx, "other", "party") is None
    assert found is not None
    assert [(shown.contract_id, shown.currency, shown.debt) for shown in found.contracts] == [
        ("c1", "RUB", 100),
        ("c2", "USD", 0),
    ]
    terms = found.contracts[0]
    assert (terms.number, terms.kind, terms.organization_name) == ("№ 1", "sale", "Ромашка")
    assert (terms.credit_limit, terms.payment_terms_days) == (500, 14)


def test_a_counterparty_without_movements_is_known(desk: Desk) -> None:
    desk.whole(COUNTERPARTY, row(COUNTERPARTY, id="party"))
    with desk.store.reading() as tx:
        found = balances.counterparty(tx, SOURCE, "party")
    assert found is not None
    assert (found.contracts, found.open_items, found.as_of) == ([], [], None)


def test_movements_of_an_unknown_key_are_told_and_listed_until_it_arrives(desk: Desk) -> None:
    parties(desk)
    movements(desk, entry("key", 100), entry("lost", 7), entry("lost", 8, 2, currency="USD"))
    assert refreshed(desk).orphans == 2
    with desk.store.reading() as tx:
        found = balances.orphans(tx, SOURCE)
        (open_,) = rejections.open_(tx, SOURCE, "settlement_entry")
        assert [total.debt for total in balances.totals(tx, SOURCE)] == [100]
    assert (found.count, found.sums) == (2, {"RUB": 7, "USD": 8})
    assert (found.sample[0].settlement_key_id, found.sample[0].reason) == ("lost", balances.UNKNOWN_KEY)
    assert (open_.record_id, open_.field) == ("lost", "settlement_key_id")
    desk.whole(KEY, row(KEY, id="key", counterparty_id="party"), row(KEY, id="lost", counterparty_id="party"))
    assert refreshed(desk).orphans == 0
    with desk.store.reading() as tx:
        assert rejections.count(tx, SOURCE) == 0
        assert sum(total.debt for total in balances.totals(tx, SOURCE) if total.currency == "RUB") == 107


def test_a_balance_of_an_unknown_contract_is_kept_and_told(desk: Desk) -> None:
    parties(desk)
    desk.whole(KEY, row(KEY, id="key", counterparty_id="party", contract_id="missing"))
    movements(desk, entry("key", 100))
    refreshed(desk)
    with desk.store.reading() as tx:
        assert balances.totals(tx, SOURCE) == [ContractTotal("", "party", "missing", "RUB", 100)]
        assert balances.orphans(tx, SOURCE).sample[0].reason == balances.UNKNOWN_CONTRACT
        shown = balances.counterparty(tx, SOURCE, "party")
    assert shown is not None
    assert [(found.contract_id, found.number) for found in shown.contracts if found.debt] == [("missing", "")]


def test_settlements_without_a_contract_are_nobodys_fault(desk: Desk) -> None:
    parties(desk)
    desk.whole(KEY, row(KEY, id="key", counterparty_id="party"))
    movements(desk, entry("key", 100))
    assert refreshed(desk).orphans == 0


def test_balances_are_as_of_the_oldest_of_the_last_readings(desk: Desk) -> None:
    parties(desk)
    movements(desk, entry("key", 100), dues=(due("key", 100, "note"),))
    later = SEEN + timedelta(hours=1)
    unit = desk.land(
        month(3), b"x", entity=ENTRY.name, watermark="2026-04-01T00:00:00", fetched_at=later, run_id="2"
    )
    assert refreshed(desk).as_of is None  # landed, not mapped: nothing is known about it yet
    desk.merge(unit, {ENTRY: [entry("key", 90)]}, main=ENTRY, nested=(), entity=ENTRY.name)
    assert refreshed(desk).as_of == SEEN  # due dates were last read then
    movements(desk, entry("key", 90), dues=(due("key", 90, "note"),), seen=later)
    counts = refreshed(desk)
    assert counts.as_of == later
    with desk.store.reading() as tx:
        found = balances.counterparty(tx, SOURCE, "party")
    assert found is not None
    assert found.as_of == later
    assert found.refreshed_at is not None


def test_a_landing_not_yet_mapped_leaves_the_moment_where_it_was(desk: Desk) -> None:
    parties(desk)
    movements(desk, entry("key", 100))
    assert refreshed(desk).as_of == SEEN
    later = SEEN + timedelta(hours=1)
    desk.land(
        month(3), b"x", entity=ENTRY.name, watermark="2026-04-01T00:00:00", fetched_at=later, run_id="2"
    )
    assert refreshed(desk).as_of == SEEN


def test_refreshing_twice_changes_nothing(desk: Desk) -> None:
    parties(desk)
    movements(desk, entry("key", 100), dues=(due("key", 100, "note"),))
    first, again = refreshed(desk), refreshed(desk)
    assert first == again
