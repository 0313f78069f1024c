"""What people set on the site: a row says who set it, when and why; it is ended by another word, never changed.

Whom it is about is marked as news in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Table, insert, select, update

from schemas.errors import InvalidValueError, StoreError
from store import news, news_of_merge
from store.engine import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRow:
    """It counts until `ended_at`; what has ended stays for the history."""

    id: int
    source: str
    set_at: datetime
    set_by: str
    reason: str
    ended_at: datetime | None
    ended_by: str | None
    ended_reason: str | None


def add(tx: Tx, table: Table, source: str, *, by: str, reason: str, **values: Any) -> int:
    """Keep a row. Gives its number."""
    _signed(by, reason)
    row = {"source": source, "set_at": tx.now, "set_by": by, "reason": reason, **values}
    key = tx.connection.execute(insert(table).values(**row)).inserted_primary_key
    _mark(tx, row)
    if key is None:
        raise RuntimeError(f"{table.name} gave no key")
    return int(key[0])


def end(tx: Tx, table: Table, number: int, *, by: str, reason: str, listed_by: str) -> None:
    """Let one row no longer count. Errors: StoreError where none of this number counts; `listed_by` lists them."""
    if end_all(tx, table, table.c.id == number, by=by, reason=reason) == 0:
        raise StoreError("Nothing of this number is in force", hint=f"`{listed_by}` shows the numbers")


def end_all(tx: Tx, table: Table, *which: ColumnElement[bool], by: str, reason: str) -> int:
    """Let every such row no longer count; tells how many did."""
    _signed(by, reason)
    ended = {"ended_at": tx.now, "ended_by": by, "ended_reason": reason}
    living = update(table).where(table.c.ended_at.is_(None), *which).values(**ended).returning(table)
    rows = tx.connection.execute(living).mappings().all()
    for row in rows:
        _mark(tx, row)
    return len(rows)


def read(
    tx: Tx, table: Table, source: str, *which: ColumnElement[bool], ended: bool = False
) -> list[RowMapping]:
    """The rows that count, or with `ended` all there ever were, the newest first."""
    wanted = select(table).where(table.c.source == source, *which).order_by(table.c.id.desc())
    if not ended:
        wanted = wanted.where(table.c.ended_at.is_(None))
    return list(tx.connection.execute(wanted).mappings())


def get(tx: Tx, table: Table, number: int) -> RowMapping | None:
    """One row by its number, ended or not."""
    return tx.connection.execute(select(table).where(table.c.id == number)).mappings().one_or_none()


def _mark(tx: Tx, row: Mapping[Any, Any]) -> None:
    """A row that names nobody is about everybody."""
    source = row["source"]
    if row.get("counterparty_id") is not None:
        news.parties(tx, source, [row["counterparty_id"]])
    elif row.get("subject") == "counterparty":
        news.parties(tx, source, [row["subject_id"]])
    elif row.get("subject") == "contract":
        news.parties(tx, source, news_of_merge.contract_owners(tx, source, [row["subject_id"]]))
    else:
        news.everybody(tx, source)


def _signed(by: str, reason: str) -> None:
    if not by.strip() or not reason.strip():
        raise InvalidValueError(
            "Nobody would know later who set this and why",
            hint="Give --by and --reason a text",
            field="by" if reason.strip() else "reason",
        )
