"""What a contract leaves in the catalogues: itself, its settlement key and object, its agreement."""

from __future__ import annotations

from typing import Any

from simulator.company.amounts import money
from simulator.company.chance import Chance
from simulator.company.contracts import Sides, Terms
from simulator.company.ground import Ground
from simulator.company.reference import Reference

_TITLES = {
    "Catalog_ДоговорыКонтрагентов": "Договор",
    "Document_ЗаказКлиента": "Заказ клиента",
    "Document_РеализацияТоваровУслуг": "Реализация товаров и услуг",
}


class ContractPapers:
    def __init__(self, ground: Ground, reference: Reference) -> None:
        self._ground = ground
        self._reference = reference
        self._contracts = 0
        self._agreements = 0

    def contract(self, chance: Chance, sides: Sides, terms: Terms) -> tuple[str, str]:
        """Write the contract itself; gives its reference and number."""
        self._contracts += 1
        ref = self._ground.guid("contract", self._contracts)
        day = terms.concluded
        number = f"{chance.between(1, 480)}/{day[2:4]}"
        title = f"Договор № {number} от {day[8:10]}.{day[5:7]}.{day[:4]}"
        row: dict[str, Any] = {
            "Ref_Key": ref,
            "Code": f"00-{self._contracts:06d}",
            "Description": title,
            **sides.keys,
            "ВалютаВзаиморасчетов_Key": terms.currency.ref,
            "Номер": number,
            "Дата": day,
            "НаименованиеДляПечати": title,
            "ТипДоговора": terms.kind,
            "Статус": terms.status,
            "ДатаНачалаДействия": day,
            "ПорядокРасчетов": terms.settled_by,
            "ОграничиватьСуммуЗадолженности": terms.limit > 0,
            "ДопустимаяСуммаЗадолженности": money(terms.limit),
            "ЗапрещаетсяПросроченнаяЗадолженность": terms.limit > 0 and chance.often(0.5),
            "УстановленСрокОплаты": terms.deferral is not None,
            "СрокОплаты": terms.deferral or 0,
            "Менеджер_Key": sides.counterparty.partner.manager,
        }
        if terms.end:
            row["ДатаОкончанияДействия"] = terms.end
        self._ground.book.put("Catalog_ДоговорыКонтрагентов", row)
        return ref, number

    def settlement_key(self, sides: Sides, contract: str, number: str) -> str:
        ref = self._ground.guid("settlement key", contract)
        title = f"{sides.counterparty.name}; {sides.organization.name}; {number}"
        row = {"Ref_Key": ref, "Description": title[:100], **sides.keys, "Договор_Key": contract}
        self._ground.book.put("Catalog_КлючиАналитикиУчетаПоПартнерам", row)
        return ref

    def agreement(self, chance: Chance, sides: Sides, terms: Terms) -> str:
        """An individual agreement for some; the others trade under the standard one."""
        own = self._agreements > 0 and chance.often(0.35)
        ref = self._ground.guid("agreement", self._agreements if own else "standard")
        if self._agreements and not own:
            return ref
        self._agreements += 1
        row: dict[str, Any] = {
            "Ref_Key": ref,
            "Code": f"00-{self._agreements:06d}",
            "Description": "Индивидуальное соглашение" if own else "Типовое соглашение",
            "Валюта_Key": terms.currency.ref,
            "ВидЦен_Key": chance.pick(self._reference.price_kinds).ref,
            "Дата": terms.concluded,
            "ДатаНачалаДействия": terms.concluded,
            "Статус": "Действует",
            "Типовое": not own,
        }
        if own:
            row |= {**sides.keys, "Номер": str(self._agreements)}
        self._ground.book.put("Catalog_СоглашенияСКлиентами", row)
        return ref


def write_settlement_object(
    ground: Ground, sides: Sides, contract: str, basis_type: str, basis: str, number: str, date: str
) -> str:
    """What a debt is kept by: a contract, one order or one shipment."""
    ref = ground.guid("settlement object", basis)
    title = _TITLES[basis_type]
    row = {
        "Ref_Key": ref,
        "Description": f"{title} {number} от {date[8:10]}.{date[5:7]}.{date[:4]}",
        "ТипРасчетов": "РасчетыСКлиентом",
        "Объект": basis,
        "Объект_Type": basis_type,
        **sides.keys,
        "Договор_Key": contract,
        "Номер": number,
        "Дата": date,
    }
    ground.book.put("Catalog_ОбъектыРасчетов", row)
    return ref
