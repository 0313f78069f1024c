"""What the storefront is told of statements: the whole of what it may show of one, never a difference."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import update

from schemas.events import EventType
from schemas.ids import external, optional
from schemas.money import Money
from store import events
from store.engine import Tx
from store.events import NewEvent
from store.operations import Operation
from store.statements import StatementRow
from store.tables_of_statements import STATEMENT


def ready(tx: Tx, row: StatementRow) -> StatementRow:
    """It was drawn, compared, or confirmed."""
    return _tell(tx, "statement.ready", row)


def disagreed(tx: Tx, row: StatementRow, note: str) -> StatementRow:
    return _tell(tx, "statement.disagreed", row, note=note)


def failed(tx: Tx, operation: Operation) -> None:
    """Nothing could be drawn for this request: its subject is the request."""
    party = operation.counterparty_id
    data = {
        "id": operation.id,
        "version": 1,
        "counterparty_id": optional(operation.source, party),
        "error": operation.error,
        "hint": operation.hint,
    }
    event = NewEvent("statement.failed", party, operation.id, 1, data)
    events.add(tx, operation.source, [event], tx.now)


def _tell(tx: Tx, type_: EventType, row: StatementRow, **more: Any) -> StatementRow:
    row = replace(row, version=row.version + 1)
    told = update(STATEMENT).where(STATEMENT.c.number == row.number)
    tx.connection.execute(told.values(version=row.version))
    event = NewEvent(type_, row.counterparty_id, row.id, row.version, {**_data(row), **more})
    events.add(tx, row.source, [event], tx.now)
    return row


def _data(row: StatementRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "version": row.version,
        "number": row.number,
        "counterparty_id": external(row.source, row.counterparty_id),
        "organization_id": optional(row.source, row.organization_id),
        "contract_id": optional(row.source, row.contract_id),
        "contract_kind": row.contract_kind,
        "from": row.first_on.isoformat(),
        "to": row.last_on.isoformat(),
        "state": row.state,
        "verdict": row.verdict,
        "differences": row.differences,
        "checksum": row.checksum,
        "as_of": row.as_of.isoformat(),
        "sums": [
            {"currency": currency}
            | {name: str(Money(units, currency)) for name, units in sums._asdict().items()}
            for currency, sums in row.sums.items()
        ],
    }
