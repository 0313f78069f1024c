"""Who approves an order, and that he did not place it."""

from __future__ import annotations

from typing import Any

from api.rules import signed
from api.web.callers import Caller
from api.web.errors import FieldError, ProblemError
from schemas import TABLES
from schemas.errors import InvalidValueError
from store import order_list, records, tenancy
from store.engine import Tx
from store.submissions import Submission


def approver(tx: Tx, caller: Caller, row: Submission, given: str | None) -> str | None:
    """The person of the buyer who decides; None for a key that decides for nobody in particular.

    Errors: ProblemError own_order, where that key placed it; InvalidValueError for a person who is none of theirs.
    """
    if caller.tenancy.contact_id is not None:
        return caller.tenancy.contact_id
    if given is not None:
        return _person(tx, row, given)
    if caller.by in {row.created_by, *order_list.makers(tx, row)}:
        raise ProblemError(
            "own_order",
            "This key placed the order: who approves it must be somebody else.",
            hint="Name the person who decides in contact_id, or use another key.",
            errors=(FieldError(detail="needed with this key", pointer="#/contact_id"),),
        )
    return None


def _person(tx: Tx, row: Submission, given: str) -> str:
    """Of the counterparty, of the branch, or of any head office above them."""
    key = signed.reference(given, row.source, "contact_id")
    found: Any = records.get(tx, TABLES["contact"], row.source, (key,))
    if found is None or found.partner_id not in _partners(tx, row):
        raise InvalidValueError(
            "The counterparty has no contact with this id",
            hint="Send the id of one of its people, or of its head office's",
            field="contact_id",
        )
    return key


def _partners(tx: Tx, row: Submission) -> set[str]:
    parties = {
        key
        for one in (row.counterparty_id, row.branch_id)
        if one is not None
        for key in tenancy.above(tx, row.source, one)
    }
    known: list[Any] = [records.get(tx, TABLES["counterparty"], row.source, (key,)) for key in parties]
    return {one.partner_id for one in known if one is not None and one.partner_id}
