"""The one supplier the goods come from."""

from __future__ import annotations

from typing import Any

from simulator.company import tax_ids
from simulator.company.ground import Ground
from simulator.company.own_side import Organization
from simulator.company.reference import Reference


def write_supplier(
    ground: Ground, reference: Reference, organization: Organization, manager: str
) -> dict[str, Any]:
    """Write the supplier; gives the fields of its purchases."""
    chance = ground.chance("supplier")
    form = ground.words.company_forms[0]
    name = f"{form} «{ground.words.name_nouns[-1]} {ground.words.name_parts[0]}»"
    partner, counterparty = ground.guid("partner", "supplier"), ground.guid("counterparty", "supplier")
    row = {"Description": name, "НаименованиеПолное": name, "ЮрФизЛицо": "ЮрЛицо"}
    ground.book.put("Catalog_Партнеры", {"Ref_Key": partner, "Code": "00-99999999", "Поставщик": True, **row})
    if ground.options.currency == "UAH":
        ids = {"КодПоОКПО": tax_ids.edrpou("3" + chance.digits(6))}
    else:
        ids = {"ИНН": tax_ids.inn_of_company("7701", chance.digits(5)), "КПП": "770101001"}
    links = {"ГоловнойКонтрагент_Key": counterparty, "Партнер_Key": partner}
    ground.book.put("Catalog_Контрагенты", {"Ref_Key": counterparty, **row, **links, **ids})
    return {
        "Организация_Key": organization.ref,
        "Партнер_Key": partner,
        "Контрагент_Key": counterparty,
        "Валюта_Key": reference.base_currency.ref,
        "Менеджер_Key": manager,
    }
