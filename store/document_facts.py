"""What the accounting document of an order needs beside the order itself: keys and factors that the store has."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from schemas import TABLES
from schemas.errors import StoreError
from schemas.money import currencies
from schemas.orders import Order
from schemas.outgoing import OrderFacts
from schemas.types import Day
from store import records
from store.engine import Tx
from store.record_tables import STORED
from store.submissions import Submission

_CURRENCY, _ITEM, _UNIT = (STORED[TABLES[name]] for name in ("currency", "item", "unit"))


def gather(tx: Tx, submission: Submission, order: Order, zone: ZoneInfo) -> OrderFacts:
    """The facts as the store has them now; `zone` is the base's.

    Errors: StoreError where the store does not know the counterparty, the currency or a package of the order.
    """
    source = submission.source
    party = records.get(tx, TABLES["counterparty"], source, (order.counterparty_id,))
    if party is None:
        raise _missing("counterparty", submission, order.counterparty_id)
    contract = records.get(tx, TABLES["contract"], source, (order.contract_id,))
    own_units = _column(tx, source, _ITEM.c.unit_id, {line.item_id for line in order.lines})
    packages = {line.unit_id for line in order.lines if line.unit_id is not None}
    factors = _column(tx, source, _UNIT.c.factor, packages)
    if unknown := packages - factors.keys():
        raise _missing("package", submission, min(unknown))
    return OrderFacts(
        id=submission.id,
        reference=submission.reference,
        placed_on=_day(submission.created_at, zone),
        partner_id=party.partner_id,
        currency_id=_currency(tx, submission, order.currency),
        exponent=currencies()[order.currency].exponent,
        settlement_order=contract.settlement_order if contract else None,
        manager_id=contract.manager_id if contract else None,
        own_units=own_units,
        factors=factors,
    )


def _currency(tx: Tx, submission: Submission, code: str) -> str:
    """Where the base lists one twice, the same every time."""
    column = _CURRENCY.c
    wanted = select(column.id).where(
        column.source == submission.source, column.code == code, column.gone_at.is_(None)
    )
    found: str | None = tx.connection.execute(
        wanted.order_by(column.deletion_mark, column.id).limit(1)
    ).scalar()
    if found is None:
        raise _missing("currency", submission, code)
    return found


def _column(tx: Tx, source: str, column: Any, ids: set[str]) -> dict[str, Any]:
    """One column of the records with these keys."""
    table = column.table
    wanted = select(table.c.id, column).where(table.c.source == source, table.c.id.in_(ids))
    return {row[0]: row[1] for row in tx.connection.execute(wanted)}


def _day(moment: datetime, zone: ZoneInfo) -> Day:
    return Day(moment.astimezone(zone).date().isoformat())


def _missing(what: str, submission: Submission, key: str) -> StoreError:
    return StoreError(
        f"The store has no {what} that an order names",
        hint="Pull the reference lists of the base; if it was deleted there, reject the order",
        source=submission.source,
        submission=submission.id,
        key=key,
    )
