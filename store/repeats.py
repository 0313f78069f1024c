"""Answers kept under the key a client gave its request, so that asking again gives them again and does nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, insert, select, text, tuple_

from store.engine import Tx
from store.tables_of_api import API_REPEAT

KEPT_FOR = timedelta(hours=24)
_DROPPED_AT_ONCE = 100  # as a rule one is kept per request, so this keeps up


@dataclass(frozen=True, slots=True)
class Kept:
    """What was answered; `digest` tells which request it was to."""

    digest: str
    status: int
    headers: Mapping[str, str]
    body: bytes


def claim(tx: Tx, key_number: str, idempotency_key: str) -> bool:
    """Be the only one at this request until the transaction ends; False where another is at it right now.

    On SQLite there is one writer at a time: whoever comes second finds what the first one kept.
    """
    if tx.dialect != "postgresql":
        return True
    ask = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:what, 0))")
    what = f"repeat {key_number} {idempotency_key}"
    return bool(tx.connection.execute(ask, {"what": what}).scalar_one())


def find(tx: Tx, key_number: str, idempotency_key: str) -> Kept | None:
    """What was answered within the last 24 hours."""
    column = API_REPEAT.c
    row = tx.connection.execute(
        select(column.digest, column.status, column.headers, column.body).where(
            column.key_number == key_number,
            column.idempotency_key == idempotency_key,
            column.answered_at > tx.now - KEPT_FOR,
        )
    ).one_or_none()
    return None if row is None else Kept(row.digest, row.status, json.loads(row.headers), bytes(row.body))


def keep(tx: Tx, key_number: str, idempotency_key: str, answer: Kept) -> None:
    """Keep an answer in the transaction of what it tells of, and drop some of those that are too old."""
    column = API_REPEAT.c
    same = (column.key_number == key_number, column.idempotency_key == idempotency_key)
    tx.connection.execute(delete(API_REPEAT).where(*same, column.answered_at <= tx.now - KEPT_FOR))
    row = {
        "key_number": key_number,
        "idempotency_key": idempotency_key,
        "digest": answer.digest,
        "status": answer.status,
        "headers": json.dumps(dict(answer.headers), sort_keys=True),
        "body": answer.body,
        "answered_at": tx.now,
    }
    tx.connection.execute(insert(API_REPEAT).values(**row))
    drop_old(tx)


def drop_old(tx: Tx) -> int:
    """Forget some answers that nobody gets again; others may be at it too, each takes what is free."""
    column = API_REPEAT.c
    name = (column.key_number, column.idempotency_key)
    old = select(*name).where(column.answered_at <= tx.now - KEPT_FOR).limit(_DROPPED_AT_ONCE)
    found = [tuple(row) for row in tx.connection.execute(old.with_for_update(skip_locked=True))]
    if not found:
        return 0
    return int(tx.connection.execute(delete(API_REPEAT).where(tuple_(*name).in_(found))).rowcount)
