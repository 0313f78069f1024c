"""Goods in the warehouses: what is sold must have come in before."""

from __future__ import annotations

from typing import Any

from simulator.company.amounts import money
from simulator.company.goods import Item
from simulator.company.ground import Ground
from simulator.company.lines import Line, priced_line

REGISTER = "AccumulationRegister_ТоварыНаСкладах"
PURCHASE = "Document_ПриобретениеТоваровУслуг"
_LOTS = 12  # a purchase brings so many times what was missing
_COST = 70  # percent of the base price


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
                "Period": period,
                "RecordType": side,
                "Номенклатура_Key": line.item.ref,
                "Склад_Key": warehouse,
                "Серия_Key": line.item.series or None,
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

    def _purchase(self, warehouse: str, lots: list[tuple[Item, int]], day: int) -> None:
        self._number += 1
        ref = self._ground.guid("purchase", self._number)
        moment = self._ground.days.moment(day, 3_600)
        lines = [
            priced_line(item, code, lot, item.price * _COST // 100, includes_vat=True)
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
