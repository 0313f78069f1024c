from __future__ import annotations

from datetime import date

import pytest

from simulator.base import Base
from simulator.company import CompanyOptions, build, tax_ids
from simulator.configuration import TRADE


def test_published_numbers_come_out_with_their_check_digits() -> None:
    assert tax_ids.inn_of_company("7707", "08389") == "7707083893"
    assert tax_ids.inn_of_person("5001", "007322") == "500100732259"
    assert tax_ids.okpo("0003253") == "00032537"
    assert tax_ids.edrpou("1436057") == "14360570"
    assert tax_ids.edrpou("2113335") == "21133352"  # the second round of weights
    assert tax_ids.edrpou("3131671") == "31316718"  # the weights of the thirties to fifties of millions
    assert tax_ids.rnokpp(31847, "1069") == "3184710691"
    assert tax_ids.ogrn("102770013219") == "1027700132195"
    assert tax_ids.ogrn("30450011600015") == "304500116000157"


def remainder(number: str, weights: tuple[int, ...]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False)) % 11 % 10


def is_inn(number: str) -> bool:
    """Written anew here, from the rule's own text."""
    tens = (2, 4, 10, 3, 5, 9, 4, 6, 8)
    if len(number) == 10:
        return remainder(number, tens) == int(number[9])
    first, second = remainder(number, (7, *tens)), remainder(number, (3, 7, *tens))
    return len(number) == 12 and number[10:] == f"{first}{second}"


def is_edrpou(number: str) -> bool:
    weights = (7, 1, 2, 3, 4, 5, 6) if 30_000_000 <= int(number) < 60_000_000 else (1, 2, 3, 4, 5, 6, 7)
    rest = sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False)) % 11
    if rest == 10:
        rest = (
            sum(int(digit) * (weight + 2) for digit, weight in zip(number, weights, strict=False)) % 11 % 10
        )
    return rest == int(number[7])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_russian_counterparty_has_a_valid_tax_id_of_its_kind(seed: int) -> None:
    base = Base(TRADE)
    build(base, CompanyOptions(seed=seed, size="small", today=date(2026, 11, 22)))
    lengths = {"ЮрЛицо": 10, "ИндивидуальныйПредприниматель": 12, "ФизЛицо": 12, "ЮрЛицоНеРезидент": 0}
    kinds = set()
    for row in base.iterate("Catalog_Контрагенты"):
        kinds.add(row["ЮрФизЛицо"])
        assert len(row["ИНН"]) == lengths[row["ЮрФизЛицо"]]
        assert not row["ИНН"] or is_inn(row["ИНН"])
        assert len(row["КПП"]) == (9 if row["ЮрФизЛицо"] == "ЮрЛицо" else 0)
        assert bool(row["НалоговыйНомер"]) == (row["ЮрФизЛицо"] == "ЮрЛицоНеРезидент")
    assert len(kinds) >= 3
    assert all(is_inn(row["ИНН"]) for row in base.iterate("Catalog_Организации"))
    base.close()


def test_every_ukrainian_counterparty_has_a_valid_number() -> None:
    base = Base(TRADE)
    build(base, CompanyOptions(size="small", currency="UAH", today=date(2026, 11, 22)))
    companies = [row for row in base.iterate("Catalog_Контрагенты") if row["ЮрФизЛицо"] == "ЮрЛицо"]
    assert companies
    assert all(is_edrpou(row["КодПоОКПО"]) for row in companies)
    assert all(row["ИНН"] == "" for row in base.iterate("Catalog_Контрагенты"))
    base.close()
