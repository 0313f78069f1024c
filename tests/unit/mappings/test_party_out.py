"""What a new legal entity and a delivery point become, and by what they are known again."""

from __future__ import annotations

import pytest

from mappings.outgoing import Matched, SectionRow, outgoing
from schemas.outgoing import Row
from schemas.parties import Contact, NewCounterparty, NewDeliveryPoint, PartyFacts, is_same
from tests.unit.mappings.orders_to_write import ID, PARTNER, settings

KIND = "11111111-1111-4111-8111-111111111111"
FACTS = PartyFacts(id=ID, kinds={"АдресДоставкиПартнера": KIND, "EmailКонтрагента": KIND}, partner_id=PARTNER)
POINT = NewDeliveryPoint(reference="D", counterparty_id="x", address="Тула, Мира, 1")
SECTION = "КонтактнаяИнформация"


def entity(tax_id: str = "7707083893", reason: str = "", registry: str = "") -> NewCounterparty:
    return NewCounterparty(
        reference="P", name="Р", legal_name="ООО Р", kind="company", tax_id=tax_id, tax_reason_code=reason,
        registry_code=registry, contacts=(Contact(purpose="email", text="a@b.example"),),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "theirs", "is_it"),
    [
        (entity(reason="1"), ("7707083893", "1", ""), True),
        (entity(reason="1"), ("7707083893", "2", ""), False),
        (entity(reason="1"), ("7707083893", "", "9"), True),
        (entity(reason=""), ("7707083893", "2", ""), True),
        (entity(), ("7707083894", "", ""), False),
        (entity("", registry="32855961"), ("", "", "32855961"), True),
        (entity("", registry="32855961"), ("", "", ""), False),
    ],
)
def test_an_entity_is_known_by_its_tax_number_and_kpp(
    wanted: NewCounterparty, theirs: tuple[str, str, str], is_it: bool
) -> None:
    assert is_same(wanted, *theirs) is is_it


def test_the_names_of_an_installation_count_for_the_match_too() -> None:
    here = outgoing(settings({"Catalog_Контрагенты.ИНН": "НомерНалога"}), "counterparty")
    assert isinstance(here, Matched)
    (sought,) = here.same_number(entity())
    row = here.build(FACTS, entity())
    assert (sought.field, row["НомерНалога"], "ИНН" in row) == ("НомерНалога", sought.value, False)
    assert here.is_same(entity(), row)
    assert here.is_ours(row, ID)
    assert row[SECTION] == [
        {
            "LineNumber": "1",
            "Тип": "АдресЭлектроннойПочты",
            "Вид_Key": KIND,
            "Представление": "a@b.example",
            "АдресЭП": "a@b.example",
            "Значение": '{"value": "a@b.example", "type": "АдресЭлектроннойПочты"}',
        }
    ]


def test_a_delivery_point_is_added_behind_the_others_which_stay_as_they_came() -> None:
    declared = outgoing(settings(), "delivery_point")
    assert isinstance(declared, SectionRow)
    phone: Row = {"Ref_Key": PARTNER, "LineNumber": "1", "Тип": "Телефон", "Представление": "+7", "Город": ""}
    owner: Row = {SECTION: [phone, {**phone, "LineNumber": "2", "x@navigationLinkUrl": "y"}]}
    sent = declared.build(FACTS, POINT)
    assert declared.there(sent, owner) is None
    after = declared.with_it(sent, owner)
    rows = declared.rows(after)
    assert [row["LineNumber"] for row in rows] == ["1", "2", "3"]
    assert rows[0] == {name: value for name, value in phone.items() if name != "Ref_Key"}
    assert declared.lost(owner, after) == 0
    assert declared.lost(owner, {SECTION: rows[1:]}) == 1
    assert declared.differences(sent, after) == ()
    assert declared.there(sent, after) == rows[2]
    assert declared.differences(sent, {SECTION: rows[:2]})[0].stored is None
