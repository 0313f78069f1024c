"""Keeping what both sides drew. The same drawings for the same thing asked are the same statement, never two."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, insert, or_, select, update

from schemas.reconciliation import Statement, flaws
from schemas.statements import Asked, Side, Verdict, Why
from store import statement_bodies, statement_events, statements
from store.engine import Tx
from store.statements import Drawings, StatementRow
from store.tables_of_statements import STATEMENT, STATEMENT_DRAWING


@dataclass(frozen=True, slots=True)
class Drawn:
    """What one side drew, in the order of currencies. `units` are the landed units of each; the hub has none.

    `checksum` is what the statement prints with where this side is shown.
    """

    statements: tuple[Statement, ...]
    checksum: str
    drawn_at: datetime
    run_id: str
    units: tuple[int | None, ...] = ()


def keep(tx: Tx, asked: Asked, by: str, hub: Drawn) -> StatementRow:
    """Give the statement of the hub's drawing: one that is there, else a new one that waits for the other side."""
    digest = statement_bodies.asked_digest(asked)
    tx.alone(f"statement {digest}")
    for row in _same(tx, asked.source, digest, "hub", hub.statements):
        return row
    return _new(tx, asked, digest, by, hub)


def heard(tx: Tx, row: StatementRow, books: Drawn) -> StatementRow:
    """Take what the accounting system drew, and tell: it completes or confirms this statement, or makes another."""
    tx.alone(f"statement {row.digest}")
    row = _set(tx, row, compare_at=None, why=None)  # whichever statement it is that was heard of
    both: Drawings = {"hub": statements.drawings(tx, row)["hub"], "books": books.statements}
    for same in _same(tx, row.source, row.digest, "books", books.statements):
        if _hub_digests(tx, same) == _hub_digests(tx, row):
            return statement_events.ready(tx, _set(tx, same, confirmed_at=tx.now, compare_at=None, why=None))
    if "books" in statements.drawings(tx, row):
        hub = _hub_of(tx, row)
        row = _new(tx, row.asked, row.digest, row.created_by, hub)
    _add(tx, row.number, "books", books)
    return statement_events.ready(tx, _set(tx, row, **_judged(both, books)))


def waits(
    tx: Tx, row: StatementRow, why: Why, compare_at: datetime, asked_at: datetime | None = None
) -> StatementRow:
    """Note why the accounting system was not heard, when it is asked again, and when it was, in vain."""
    tx.alone(f"statement {row.digest}")
    asked = {"asked_at": asked_at} if asked_at else {}
    return _set(tx, _again(tx, row), why=why, compare_at=compare_at, **asked)


def due(tx: Tx, source: str, now: datetime, limit: int) -> list[StatementRow]:
    """Those for which the accounting system is to be asked now, the longest waiting first."""
    column = STATEMENT.c
    wanted = select(STATEMENT).where(column.source == source, column.compare_at <= now)
    rows = tx.connection.execute(wanted.order_by(column.compare_at, column.number).limit(limit)).mappings()
    return [statements.row_of(row) for row in rows]


def last_silence(tx: Tx, source: str) -> datetime | None:
    """When the accounting system was last asked and did not answer, by what still waits for it."""
    column = STATEMENT.c
    silent = (column.source == source, column.compare_at.is_not(None), column.why == "source_unavailable")
    return tx.connection.execute(select(func.max(column.asked_at)).where(*silent)).scalar_one_or_none()


def troubled(tx: Tx, source: str, since: datetime) -> list[StatementRow]:
    """Drafts that need a person: unexplained, refused, or not heard since then. The newest of each question."""
    column = STATEMENT.c
    newest = select(func.max(column.number)).where(column.source == source).group_by(column.digest)
    late = and_(column.verdict == "pending", column.created_at < since)
    refused = and_(column.verdict == "pending", column.why.in_(("source_refused", "internal_error")))
    bad = or_(column.verdict == "unexplained", late, refused)
    wanted = select(STATEMENT).where(column.number.in_(newest), column.state == "draft", bad)
    rows = tx.connection.execute(wanted.order_by(column.number)).mappings()
    return [statements.row_of(row) for row in rows]


def verdict_of(both: Drawings) -> tuple[Verdict, int]:
    """What the two drawings come to, and in how many places they differ."""
    found = statements.compared(both)
    count = sum(len(one.differences) for one in found)
    if any(one.unexplained for one in found) or any(flaws(x) for side in both.values() for x in side):
        return "unexplained", count
    return ("differs" if count else "agrees"), count


