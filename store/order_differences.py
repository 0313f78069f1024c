"""What was changed in the books after an order was pushed, against what was approved."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, func, select

from schemas import TABLES
from schemas.order_differences import Content, Difference, Said, differences
from schemas.orders import MICRO, Order, OrderLine, order, rounded
from store import submissions
from store.engine import Tx
from store.record_tables import STORED
from store.standing_documents import DOCUMENT, chunks, visible
from store.submissions import Submission

_LINE = STORED[TABLES["document_line"]]
_ITEM, _UNIT = STORED[TABLES["item"]], STORED[TABLES["unit"]]
_THOUSANDTH = MICRO // 1_000


def of(tx: Tx, submission: Submission) -> tuple[Difference, ...]:
    """Empty where nothing differs, where the books' document was not read yet, and where the reader does not see it.

    Internal fields are never compared: nobody outside learns what the books say to themselves.
    """
    if submission.kind != "order" or submission.ref_key is None:
        return ()
    now = stored(tx, submission)
    if now is None:
        return ()
    return differences(approved(tx, submission), now)


def approved(tx: Tx, submission: Submission) -> Content:
    """What was pushed: the version that counts. `wished_on` and the address as they were asked for."""
    said = order(submissions.body(tx, submission))
    holds = _holds(tx, submission.source, said)
    return Content(
        counterparty_id=said.counterparty_id,
        organization_id=said.organization_id,
        contract_id=said.contract_id,
        contact_id=said.on_behalf_of or said.contact_id,
        currency=said.currency,
        amount=said.amount,
        wished_on=said.wished_on,
        delivery_address=said.delivery_address,
        lines=tuple(_approved_line(line, holds.get((line.item_id, line.unit_id))) for line in said.lines),
    )


def _approved_line(line: OrderLine, holds: int | None) -> Said:
    """The books keep quantities in the item's own unit, to its thousandth; prices for the unit that was ordered."""
    quantity = line.quantity
    if holds is not None:
        quantity = _THOUSANDTH * rounded(quantity * holds, MICRO * _THOUSANDTH)
    return Said(item_id=line.item_id, quantity=quantity, price=line.price, amount=line.amount, vat=line.vat)


def _holds(tx: Tx, source: str, said: Order) -> dict[tuple[str, str | None], int]:
    """How many of the item's own unit the ordered one holds, in millionths, where it is another."""
    asked = {(line.item_id, line.unit_id) for line in said.lines if line.unit_id is not None}
    item, unit = _ITEM.c, _UNIT.c
    wanted = (
        select(item.id, unit.id, unit.factor)
        .join(_UNIT, (unit.source == item.source) & (unit.id != func.coalesce(item.unit_id, "")))
        .where(item.source == source, item.id.in_({one for one, _ in asked}))
        .where(unit.id.in_({one for _, one in asked}))
    )
    found = tx.connection.execute(wanted) if asked else ()
    return {(key, of): factor for key, of, factor in found if (key, of) in asked}


def stored(tx: Tx, submission: Submission) -> Content | None:
    """What the books' document says now, as it was last read."""
    column = DOCUMENT.c
    mine = select(DOCUMENT).where(
        column.source == submission.source, column.id == submission.ref_key, *visible(tx, DOCUMENT)
    )
    head = tx.connection.execute(mine).one_or_none()
    if head is None:
        return None
    lines = select(_LINE).where(
        _LINE.c.source == submission.source, _LINE.c.document_id == submission.ref_key
    )
    return content(head, tx.connection.execute(lines.order_by(_LINE.c.line_no)).all())


def items(tx: Tx, source: str, ids: Collection[str]) -> dict[str, Row[Any]]:
    """What the lines name, with code, article and name; what the store does not have is not there."""
    column, found = _ITEM.c, {}
    for part in chunks(ids):
        wanted = select(column.id, column.code, column.article, column.name)
        rows: Any = tx.connection.execute(wanted.where(column.source == source, column.id.in_(part)))
        found.update({row.id: row for row in rows})
    return found


def content(head: Any, lines: Any) -> Content:
    """Of a document's record and those of its lines."""
    return Content(
        counterparty_id=head.counterparty_id,
        organization_id=head.organization_id,
        contract_id=head.contract_id,
        contact_id=head.contact_id,
        currency=head.currency,
        amount=head.amount,
        wished_on=head.due_on,
        delivery_address=head.delivery_address,
        lines=tuple(map(_line, lines)),
    )


def _line(row: Row[Any]) -> Said:
    return Said(
        item_id=row.item_id,
        quantity=row.quantity,
        price=row.price,
        amount=row.amount,
        vat=row.vat,
        cancelled=row.cancelled,
    )
