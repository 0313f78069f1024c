"""Lines of orders and shipments: what is sold, how much, at which price and tax."""

from __future__ import annotations

from typing import Any, NamedTuple

from simulator.company.amounts import line_amount, money, quantity, vat_on_top, vat_within
from simulator.company.chance import Chance
from simulator.company.contracts import Contract
from simulator.company.goods import Item, PriceList

_COUNTS = (1, 1, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5, 5, 6, 6, 6, 7, 7, 8, 8, 9, 10, 11, 12)
_LINE_VALUES = (150_000, 12_000_000)  # hundredths of the base currency: what one line aims at


class Line(NamedTuple):
    code: int
    item: Item
    thousandths: int
    price: int
    amount: int  # price times quantity
    vat: int
    total: int  # with tax: what the customer pays
    row: dict[str, Any]


def some_lines(
    chance: Chance, contract: Contract, prices: PriceList, column: list[int], day: int
) -> list[Line]:
    return [
        _line(chance, contract, prices.popular(chance), column, code, day)
        for code in range(1, chance.pick(_COUNTS) + 1)
    ]


def _line(chance: Chance, contract: Contract, item: Item, prices: list[int], code: int, day: int) -> Line:
    in_base = prices[item.place]
    least, most = _LINE_VALUES
    aim = least + int((most - least) * chance.random() ** 4)
    if item.by_weight:
        thousandths = max(1, aim // in_base) * 1_000 + chance.below(8) * 125
    else:
        thousandths = max(1, aim // in_base) * 1_000
    price = contract.terms.currency.from_base(in_base, day)
    return priced_line(item, code, thousandths, price, includes_vat=contract.price_kind.includes_vat)


def priced_line(item: Item, code: int, thousandths: int, price: int, *, includes_vat: bool) -> Line:
    """A line priced and taxed, with its row of the tabular part."""
    amount = line_amount(price, thousandths)
    vat = vat_within(amount, item.vat) if includes_vat else vat_on_top(amount, item.vat)
    total = amount if includes_vat else amount + vat
    count = quantity(thousandths) if thousandths % 1_000 else thousandths // 1_000
    row = {
        "Номенклатура_Key": item.ref,
        "КоличествоУпаковок": count,
        "Количество": count,
        "Цена": money(price),
        "Сумма": money(amount),
        "СтавкаНДС_Key": item.vat_ref,
        "СуммаНДС": money(vat),
        "СуммаСНДС": money(total),
        "КодСтроки": code,
    }
    return Line(code, item, thousandths, price, amount, vat, total, row)
