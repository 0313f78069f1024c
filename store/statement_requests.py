"""Asking for a statement: a row that a worker of the hub takes. Nobody who asks calls the accounting system."""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import select

from schemas.errors import StoreError
from schemas.statements import Asked
from store import operations, statement_bodies
from store.engine import Tx
from store.operations import FILE, OPEN, STATEMENT, Kind, Operation
from store.tables_of_api import OPERATION
from store.tables_of_statements import STATEMENT as STATEMENT_TABLE

WORKED_AT: tuple[Kind, ...] = (STATEMENT, FILE)
MOST_OPEN = 100  # of one who asks: a month's end for many counterparties
RESULT = "statement_id"


def ask(tx: Tx, asked: Asked, by: str, *, most: int = MOST_OPEN) -> Operation:
    """Give the operation that will draw it; an open one for the same thing, whoever asked for that.

    Its result names the statement as soon as the hub has drawn it, while it is still running; another one where
    the accounting system then says something else than it said before.
    Errors: StoreError where `by` has `most` open.
    """
    question = json.loads(statement_bodies.question(asked))
    found = operations.ask(
        tx, STATEMENT, asked.source, asked.counterparty_id, key_number=by, most=most, input=question
    )
    if found is None:
        raise StoreError(
            f"there are {most} statements under way already",
            hint="wait until some of them are drawn",
        )
    return found


def asked_of(operation: Operation) -> Asked:
    return statement_bodies.asked_of(json.dumps(operation.input))


def statement_id(operation: Operation) -> str | None:
    """The statement that is there already; None before the hub has drawn it, and where it could not."""
    found = operation.result.get(RESULT)
    return None if found is None else str(found)


def waiting(tx: Tx, since: datetime | None = None) -> dict[str, set[Kind]]:
    """Which kinds of what a worker does are open in each source; with `since` only what was asked before."""
    column = OPERATION.c
    open_ = select(column.source, column.kind).where(column.state.in_(OPEN), column.kind.in_(WORKED_AT))
    if since is not None:
        open_ = open_.where(column.created_at < since)
    found: dict[str, set[Kind]] = {}
    for source, kind in tx.connection.execute(open_.distinct()):
        found.setdefault(source, set()).add(kind)
    return found


def to_follow(tx: Tx, now: datetime) -> set[str]:
    """The sources whose accounting system is to be asked again for some statement."""
    due = select(STATEMENT_TABLE.c.source).where(STATEMENT_TABLE.c.compare_at <= now)
    return set(tx.connection.execute(due.distinct()).scalars())
