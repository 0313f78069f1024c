"""Lines and payment stages of a document; whether its total is that of its lines (KT-02)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, NamedTuple

from msgspec import Meta, Struct

from api.money.answers import Amount, Id
from api.web.ids import external
from api.web.values import Decimal, day, decimal
from schemas.money import Money


class LineItem(Struct, frozen=True, kw_only=True):
    """What is sold; name and article are null if the store does not have the item."""

    id: Id
    name: str | None
    article: str | None


class Line(Struct, frozen=True, kw_only=True):
    """A line as the document keeps it: `vat` is in `amount` or on it. A cancelled one counts for nothing."""

    number: int
    item: LineItem | None
    unit: str | None
    quantity: Decimal
    price: Decimal
    amount: Amount
    vat: Amount
    cancelled: bool


class LineTotals(Struct, frozen=True, kw_only=True):
    """Sums of the lines that count. They `agree` if the document's amount is theirs, with or without the VAT."""

    amount: Amount
    vat: Amount
    agree: bool


class Counted(NamedTuple):
    """Sums of the lines that count, in minor units of the document's currency."""

    goods: int
    vat: int
    agree: bool


class Stage(Struct, frozen=True, kw_only=True):
    """A stage of the payment schedule (FX-15)."""

    kind: Annotated[str, Meta(description="advance | prepayment | credit")]
    pay_on: date | None
    percent: Decimal
    amount: Amount


def line(row: Any, currency: str, source: str) -> Line:
    item = None
    if row.item_id is not None:
        item = LineItem(id=external(source, row.item_id), name=row.item_name, article=row.article or None)
    return Line(
        number=row.line_no,
        item=item,
        unit=row.unit_name,
        quantity=decimal(row.quantity),
        price=decimal(row.price),
        amount=str(Money(row.amount, currency)),
        vat=str(Money(row.vat, currency)),
        cancelled=row.cancelled,
    )


def totals(rows: Sequence[Any], amount: int, currency: str) -> LineTotals | None:
    """Add up the lines; None for a document without any."""
    found = counted(rows, amount)
    if found is None:
        return None
    return LineTotals(
        amount=str(Money(found.goods, currency)), vat=str(Money(found.vat, currency)), agree=found.agree
    )


def counted(rows: Sequence[Any], amount: int) -> Counted | None:
    """The same in minor units."""
    if not rows:
        return None
    standing = [row for row in rows if not row.cancelled]
    goods, vat = sum(row.amount for row in standing), sum(row.vat for row in standing)
    return Counted(goods, vat, amount in (goods, goods + vat))


def stage(row: Any, currency: str) -> Stage:
    return Stage(
        kind=row.kind,
        pay_on=day(row.pay_on),
        percent=decimal(row.percent),
        amount=str(Money(row.amount, currency)),
    )
