"""What an order becomes in УТ 11: `Document_ЗаказКлиента`.

Сумма of a line is its price times the quantity, less the discount of `ПроцентРучнойСкидки`; СуммаНДС is that of the
line, rounded to the kopeck, and nothing is rounded over the document: `schemas.orders` computes the same. What
only an installation can know (Склад_Key, Соглашение_Key, НалогообложениеНДС) is in `orders.constants`.
"""

from __future__ import annotations

from mappings.stored import marker
from mappings.ut11.contracts import CONTRACT
from mappings.writers import (
    WrittenPart,
    day,
    flag,
    guid,
    integer,
    micro,
    optional_guid,
    same,
    text,
    told,
    units,
    word,
)
from mappings.written import Outgoing
from schemas.order_limits import LONGEST_ADDRESS, LONGEST_COMMENT, LONGEST_REFERENCE
from schemas.orders import MICRO, Order, OrderLine, rounded
from schemas.outgoing import OrderFacts

SETTLED = {ours: theirs for theirs, ours in CONTRACT.fields["settlement_order"].options if theirs}
HUNDREDTH = MICRO // 100  # УТ keeps two digits of a per cent
THOUSANDTH = MICRO // 1_000  # and three of a quantity


def _package(facts: OrderFacts, line: OrderLine) -> str | None:
    """A unit other than the item's own: УТ leaves the package empty for that one."""
    return None if line.unit_id == facts.own_units.get(line.item_id) else line.unit_id


def _quantity(facts: OrderFacts, _order: Order, line: OrderLine, _place: int) -> int:
    """In the item's own unit, rounded as УТ rounds what it computes from packages."""
    package = _package(facts, line)
    if package is None:
        return line.quantity
    return THOUSANDTH * rounded(line.quantity * facts.factors[package], MICRO * THOUSANDTH)


def _percent(_facts: OrderFacts, _order: Order, line: OrderLine, _place: int) -> int | None:
    return line.discount if line.discount and line.discount % HUNDREDTH == 0 else None


def _discount(facts: OrderFacts, _order: Order, line: OrderLine, _place: int) -> int | None:
    """What the discount takes from price times quantity: УТ has both, and their difference is what it adds up."""
    if not line.discount:
        return None
    return rounded(line.price * line.quantity * 10**facts.exponent, MICRO * MICRO) - line.amount


def _with_vat(_facts: OrderFacts, order: Order, line: OrderLine, _place: int) -> int:
    return line.amount if order.prices_include_vat else line.amount + line.vat


def _consignee(_facts: OrderFacts, order: Order) -> str | None:
    return None if order.branch_id == order.counterparty_id else order.branch_id


def _comment(facts: OrderFacts, order: Order) -> str:
    return "\n".join(part for part in (order.comment, marker(facts.id)) if part)


LINES = WrittenPart(
    "Товары",
    lambda order: order.lines,
    (
        guid("Номенклатура_Key", lambda _f, _o, line, _n: line.item_id),
        guid("Характеристика_Key", lambda _f, _o, line, _n: line.characteristic_id or None),
        guid("Упаковка_Key", lambda facts, _o, line, _n: _package(facts, line)),
        micro("КоличествоУпаковок", lambda _f, _o, line, _n: line.quantity),
        micro("Количество", _quantity),
        micro("Цена", lambda _f, _o, line, _n: line.price),
        micro("ПроцентРучнойСкидки", _percent),
        units("СуммаРучнойСкидки", _discount),
        units("Сумма", lambda _f, _o, line, _n: line.amount),
        guid("СтавкаНДС_Key", lambda _f, _o, line, _n: line.vat_rate_id),
        units("СуммаНДС", lambda _f, _o, line, _n: line.vat),
        units("СуммаСНДС", _with_vat),
        integer("КодСтроки", lambda _f, _o, _line, place: place),
        day("ДатаОтгрузки", lambda _f, order, _line, _n: order.wished_on),
    ),
)

ORDER_OUT = Outgoing(
    kind="order",
    entity_set="Document_ЗаказКлиента",
    fields=(
        guid("Организация_Key", lambda _, order: order.organization_id),
        guid("Партнер_Key", lambda facts, _: facts.partner_id),
        guid("Контрагент_Key", lambda _, order: order.counterparty_id),
        guid("Договор_Key", lambda _, order: order.contract_id),
        guid("Грузополучатель_Key", _consignee),
        guid("Валюта_Key", lambda facts, _: facts.currency_id),
        units("СуммаДокумента", lambda _, order: order.amount),
        flag("ЦенаВключаетНДС", lambda _, order: order.prices_include_vat),
        same("Статус", "text", "КОбеспечению"),
        same("ХозяйственнаяОперация", "text", "РеализацияКлиенту"),
        word("ПорядокРасчетов", lambda facts, _: SETTLED.get(facts.settlement_order or ""), lasting=False),
        told(guid("Менеджер_Key", lambda facts, _: facts.manager_id)),
        day("ДатаОтгрузки", lambda _, order: order.wished_on),
        text("НомерПоДаннымКлиента", lambda facts, _: facts.reference, longest=LONGEST_REFERENCE),
        told(day("ДатаПоДаннымКлиента", lambda facts, _: facts.placed_on)),
        text("АдресДоставки", lambda _, order: order.delivery_address, longest=LONGEST_ADDRESS),
        optional_guid("КонтактноеЛицо_Key", lambda _, order: order.on_behalf_of or order.contact_id),
        text("Комментарий", _comment, longest=LONGEST_COMMENT + 1 + len(marker("-" * 36)), lasting=False),
        integer("МаксимальныйКодСтроки", lambda _, order: len(order.lines), lasting=False),
    ),
    parts=(LINES,),
    marked_in="Комментарий",
    looked_by=("НомерПоДаннымКлиента", "Контрагент_Key"),
    posts=True,
)
