"""Who wrote over the API or at the command line, and read what is to be accounted for (CM-13): never changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from store import tenancy
from store.engine import Tx
from store.tables_of_api import API_AUDIT

AT_THE_COMMAND_LINE = "saldo"  # the key number and the request id of what was done without a key


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """`operation` is the name it has in the API's document; `details` is what was set, as JSON: no secrets."""

    id: int
    at: datetime
    request_id: str
    key_number: str
    operation: str
    source: str | None
    counterparty_id: str | None
    subject: str | None
    details: str


def add(
    tx: Tx,
    *,
    operation: str,
    request_id: str = AT_THE_COMMAND_LINE,
    key_number: str = AT_THE_COMMAND_LINE,
    source: str | None = None,
    counterparty_id: str | None = None,
    subject: str | None = None,
    details: Mapping[str, object] | None = None,
) -> None:
    """Write it down in the transaction of what it tells of. `details` holds what JSON can, and no secrets."""
    row = {
        "at": tx.now,
        "request_id": request_id,
        "key_number": key_number,
        "operation": operation,
        "source": source,
        "counterparty_id": counterparty_id,
        "subject": subject,
        "details": json.dumps(details or {}, ensure_ascii=False, sort_keys=True),
    }
    tx.connection.execute(insert(API_AUDIT).values(**row))


def read(
    tx: Tx,
    *,
    limit: int,
    before: int | None = None,
    source: str | None = None,
    counterparty_id: str | None = None,
    key_number: str | None = None,
    operation: str | None = None,
) -> list[Entry]:
    """The newest first; `before` is the id after which to go on."""
    column = API_AUDIT.c
    wanted = select(API_AUDIT).where(*tenancy.limits(tx, column.source, column.counterparty_id))
    said: tuple[tuple[Any, object], ...] = (
        (column.source, source),
        (column.counterparty_id, counterparty_id),
        (column.key_number, key_number),
        (column.operation, operation),
    )
    for which, value in said:
        if value is not None:
            wanted = wanted.where(which == value)
    if before is not None:
        wanted = wanted.where(column.id < before)
    rows = tx.connection.execute(wanted.order_by(column.id.desc()).limit(limit))
    return [Entry(**row) for row in rows.mappings()]
