"""What the portal sent, as the company's people look for it: by what is to be done, by numbers, by whose it is."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from schemas.submissions import Kind, State
from store import outbox_settling, submissions
from store.engine import Tx
from store.submissions import Submission
from store.tables_of_orders import OUTBOX, SUBMISSION, SUBMISSION_VERSION

_DIGITS = 18  # of a number that a database can have
_NUMBER = SUBMISSION.c.number


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """None and nothing filter nothing. `declined` tells those that a person rejected from those the books did.

    `text` is a part of a reference or of the accounting document's number, or the number itself; `parties` are
    whose name has it, each with its base.
    `counterparty_id` is who settles, or the branch that ordered.
    """

    kind: Kind
    states: Collection[State] | None = None
    declined: bool | None = None
    source: str | None = None
    counterparty_id: str | None = None
    text: str = ""
    parties: Sequence[tuple[str, str]] = ()


def found(tx: Tx, wanted: Wanted, *, after: int | None, limit: int) -> list[Submission]:
    """The newest first, from the one after number `after`."""
    before = [] if after is None else [after > _NUMBER]
    return submissions.read(tx, *_conditions(wanted), *before, limit=limit)


def counts(tx: Tx, wanted: Wanted) -> dict[tuple[State, bool], int]:
    """How many of these there are in each state, by whether a person declined them."""
    column = SUBMISSION.c
    declined = case((column.why.in_(outbox_settling.BY_PEOPLE), 1), else_=0).label("declined")
    query = (
        select(column.state, declined, func.count())
        .where(*_conditions(wanted), *submissions.seen(tx))
        .group_by(column.state, "declined")
    )
    return {(state, bool(by_person)): count for state, by_person, count in tx.connection.execute(query)}


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    column = SUBMISSION.c
    conditions = [column.kind == wanted.kind]
    if wanted.source is not None:
        conditions.append(column.source == wanted.source)
    if wanted.counterparty_id is not None:
        whose = wanted.counterparty_id
        conditions.append(or_(column.counterparty_id == whose, column.branch_id == whose))
    if wanted.states is not None:
        conditions.append(column.state.in_(sorted(wanted.states)))
    if wanted.declined is not None:
        by_people = func.coalesce(column.why, "").in_(outbox_settling.BY_PEOPLE)
        conditions.append(or_(column.state != "rejected", by_people if wanted.declined else ~by_people))
    if wanted.text:
        conditions.append(or_(*_named(wanted)))
    return conditions


def _named(wanted: Wanted) -> list[ColumnElement[bool]]:
    """Numbers of the books have capitals, whatever is typed; SQLite folds Latin letters only."""
    column, text = SUBMISSION.c, wanted.text
    spellings = {text, text.upper(), text.lower()}
    parts: list[ColumnElement[bool]] = [
        one.contains(spelling, autoescape=True)
        for one in (column.reference, column.document_number)
        for spelling in sorted(spellings)
    ]
    if text.isascii() and text.isdigit() and len(text) <= _DIGITS:
        parts.append(column.number == int(text))
    for source in sorted({source for source, _ in wanted.parties}):
        ids = [party for of, party in wanted.parties if of == source]
        parts.append(and_(column.source == source, column.counterparty_id.in_(ids)))
    return parts


def next_try(tx: Tx, submission: Submission) -> datetime | None:
    """When a worker looks at it next, if it was ever queued."""
    wanted = select(OUTBOX.c.next_at).where(OUTBOX.c.submission_number == submission.number)
    found: datetime | None = tx.connection.execute(wanted).scalar_one_or_none()
    return found


@dataclass(frozen=True, slots=True)
class Version:
    """Something that it ever said; `amount` as its content has it."""

    version: int
    digest: str
    made_at: datetime
    made_by: str
    amount: int | None


def versions(tx: Tx, submission: Submission) -> list[Version]:
    """The newest first."""
    column = SUBMISSION_VERSION.c
    wanted = select(column.version, column.digest, column.made_at, column.made_by, column.body).where(
        column.submission_number == submission.number
    )
    return [
        Version(row.version, row.digest, row.made_at, row.made_by, json.loads(row.body).get("amount"))
        for row in tx.connection.execute(wanted.order_by(column.version.desc()))
    ]
