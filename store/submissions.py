"""What the portal sends to the books, and how each of them goes from one state to the next.

`step` is the only way to another state. Who pushes writes under its fence (store/outbox.py) in the same transaction.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, insert, select, update

from schemas import submissions as words
from schemas.errors import StoreError
from schemas.submissions import Kind, State, Status, Why
from store import submission_events, tenancy
from store.engine import Tx
from store.tables_of_orders import SUBMISSION, SUBMISSION_STEP, SUBMISSION_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A row of the table; `words` are the books' own, for the company's people only."""

    number: int
    id: str
    source: str
    kind: Kind
    lane: str
    reference: str
    counterparty_id: str | None
    branch_id: str | None
    contact_id: str | None
    organization_id: str | None
    contract_id: str | None
    currency: str | None
    amount: int | None
    created_at: datetime
    created_by: str
    updated_at: datetime
    version: int
    digest: str
    approved_digest: str | None
    event_version: int
    state: State
    since: datetime
    why: Why | None
    words: str
    ref_key: str | None
    document_number: str
    document_at: str | None
    status: Status | None
    status_at: datetime | None
    cancel_asked_at: datetime | None
    cancel_asked_by: str | None
    cancel_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """How it came into `after`. `note` is what a person gave as the reason, `words` the books' own."""

    id: int
    submission_number: int
    at: datetime
    by: str
    before: State
    after: State
    version: int
    why: Why | None
    note: str
    words: str


def add(
    tx: Tx,
    *,
    source: str,
    kind: Kind,
    lane: str,
    reference: str,
    body: Mapping[str, Any],
    by: str,
    named: Mapping[str, Any],
) -> Submission:
    """Keep a new one as a draft; `named` fills its own columns (counterparty_id, amount and so on).

    Errors: StoreError where this reference is there already; `exists` gives that one first.
    """
    if exists(tx, source, kind, lane, reference) is not None:
        raise StoreError(
            "There is one of this reference already",
            hint="Ask for it by its id, or use another reference for another one",
            reference=reference,
        )
    number = words.identity(source, kind, lane, reference)
    row = {
        "id": number,
        "source": source,
        "kind": kind,
        "lane": lane,
        "reference": reference,
        "created_at": tx.now,
        "created_by": by,
        "updated_at": tx.now,
        "version": 0,
        "digest": "",
        "event_version": 0,
        "state": "draft",
        "since": tx.now,
        "words": "",
        "document_number": "",
        "cancel_reason": "",
        **named,
    }
    tx.connection.execute(insert(SUBMISSION).values(**row))
    return change(tx, _one(tx, SUBMISSION.c.id == number), body, by, named)


def change(
    tx: Tx, submission: Submission, body: Mapping[str, Any], by: str, named: Mapping[str, Any]
) -> Submission:
    """Let another content count; what was approved before is not approved any more."""
    version, digest = submission.version + 1, words.digest(body)
    kept = {
        "submission_number": submission.number,
        "version": version,
        "body": json.dumps(dict(body), ensure_ascii=False, sort_keys=True),
        "digest": digest,
        "made_at": tx.now,
        "made_by": by,
    }
    tx.connection.execute(insert(SUBMISSION_VERSION).values(**kept))
    return note(tx, submission, version=version, digest=digest, approved_digest=None, **named)


def exists(tx: Tx, source: str, kind: Kind, lane: str, reference: str) -> Submission | None:
    return _find(tx, SUBMISSION.c.id == words.identity(source, kind, lane, reference))


def get(tx: Tx, number: str) -> Submission | None:
    """By its id, if the reader may see it."""
    return _find(tx, SUBMISSION.c.id == number, *seen(tx))


def by_number(tx: Tx, number: int) -> Submission:
    return _one(tx, SUBMISSION.c.number == number)