def _same(tx: Tx, source: str, digest: str, side: Side, drawn: Sequence[Statement]) -> Iterable[StatementRow]:
    """Statements of the same question to which this side gave the same answer, the newest first."""
    column, drawing = STATEMENT.c, STATEMENT_DRAWING.c
    wanted = select(STATEMENT).where(column.source == source, column.digest == digest)
    for one in drawn:
        same = and_(
            drawing.side == side,
            drawing.currency == one.request.currency,
            drawing.digest == statement_bodies.digest(one),
        )
        wanted = wanted.where(column.number.in_(select(drawing.statement_number).where(same)))
    rows = tx.connection.execute(wanted.order_by(column.number.desc())).mappings().all()
    return [statements.row_of(row) for row in rows]


def _new(tx: Tx, asked: Asked, digest: str, by: str, hub: Drawn) -> StatementRow:
    both: Drawings = {"hub": hub.statements}
    row = {
        "id": secrets.token_hex(16),
        "source": asked.source,
        "organization_id": asked.organization_id,
        "counterparty_id": asked.counterparty_id,
        "contract_id": asked.contract_id,
        "contract_kind": asked.contract_kind,
        "currencies": json.dumps(asked.currencies),
        "first_on": asked.first_on.isoformat(),
        "last_on": asked.last_on.isoformat(),
        "by_contract": asked.by_contract,
        "digest": digest,
        "created_at": tx.now,
        "created_by": by,
        "version": 0,
        "state": "draft",
        "verdict": "pending",
        "differences": 0,
        "why": "asking",
        **_shown("hub", both, hub.checksum),
    }
    key = tx.connection.execute(insert(STATEMENT).values(**row)).inserted_primary_key
    if key is None:
        raise RuntimeError("statement gave no key")
    _add(tx, int(key[0]), "hub", hub)
    return _numbered(tx, int(key[0]))


def _add(tx: Tx, number: int, side: Side, drawn: Drawn) -> None:
    units = drawn.units or (None,) * len(drawn.statements)
    rows = [
        {
            "statement_number": number,
            "side": side,
            "currency": one.request.currency,
            "producer": one.producer,
            "as_of": one.as_of,
            "drawn_at": drawn.drawn_at,
            "body": statement_bodies.body(one),
            "digest": statement_bodies.digest(one),
            "landing_unit_id": unit,
            "run_id": drawn.run_id,
        }
        for one, unit in zip(drawn.statements, units, strict=True)
    ]
    tx.connection.execute(insert(STATEMENT_DRAWING), rows)


def _judged(both: Drawings, books: Drawn) -> dict[str, Any]:
    verdict, count = verdict_of(both)
    told = {"verdict": verdict, "differences": count, "compare_at": None, "why": None}
    return told | _shown("books", both, books.checksum)


def _shown(side: Side, both: Drawings, checksum: str) -> dict[str, Any]:
    sums = {x.request.currency: [x.opening, x.debit, x.credit, x.closing] for x in both[side]}
    return {
        "shown": side,
        "checksum": checksum,
        "sums": json.dumps(sums, sort_keys=True),
        "as_of": min(x.as_of for x in both[side]),
    }


def _hub_of(tx: Tx, row: StatementRow) -> Drawn:
    """The hub's drawing of a statement, for another one: it says the same."""
    column = STATEMENT_DRAWING.c
    when = select(column.drawn_at, column.run_id).where(
        column.statement_number == row.number, column.side == "hub"
    )
    drawn_at, run_id = tx.connection.execute(when.limit(1)).one()
    return Drawn(statements.drawings(tx, row)["hub"], row.checksum, drawn_at, run_id)


def _hub_digests(tx: Tx, row: StatementRow) -> list[str]:
    column = STATEMENT_DRAWING.c
    hub = select(column.digest).where(column.statement_number == row.number, column.side == "hub")
    return list(tx.connection.execute(hub.order_by(column.currency)).scalars())


def _set(tx: Tx, row: StatementRow, **values: Any) -> StatementRow:
    tx.connection.execute(update(STATEMENT).where(STATEMENT.c.number == row.number).values(**values))
    return _again(tx, row)


def _again(tx: Tx, row: StatementRow) -> StatementRow:
    return _numbered(tx, row.number)


def _numbered(tx: Tx, number: int) -> StatementRow:
    found = tx.connection.execute(select(STATEMENT).where(STATEMENT.c.number == number)).mappings().one()
    return statements.row_of(found)
