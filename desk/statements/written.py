"""What is done at the desk goes into the audit, under the names that the API has for the same."""

from __future__ import annotations

from desk.frame import audited
from desk.frame.visits import Visit
from store.engine import Tx
from store.statements import StatementRow


def note(tx: Tx, visit: Visit, operation: str, row: StatementRow, /, **details: object) -> None:
    audited.note(
        tx,
        visit,
        operation,
        source=row.source,
        counterparty_id=row.counterparty_id,
        subject=row.id,
        details=details,
    )
