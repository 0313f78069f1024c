"""Every request that a push made: written down before it leaves, and again with what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import insert, select, update

from store.engine import Tx
from store.tables_of_orders import PUSH_ATTEMPT

ENTITY = "submission"  # of what is landed for the pushes
Action = Literal["look", "read", "create", "change", "post", "unpost", "mark"]
# `under_way` of a worker that is no more: nobody knows what came of it.
Outcome = Literal["under_way", "done", "refused", "not_received", "unclear", "not_understood"]
ACTIONS: tuple[Action, ...] = get_args(Action)
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


@dataclass(frozen=True, slots=True)
class Attempt:
    """`sha256` names the bytes that came, among the landed ones."""

    id: int
    submission_number: int
    at: datetime
    fence: int
    action: Action
    request: str
    outcome: Outcome
    milliseconds: int
    sha256: str | None


def begin(tx: Tx, number: int, fence: int, action: Action) -> int:
    row = {"submission_number": number, "at": tx.now, "fence": fence, "action": action, "request": ""}
    made = insert(PUSH_ATTEMPT).values(**row, outcome="under_way", milliseconds=0)
    return int(tx.connection.execute(made.returning(PUSH_ATTEMPT.c.id)).scalar_one())


def end(
    tx: Tx, attempt: int, outcome: Outcome, request: str, milliseconds: int, sha256: str | None = None
) -> None:
    told = {"outcome": outcome, "request": request, "milliseconds": milliseconds, "sha256": sha256}
    tx.connection.execute(update(PUSH_ATTEMPT).where(PUSH_ATTEMPT.c.id == attempt).values(**told))


def of_submission(tx: Tx, number: int) -> list[Attempt]:
    """The oldest first."""
    column = PUSH_ATTEMPT.c
    wanted = select(PUSH_ATTEMPT).where(column.submission_number == number).order_by(column.id)
    return [Attempt(**row) for row in tx.connection.execute(wanted).mappings()]
