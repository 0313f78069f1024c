"""The counterparty's own statements: what was read from their files, held against ours line by line."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, insert, select

from schemas import matching
from schemas.errors import InvalidValueError
from schemas.matching import Matched, Received
from store import statement_bodies, statements
from store.engine import Tx
from store.statements import StatementRow
from store.tables_of_statements import STATEMENT_UPLOAD

Half = Literal["left", "right"]
MOST_DAYS = 31


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """`sha256` names the bytes among the files; `days` is how far the days of one document may be apart."""

    id: str
    uploaded_at: datetime
    uploaded_by: str
    name: str
    sha256: str
    size: int
    half: Half
    currency: str
    days: int
    received: Received
    disagreements: int


def add_upload(
    tx: Tx,
    row: StatementRow,
    *,
    by: str,
    name: str,
    sha256: str,
    size: int,
    half: Half,
    currency: str,
    days: int,
    received: Received,
) -> tuple[Upload, Matched]:
    """Keep what was read from a file, and match it. The state of the statement is people's to change.

    Errors: InvalidValueError for a currency that is not of the statement, or days out of reason.
    """
    if not 0 <= days <= MOST_DAYS:
        raise InvalidValueError(
            f"days of one document cannot be {days} apart", hint=f"give 0 to {MOST_DAYS}", field="days"
        )
    result = _match(tx, row, currency, days, received)
    upload = Upload(
        id=secrets.token_hex(16),
        uploaded_at=tx.now,
        uploaded_by=by,
        name=name,
        sha256=sha256,
        size=size,
        half=half,
        currency=currency,
        days=days,
        received=received,
        disagreements=len(result.disagreements),
    )
    kept: dict[str, Any] = {field: getattr(upload, field) for field in Upload.__slots__}
    kept |= {"statement_number": row.number, "received": statement_bodies.received_body(received)}
    tx.connection.execute(insert(STATEMENT_UPLOAD).values(**kept))
    return upload, result


def uploads(tx: Tx, row: StatementRow) -> tuple[Upload, ...]:
    """The newest first."""
    return _read(tx, STATEMENT_UPLOAD.c.statement_number == row.number)


def get_upload(tx: Tx, row: StatementRow, upload_id: str) -> Upload | None:
    column = STATEMENT_UPLOAD.c
    return next(iter(_read(tx, column.statement_number == row.number, column.id == upload_id)), None)


def matched(tx: Tx, row: StatementRow, upload: Upload) -> Matched:
    """An upload against what the statement shows now."""
    return _match(tx, row, upload.currency, upload.days, upload.received)


def _match(tx: Tx, row: StatementRow, currency: str, days: int, received: Received) -> Matched:
    for ours in statements.shown(tx, row):
        if ours.request.currency == currency:
            return matching.match(matching.entries(ours), received.entries(), days)
    raise InvalidValueError(
        f"the statement has no part in {currency}",
        hint=f"give one of: {', '.join(row.currencies)}",
        field="currency",
    )


def _read(tx: Tx, *which: ColumnElement[bool]) -> tuple[Upload, ...]:
    column = STATEMENT_UPLOAD.c
    wanted = select(*(column[field] for field in Upload.__slots__)).where(*which)
    rows = tx.connection.execute(wanted.order_by(column.uploaded_at.desc(), column.id)).mappings()
    return tuple(Upload(**{**row, "received": statement_bodies.received(row["received"])}) for row in rows)
