"""The lines of an order as answers show them."""

from __future__ import annotations

from api.catalog import catalog
from api.orders.answers import OrderedItem, OrderLine
from api.web.ids import external
from api.web.values import decimal
from schemas.money import Money
from schemas.orders import Order
from schemas.orders import OrderLine as Ordered
from schemas.settings import SourceSettings
from store.order_list import Names


def lines(of: Order, source: SourceSettings, names: Names) -> list[OrderLine]:
    return [_line(one, of.currency, source.id, names) for one in of.lines]


def vat(of: Order) -> str:
    return str(Money(sum(one.vat for one in of.lines), of.currency))


def _line(of: Ordered, currency: str, source: str, names: Names) -> OrderLine:
    unit, sort = names.get("unit", of.unit_id), names.get("characteristic", of.characteristic_id)
    return OrderLine(
        item=_item(of, source, names),
        characteristic=catalog.characteristic(source, of.characteristic_id, sort.name if sort else None),
        unit=catalog.unit(source, of.unit_id, unit.name if unit else None),
        quantity=decimal(of.quantity),
        price=catalog.price_text(of.price, currency),
        discount_percent=decimal(of.discount),
        amount=str(Money(of.amount, currency)),
        vat_percent=None if of.vat_percent is None else decimal(of.vat_percent),
        vat=str(Money(of.vat, currency)),
    )


def _item(of: Ordered, source: str, names: Names) -> OrderedItem:
    found = names.get("item", of.item_id)
    code, article, name = (found.code, found.article, found.name) if found is not None else (None, None, None)
    return OrderedItem(id=external(source, of.item_id), code=code, article=article, name=name)
