"""Which numbers a counterparty is registered under, by country and kind."""

from __future__ import annotations

from typing import Literal

from simulator.company import tax_ids
from simulator.company.chance import Chance
from simulator.company.words import Place

Kind = Literal["ЮрЛицо", "ЮрЛицоНеРезидент", "ИндивидуальныйПредприниматель", "ФизЛицо"]


def legal_ids(chance: Chance, kind: Kind, place: Place, *, ukrainian: bool) -> dict[str, str]:
    """Fields of the counterparty; a non-resident has foreign numbers only."""
    if kind == "ЮрЛицоНеРезидент":
        return {"НалоговыйНомер": chance.digits(11), "РегистрационныйНомер": f"HRB {chance.digits(6)}"}
    if ukrainian:
        if kind == "ЮрЛицо":
            return {"КодПоОКПО": tax_ids.edrpou(chance.pick("234") + chance.digits(6))}
        return {"КодПоОКПО": tax_ids.rnokpp(chance.between(20_000, 38_000), chance.digits(4))}
    office = place.tax_code + f"{chance.between(1, 30):02d}"
    year = f"{chance.between(4, 24):02d}"
    if kind == "ЮрЛицо":
        return {
            "ИНН": tax_ids.inn_of_company(office, chance.digits(5)),
            "КПП": office + "01001",
            "КодПоОКПО": tax_ids.okpo(chance.digits(7)),
            "РегистрационныйНомер": tax_ids.ogrn("1" + year + place.tax_code + chance.digits(7)),
        }
    ids = {"ИНН": tax_ids.inn_of_person(office, chance.digits(6))}
    if kind == "ИндивидуальныйПредприниматель":
        ids["РегистрационныйНомер"] = tax_ids.ogrn("3" + year + place.tax_code + chance.digits(9))
    return ids


def branch_ids(ids: dict[str, str], town: Place, number: int) -> dict[str, str]:
    """A branch shares its head's numbers and has a КПП of its own."""
    return {**ids, "КПП": f"{town.tax_code}01430{number:02d}"} if "КПП" in ids else ids