def read(tx: Tx, *which: ColumnElement[bool], limit: int = 1_000) -> list[Submission]:
    """The newest first, of those the reader may see."""
    wanted = select(SUBMISSION).where(*which, *seen(tx)).order_by(SUBMISSION.c.number.desc()).limit(limit)
    return [Submission(**row) for row in tx.connection.execute(wanted).mappings()]


def seen(tx: Tx) -> list[ColumnElement[bool]]:
    """Those of the reader's counterparties or branches; for one person, what he placed."""
    column, found = SUBMISSION.c, []
    mine = tenancy.limits(tx, column.source, column.counterparty_id)
    of_branch = tenancy.limits(tx, column.source, column.branch_id)
    if mine:
        either = mine[-1] | of_branch[-1] if tx.tenancy.counterparties is not None else mine[-1]
        found = [*mine[:-1], either]
    return [*found, *tenancy.of_contact(tx, column.contact_id)]


def body(tx: Tx, submission: Submission, version: int | None = None) -> dict[str, Any]:
    """Its content: the one that counts, or another version's."""
    column = SUBMISSION_VERSION.c
    wanted = select(column.body).where(
        column.submission_number == submission.number, column.version == (version or submission.version)
    )
    found: dict[str, Any] = json.loads(tx.connection.execute(wanted).scalar_one())
    return found


def steps(tx: Tx, submission: Submission) -> list[Step]:
    """The oldest first."""
    column = SUBMISSION_STEP.c
    wanted = select(SUBMISSION_STEP).where(column.submission_number == submission.number).order_by(column.id)
    return [Step(**row) for row in tx.connection.execute(wanted).mappings()]


def step(
    tx: Tx,
    submission: Submission,
    after: State,
    *,
    by: str,
    why: Why | None = None,
    note: str = "",
    said: str = "",
    **fields: Any,
) -> Submission:
    """Go on to `after`, and tell the storefront. `said` are the books' own words; `fields` are columns set with it.

    Errors: StoreError where the one in the store is somewhere else by now, or no way leads there.
    """
    if not words.may_step(submission.state, after):
        raise StoreError(
            f"From {submission.state} no way leads to {after}",
            hint="Look at it again: somebody, or the accounting system, was faster",
            submission=submission.id,
        )
    taken = {
        "submission_number": submission.number,
        "at": tx.now,
        "by": by,
        "before": submission.state,
        "after": after,
        "version": submission.version,
        "why": why,
        "note": note,
        "words": said,
    }
    changed = {"state": after, "since": tx.now, "why": why, "words": said, "updated_at": tx.now, **fields}
    column = SUBMISSION.c
    same = (column.number == submission.number, column.state == submission.state)
    if tx.connection.execute(update(SUBMISSION).where(*same).values(**changed)).rowcount != 1:
        raise StoreError(
            f"It is not {submission.state} any more",
            hint="Look at it again: somebody, or the accounting system, was faster",
            submission=submission.id,
        )
    tx.connection.execute(insert(SUBMISSION_STEP).values(**taken))
    return _told(tx, by_number(tx, submission.number))


def note(tx: Tx, submission: Submission, **fields: Any) -> Submission:
    """Set columns that are no step: a number that was read back, a status, a wish to cancel."""
    told = update(SUBMISSION).where(SUBMISSION.c.number == submission.number)
    tx.connection.execute(told.values(updated_at=tx.now, **fields))
    return by_number(tx, submission.number)


def _told(tx: Tx, submission: Submission) -> Submission:
    version = submission.event_version + 1
    if not submission_events.tell(tx, submission, version):
        return submission
    return note(tx, submission, event_version=version)


def _find(tx: Tx, *which: ColumnElement[bool]) -> Submission | None:
    row = tx.connection.execute(select(SUBMISSION).where(*which)).mappings().one_or_none()
    return Submission(**row) if row is not None else None


def _one(tx: Tx, which: ColumnElement[bool]) -> Submission:
    found = _find(tx, which)
    if found is None:
        raise StoreError(
            "There is no such order or request", hint="`saldo orders list` shows the numbers of orders"
        )
    return found
