"""What was changed in the accounting system after an order was confirmed, as answers show it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, cast

from api.catalog import catalog
from api.orders.answers import ChangedField, OrderChange, OrderedItem
from api.web.callers import Caller
from api.web.ids import external
from api.web.values import decimal
from schemas.money import Money
from schemas.order_differences import Difference, Said
from schemas.settings import SourceSettings
from store import order_differences
from store.engine import Tx
from store.submissions import Submission


def of(tx: Tx, caller: Caller, row: Submission, source: SourceSettings) -> list[OrderChange]:
    """Against what was approved; nothing where the caller does not see the accounting document."""
    seen = replace(tx, tenancy=caller.tenancy)
    return shown(tx, row, source, order_differences.of(seen, row))


def shown(tx: Tx, row: Submission, source: SourceSettings, found: Iterable[Difference]) -> list[OrderChange]:
    every = list(found)
    items = order_differences.items(tx, source.id, {one.item_id for one in every if one.item_id})
    currencies = _currencies(row, every)
    return [_change(one, items, currencies, source) for one in every]


def _currencies(row: Submission, found: Iterable[Difference]) -> tuple[str, str]:
    """The order's before and after."""
    before = after = row.currency or ""
    for one in found:
        if one.field == "currency":
            before, after = str(one.before), str(one.after)
    return before, after


def _change(
    of: Difference, items: Mapping[str, Any], currencies: tuple[str, str], source: SourceSettings
) -> OrderChange:
    whole = of.after_line or of.before_line
    return OrderChange(
        kind=of.kind,
        field=_field(of),
        before=_text(of.field, of.before, currencies[0], source.id),
        after=_text(of.field, of.after, currencies[1], source.id),
        line=of.line,
        item=item(of.item_id, items, source.id),
        quantity=decimal(whole.quantity) if whole else None,
        amount=_line_amount(of, whole, currencies),
    )


def _field(of: Difference) -> ChangedField | None:
    is_total = of.line is None and of.field == "amount"
    return cast("ChangedField | None", "total" if is_total else of.field)


def _text(field: str | None, value: str | int | None, currency: str, source: str) -> str | None:
    if value is None or field is None:
        return None
    if field.endswith("_id"):
        return external(source, str(value))
    if isinstance(value, str):
        return value
    if field == "quantity":
        return decimal(value)
    if field == "price":
        return catalog.price_text(value, currency)
    return str(Money(value, currency))


def _line_amount(of: Difference, whole: Said | None, currencies: tuple[str, str]) -> str | None:
    if whole is None:
        return None
    return str(Money(whole.amount, currencies[1] if of.after_line else currencies[0]))


def item(key: str | None, items: Mapping[str, Any], source: str) -> OrderedItem | None:
    if key is None:
        return None
    found = items.get(key)
    code, article, name = (found.code, found.article, found.name) if found is not None else (None, None, None)
    return OrderedItem(id=external(source, key), code=code, article=article, name=name)
