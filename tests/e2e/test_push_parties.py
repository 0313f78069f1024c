"""New legal entities and delivery points on their way into the books: no twin, and nothing of others lost."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from assets import push_party_books, sync
from assets.land import Reading
from assets.sync import Run
from connectors.odata import ODataClient
from schemas import TABLES
from schemas.parties import Contact, NewCounterparty, NewDeliveryPoint, partner_key
from store import outbox, outbox_settling, party_flow, records, submissions
from store.submissions import Submission
from store.tables_of_orders import OUTBOX
from tests.contract.simulator.small_base import OTHER_PARTY, PARTY, guid
from tests.e2e.ordering import SOURCE, Open, Ordering, ordering

__all__ = ["ordering"]
PARTIES, PARTNERS, KINDS = "Catalog_Контрагенты", "Catalog_Партнеры", "Catalog_ВидыКонтактнойИнформации"
PARTNER, LEGAL, DELIVERY, PHONE = guid(60), guid(61), guid(62), guid(63)
INN, KPP = "7707083893", "770701001"
SECTION = "КонтактнаяИнформация"
HERS = {"LineNumber": 1, "Тип": "Телефон", "Вид_Key": PHONE, "Представление": "+7 1", "НомерТелефона": "71"}


def open_(ordering: Open, **orders: Any) -> Ordering:
    """A base with a partner and kinds of addresses, which the hub has read."""
    world = ordering(**orders)
    world.base.write(
        KINDS,
        [
            {"Ref_Key": key, "Description": name, "PredefinedDataName": name, "IsFolder": False}
            for key, name in ((LEGAL, "ЮрАдресКонтрагента"), (DELIVERY, "АдресДоставкиПартнера"))
        ],
    )
    world.base.write(PARTNERS, [{"Ref_Key": PARTNER, "Description": "АВИКА", SECTION: [HERS]}])
    own = world.base.read(PARTIES, PARTY)
    assert own is not None
    world.base.write(PARTIES, [{**own, "Партнер_Key": PARTNER}])
    read(world, "contact_kind", "counterparty", "partner")
    return world


def read(world: Ordering, *names: str) -> None:
    with ODataClient(world.settings) as client:
        for name in names:
            run, entity = Run(uuid.uuid4().hex, "load"), world.source.entity(name)
            sync.land_entity(world.store, client, entity, Reading(), run)
            sync.map_entity(world.store, world.source, entity, run)


def entity(reference: str = "P-1", **given: Any) -> NewCounterparty:
    basis: dict[str, Any] = {"reference": reference, "name": "Ромашка", "legal_name": "ООО «Ромашка»"}
    basis |= {"kind": "company", "tax_id": INN, "tax_reason_code": KPP}
    return NewCounterparty(**basis | given)


def asked(world: Ordering, wanted: NewCounterparty) -> Submission:
    with world.store.transaction() as tx:
        return party_flow.place_counterparty(tx, SOURCE, wanted, "key:1", None)


def delivered(world: Ordering, address: str = "Тула, Мира, 1", reference: str = "D-1") -> Submission:
    point = NewDeliveryPoint(reference=reference, counterparty_id=PARTY, address=address, city="Тула")
    with world.store.transaction() as tx:
        return party_flow.place_delivery_point(tx, SOURCE, PARTNER, point, "key:1", None)


def made(world: Ordering) -> list[dict[str, Any]]:
    return [row for row in world.base.iterate(PARTIES) if row["ИНН"] == INN]


def partners(world: Ordering) -> list[dict[str, Any]]:
    return [row for row in world.base.iterate(PARTNERS) if row["Ref_Key"] != PARTNER]


@pytest.mark.parametrize("chosen", [True, False])
def test_a_new_entity_gets_its_partner_and_may_be_ordered_for_at_once(ordering: Open, chosen: bool) -> None:
    world = open_(ordering, chosen_key=chosen)
    world.server.change(unique_tax_ids=True, chosen_keys=chosen)
    one = asked(world, entity(contacts=(Contact(purpose="legal_address", text="Москва, Мира, 1"),)))
    (done,) = world.push()
    assert (done.state, done.why) == ("confirmed", None), world.now(one).words
    ((party,), (partner,)) = (made(world), partners(world))
    assert (party["Ref_Key"] == one.id, partner["Ref_Key"] == partner_key(one.id)) == (chosen, chosen)
    assert (party["Партнер_Key"], partner["Клиент"]) == (partner["Ref_Key"], True)
    assert [row["Представление"] for row in party[SECTION]] == ["Москва, Мира, 1"]
    assert world.now(one).ref_key == party["Ref_Key"]
    with world.store.reading() as tx:
        stored = records.get(tx, TABLES["counterparty"], SOURCE, (party["Ref_Key"],))
        assert stored is not None
        assert records.get(tx, TABLES["partner"], SOURCE, (stored.partner_id,)) is not None


def test_an_entity_that_the_books_have_is_adopted_and_nothing_is_written(ordering: Open) -> None:
    world = open_(ordering)
    theirs = {"Ref_Key": guid(70), "Description": "Ромашка старая", "ИНН": INN, "КПП": ""}
    world.base.write(PARTIES, [theirs, {**theirs, "Ref_Key": guid(71), "DeletionMark": True, "КПП": KPP}])
    one, twin = asked(world, entity()), asked(world, entity("P-2"))
    world.push()
    for each in (one, twin):
        now = world.now(each)
        assert (now.state, now.why, now.ref_key) == ("confirmed", "found", guid(70))
        assert {action for action, _ in world.attempts(each)} == {"look", "read"}
    assert partners(world) == []


def test_two_requests_for_one_entity_make_one(ordering: Open) -> None:
    world = open_(ordering)
    one, twin = asked(world, entity()), asked(world, entity("P-2", name="Ромашка-2"))
    world.push()
    assert (world.now(one).why, world.now(twin).why) == (None, "found")
    assert world.now(one).ref_key == world.now(twin).ref_key
    assert (len(made(world)), len(partners(world))) == (1, 1)


def test_another_branch_of_the_same_tax_id_is_another_one_under_its_heads_partner(ordering: Open) -> None:
    world = open_(ordering)
    one = asked(world, entity())
    world.push()
    other = asked(world, entity("P-2", tax_reason_code="710701001", head_id=world.now(one).ref_key))
    world.push()
    branch = world.base.read(PARTIES, str(world.now(other).ref_key))
    assert branch is not None
    assert world.now(other).why is None
    assert (branch["ГоловнойКонтрагент_Key"], branch["ОбособленноеПодразделение"]) == (one.id, True)
    assert branch["Партнер_Key"] == partners(world)[0]["Ref_Key"]


def test_a_company_does_not_adopt_a_strangers_entity_and_a_person_may_settle_that(ordering: Open) -> None:
    world = open_(ordering)
    world.base.write(PARTIES, [{"Ref_Key": guid(70), "Description": "Чужая", "ИНН": INN, "КПП": KPP}])
    one = asked(world, entity(head_id=PARTY))
    world.push()
    now = world.now(one)
    assert (now.state, now.why, now.ref_key) == ("rejected", "found", None)
    theirs = world.base.read(PARTIES, guid(70))
    assert theirs is not None
    world.base.write(PARTIES, [{**theirs, "ГоловнойКонтрагент_Key": PARTY}])
    with world.store.transaction() as tx:
        outbox_settling.again(tx, now, "user:ito", "it is theirs")
    world.push()
    assert (world.now(one).state, world.now(one).ref_key) == ("confirmed", guid(70))


@pytest.mark.parametrize("chosen", [True, False])
def test_a_death_between_partner_and_counterparty_leaves_one_of_each(
    ordering: Open, monkeypatch: pytest.MonkeyPatch, chosen: bool
) -> None:
    world = open_(ordering, chosen_key=chosen, settle_after_s=0)
    world.server.change(chosen_keys=chosen)
    one = asked(world, entity())
    partner = push_party_books.CounterpartyBooks._partner

    def dies(*given: Any) -> str:
        partner(*given)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(push_party_books.CounterpartyBooks, "_partner", dies)
        with pytest.raises(KeyboardInterrupt):
            world.push()
    assert (world.now(one).state, len(partners(world)), made(world)) == ("sending", 1, [])
    world.due()
    world.push()
    assert world.states(one) == ["sending", "uncertain", "queued", "sending", "created", "confirmed"]
    assert (len(partners(world)), len(made(world))) == (1, 1)
    assert made(world)[0]["Партнер_Key"] == partners(world)[0]["Ref_Key"]


def test_the_books_own_words_are_kept_and_the_partner_is_used_again(ordering: Open) -> None:
    world = open_(ordering)
    world.fault("refuse", f"{PARTIES}?", message="{Справочник.Контрагенты(1)}: КПП указан неверно")
    one = asked(world, entity())
    world.push()
    now = world.now(one)
    assert (now.state, now.why, now.words) == ("rejected", "creation_refused", "КПП указан неверно")
    with world.store.transaction() as tx:
        outbox_settling.again(tx, now, "user:ito", "the rule is gone")
    world.push()
    assert world.now(one).state == "confirmed"
    assert (len(partners(world)), len(made(world))) == (1, 1)


def test_a_delivery_point_is_added_and_every_other_row_stays(ordering: Open) -> None:
    world = open_(ordering)
    one, more = delivered(world), delivered(world, "Тула, Мира, 2", "D-2")
    again = delivered(world, "Тула, Мира, 1", "D-3")
    world.push()
    assert [world.now(each).state for each in (one, more, again)] == ["confirmed"] * 3
    owner = world.base.read(PARTNERS, PARTNER)
    assert owner is not None
    rows = owner[SECTION]
    assert [row["Представление"] for row in rows] == ["+7 1", "Тула, Мира, 1", "Тула, Мира, 2"]
    assert (rows[0]["НомерТелефона"], rows[1]["Вид_Key"], rows[1]["Город"]) == ("71", DELIVERY, "Тула")
    assert ("create", "done") not in world.attempts(again)
    assert [("create", "done") in world.attempts(each) for each in (one, more)] == [True, True]
    with world.store.reading() as tx:
        point = records.get(tx, TABLES["delivery_point"], SOURCE, (PARTNER, 3))
    assert point is not None


def test_an_unclear_answer_is_settled_by_looking_for_the_row(ordering: Open) -> None:
    world = open_(ordering, settle_after_s=3600)
    world.fault("drop_after", PARTNERS, method="PATCH")
    reached = delivered(world)
    world.push()
    assert world.states(reached) == ["sending", "uncertain", "created", "confirmed"]
    world.fault("drop", PARTNERS, method="PATCH")
    lost = delivered(world, "Тула, Мира, 2", "D-2")
    world.push()
    world.due()
    world.push()
    assert world.now(lost).state == "uncertain"  # also where keys are ours: the late one could undo another's
    more = delivered(world, "Тула, Мира, 3", "D-3")
    world.push()
    assert (world.now(more).state, ("create", "done") in world.attempts(more)) == ("queued", False)
    with world.store.transaction() as tx:
        late = OUTBOX.update().where(OUTBOX.c.sent_at.is_not(None))
        tx.connection.execute(late.values(sent_at=outbox.NEVER))
    for _ in range(2):
        world.due()
        world.push()
    assert [world.now(each).state for each in (lost, more)] == ["confirmed"] * 2
    owner = world.base.read(PARTNERS, PARTNER)
    assert owner is not None
    assert len(owner[SECTION]) == 4


def test_a_base_that_loses_rows_of_others_is_told_of(ordering: Open) -> None:
    world = open_(ordering)
    world.server.change(drop_fields=frozenset({f"{PARTNERS}.{SECTION}"}))
    one = delivered(world)
    world.push()
    assert (world.now(one).state, world.now(one).why) == ("rejected", "not_equal")


def test_what_the_books_were_not_asked_for_is_cancelled_and_what_they_have_is_not(ordering: Open) -> None:
    world = open_(ordering)
    one, other = asked(world, entity()), asked(world, entity("P-2", tax_id="", registry_code="32855961"))
    with world.store.transaction() as tx:
        party_flow.cancel(tx, one, "key:1", "")
    world.push()
    assert (world.now(one).state, made(world), world.now(other).state) == ("cancelled", [], "confirmed")
    with world.store.transaction() as tx, pytest.raises(Exception, match="confirmed"):
        party_flow.cancel(tx, world.now(other), "key:1", "")
    with world.store.reading() as tx:
        assert submissions.by_number(tx, other.number).cancel_asked_at is None
    assert OTHER_PARTY not in {world.now(other).ref_key}
