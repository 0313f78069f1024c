"""Goods in the warehouses: what is sold must have come in before."""

from __future__ import annotations

from itertools import islice
from typing import Any

from simulator.company.amounts import money, quantity
from simulator.company.goods import COST, Item
from simulator.company.ground import Ground
from simulator.company.lines import Line, priced_line

REGISTER = "AccumulationRegister_ТоварыНаСкладах"
PURCHASE = "Document_ПриобретениеТоваровУслуг"
SLIP = "Document_РасходныйОрдерНаТовары"
_LOTS = 12  # a purchase brings so many times what was missing
_UNIT = 1_000  # thousandths
_PROMISED = 3  # items of which one unit waits for its shipment, today


class Stock:
    """Purchases of a span of days are written at its end and dated at its beginning."""

    __slots__ = ("_ground", "_missing", "_number", "_on_hand", "_parties", "span")

    def __init__(self, ground: Ground, parties: dict[str, Any]) -> None:
        self._ground = ground
        self._parties = parties
        self._on_hand: dict[tuple[int, str], int] = {}
        self._missing: dict[str, dict[int, tuple[Item, int]]] = {}
        self._number = 0
        self.span = 182 if ground.scale.documents < 1_000 else 56 if ground.scale.documents < 5_000 else 28

    def take(self, lines: list[Line], warehouse: str) -> None:
        for line in lines:
            item = line.item
            if item.is_service:
                continue
            place = (item.place, warehouse)
            rest = self._on_hand.get(place, 0) - line.thousandths
            if rest < 0:
                lot = -(-line.thousandths // 1_000) * 1_000 * _LOTS
                missing = self._missing.setdefault(warehouse, {})
                missing[item.place] = (item, lot + missing.get(item.place, (item, 0))[1])
                rest += lot
            self._on_hand[place] = rest

    def put_back(self, lines: list[Line], warehouse: str) -> None:
        for line in lines:
            place = (line.item.place, warehouse)
            self._on_hand[place] = self._on_hand.get(place, 0) + line.thousandths

    def records(self, lines: list[Line], warehouse: str, period: str, side: str) -> list[dict[str, Any]]:
        return [
            {
                **self._place(line.item, warehouse, period),
                "RecordType": side,
                "ВНаличии": line.row["Количество"],
            }
            for line in lines
            if not line.item.is_service
        ]

    def buy(self, day: int) -> None:
        """Write the purchases of the span that began on a day."""
        for warehouse, missing in self._missing.items():
            self._purchase(warehouse, list(missing.values()), day)
        self._missing = {}

    def promise(self, items: list[Item], warehouse: str) -> None:
        """What stands in the warehouse today and is not all the same: called for, set apart for an order, blue."""
        plenty = (item for item in items if self._on_hand.get((item.place, warehouse), 0) >= 3 * _UNIT)
        found = list(islice(plenty, _PROMISED + 1))
        if not found:
            return
        *called_for, apart = found
        moment = self._ground.days.moment(self._ground.days.last, 0)
        records: list[dict[str, Any]] = [
            {**self._place(item, warehouse, moment), "RecordType": "Receipt", "КОтгрузке": quantity(_UNIT)}
            for item in called_for
        ]
        purpose = self._ground.guid("purpose", 1)
        self._ground.book.put("Catalog_Назначения", {"Ref_Key": purpose, "Description": "Под заказ"})
        colour = self._ground.guid("characteristic", 1)
        named = {"Ref_Key": colour, "Description": "Синий", "НаименованиеПолное": "Синий"}
        self._ground.book.put("Catalog_ХарактеристикиНоменклатуры", named)
        for column, ref in (("Назначение_Key", purpose), ("Характеристика_Key", colour)):
            for side, told in (("Expense", None), ("Receipt", ref)):
                moved = {"RecordType": side, column: told, "ВНаличии": quantity(_UNIT)}
                records.append({**self._place(apart, warehouse, moment), **moved})
        ref = self._ground.guid("slip", 1)
        head = {"Ref_Key": ref, "Number": "РО00-000001", "Date": moment, "Posted": True}
        self._ground.book.put(SLIP, {**head, "Склад_Key": warehouse})
        self._ground.book.put_records(REGISTER, ref, SLIP, records)

    def _place(self, item: Item, warehouse: str, period: str) -> dict[str, Any]:
        return {
            "Period": period,
            "Номенклатура_Key": item.ref,
            "Склад_Key": warehouse,
            "Серия_Key": item.series or None,
        }

    def _purchase(self, warehouse: str, lots: list[tuple[Item, int]], day: int) -> None:
        self._number += 1
        ref = self._ground.guid("purchase", self._number)
        moment = self._ground.days.moment(day, 3_600)
        lines = [
            priced_line(item, code, lot, item.price * COST // 100, includes_vat=True)
            for code, (item, lot) in enumerate(lots, start=1)
        ]
        document = {
            "Ref_Key": ref,
            "Number": f"ПТ00-{self._number:06d}",
            "Date": moment,
            "Posted": True,
            **self._parties,
            "СуммаДокумента": money(sum(line.total for line in lines)),
            "Склад_Key": warehouse,
            "Товары": [line.row for line in lines],
        }
        self._ground.book.put_large_document(PURCHASE, document)
        records = self.records(lines, warehouse, moment, "Receipt")
        self._ground.book.put_records(REGISTER, ref, PURCHASE, records)
