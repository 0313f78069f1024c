"""The statement of an address, and what may be done with it."""

from __future__ import annotations

import re

from desk.frame import pages
from desk.frame.errors import DeskError
from desk.frame.visits import Visit
from schemas.statements import STEPS, State
from store import statements
from store.engine import Tx
from store.statements import StatementRow

_ID = re.compile(r"[0-9a-f]{32}")


def statement(tx: Tx, visit: Visit, statement_id: str) -> StatementRow:
    """Errors: DeskError 404."""
    found = statements.get(tx, statement_id) if _ID.fullmatch(statement_id) else None
    if found is None:
        raise pages.not_found(visit, visit.text.gettext("There is no such statement."))
    return found


def address(row: StatementRow, *more: str) -> str:
    return "/".join(("/desk/statements", row.id, *more))


def allowed(row: StatementRow) -> tuple[State, ...]:
    """What may be done with it now: a draft whose drawings were not compared, or differ without reason, stays."""
    return () if row.state == "draft" and row.is_draft else STEPS[row.state]


def must_allow(visit: Visit, row: StatementRow, to: State) -> None:
    """Errors: DeskError 409, with what to do first."""
    if to in allowed(row):
        return
    _ = visit.text.gettext
    if row.state == "draft" and row.verdict == "pending":
        told = _("The accounting system has not drawn this statement yet.")
        hint = _("Wait until both drawings were compared: the statement says what it waits for.")
    elif row.state == "draft" and row.verdict == "unexplained":
        told = _("The two drawings differ, and no document explains why: it cannot leave.")
        hint = _("Bring the counterparty up to date, then draw the statement anew.")
    else:
        told = _("The statement is not in a state for this any more.")
        hint = _("Look at what was done with it meanwhile, and decide anew.")
    raise DeskError(409, told, hint)
