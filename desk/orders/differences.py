"""What differs between the approved version and what 1C keeps, side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from gettext import NullTranslations
from typing import Any

from desk.frame.filters import day_text, money_text
from desk.frame.visits import Visit
from printing import formats
from schemas import TABLES
from schemas.money import currencies
from schemas.order_differences import Difference, Said
from store import order_differences, records
from store.engine import Tx
from store.submissions import Submission

_TABLES: Mapping[str, str] = {
    "counterparty_id": "counterparty",
    "organization_id": "organization",
    "contract_id": "contract",
    "contact_id": "contact",
}


@dataclass(frozen=True, slots=True)
class Differing:
    """`where` is the head of the order or one of its lines; both sides as they are read, "" for nothing."""

    where: str
    what: str
    before: str
    after: str


def of(tx: Tx, visit: Visit, order: Submission) -> list[Differing]:
    """Between what was approved and what was last read; nothing before the document was read."""
    return shown(tx, visit, order, order_differences.of(tx, order))


def shown(tx: Tx, visit: Visit, order: Submission, found: Iterable[Difference]) -> list[Differing]:
    """As people read them."""
    return [_shown(tx, visit, order, one) for one in found]


def _shown(tx: Tx, visit: Visit, order: Submission, one: Difference) -> Differing:
    text = visit.text
    if one.field is None:
        return Differing(
            _where(tx, order, one, text),
            _kinds(text)[one.kind],
            _line(visit, order, one.before_line),
            _line(visit, order, one.after_line),
        )
    sides = [_value(tx, visit, order, one.field, side) for side in (one.before, one.after)]
    return Differing(_where(tx, order, one, text), _fields(text).get(one.field, one.field), *sides)


def _where(tx: Tx, order: Submission, one: Difference, text: NullTranslations) -> str:
    if one.line is None:
        return ""
    name = _name(tx, "item", order.source, one.item_id)
    return text.gettext("Line {number}: {item}").format(number=one.line, item=name)


def _line(visit: Visit, order: Submission, line: Said | None) -> str:
    """Quantity and price are enough to know a line by."""
    if line is None:
        return ""
    quantity = formats.exact(line.quantity, visit.language)
    price = formats.exact(line.price, visit.language, _currency(order))
    struck = visit.text.gettext("struck out")
    return f"{quantity} × {price}" + (f" ({struck})" if line.cancelled else "")


def _value(tx: Tx, visit: Visit, order: Submission, field: str, value: str | int | None) -> str:
    if value is None or value == "":
        return ""
    if field in _TABLES:
        return _name(tx, _TABLES[field], order.source, str(value))
    if isinstance(value, str):
        return day_text(value[:10], visit.language) if field == "wished_on" else value
    if field in ("amount", "vat"):
        return money_text(value, order.currency or "", visit.language)
    return formats.exact(value, visit.language, _currency(order) if field == "price" else None)


def _currency(order: Submission) -> str | None:
    return order.currency if order.currency in currencies() else None


def _name(tx: Tx, table: str, source: str, key: str | None) -> str:
    if key is None:
        return ""
    found: Any = records.get(tx, TABLES[table], source, (key,))
    return str(found.name) if found is not None and found.name else key


def _kinds(text: NullTranslations) -> Mapping[str, str]:
    return {
        "changed": text.gettext("changed"),
        "cancelled": text.gettext("the line was cancelled"),
        "restored": text.gettext("the line counts again"),
        "removed": text.gettext("the line is not there"),
        "added": text.gettext("the line was added"),
    }


def _fields(text: NullTranslations) -> Mapping[str, str]:
    return {
        "counterparty_id": text.gettext("Counterparty"),
        "organization_id": text.gettext("Organisation"),
        "contract_id": text.gettext("Contract"),
        "contact_id": text.gettext("Ordered by"),
        "currency": text.gettext("Currency"),
        "amount": text.gettext("Amount"),
        "wished_on": text.gettext("Wished for"),
        "delivery_address": text.gettext("Delivery"),
        "quantity": text.gettext("Quantity"),
        "price": text.gettext("Price"),
        "vat": text.gettext("VAT"),
    }
