from __future__ import annotations

from dataclasses import replace

import pytest

from mappings import MAPPINGS
from mappings.books import settlement_books
from schemas.errors import ConfigurationError

UT11 = MAPPINGS["ut11"]


def test_the_declarations_say_where_settlements_are_kept() -> None:
    books = settlement_books(UT11)
    assert (books.register, books.settlement_key, books.amount) == (
        "AccumulationRegister_РасчетыСКлиентами", "АналитикаУчетаПоПартнерам_Key", "Сумма"
    )  # fmt: skip
    assert (books.counterparty, books.contract_owner) == ("Контрагент_Key", "Контрагент_Key")
    assert books.contract_kinds["СПокупателем"] == "sale"
    assert books.document_kinds["Document_РеализацияТоваровУслуг"] == "shipping_note"


def test_this_installations_names_are_used() -> None:
    names = {
        "Catalog_ДоговорыКонтрагентов.ТипДоговора": "ВидДоговора",
        "AccumulationRegister_РасчетыСКлиентами_RecordType.Сумма": "СуммаВзаиморасчетов",
    }
    books = settlement_books(entity.renamed(names) for entity in UT11)
    assert (books.contract_kind, books.amount) == ("ВидДоговора", "СуммаВзаиморасчетов")
    assert books.contract_kinds == settlement_books(UT11).contract_kinds


@pytest.mark.parametrize("name", ["settlement_entry", "settlement_key", "contract"])
def test_a_mapping_without_settlements_is_told_so(name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"has no {name}"):
        settlement_books(entity for entity in UT11 if entity.name != name)


def test_a_register_without_totals_is_told_so() -> None:
    without = (replace(one, totals=None) if one.name == "settlement_entry" else one for one in UT11)
    with pytest.raises(ConfigurationError, match="declares no totals"):
        settlement_books(without)
