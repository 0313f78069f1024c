"""What became of a statement (FX-06): POST /v1/statements/{id}/state.

The buyer's side agrees or disagrees. What the supplier's people do (send it, note a signature, take it back) is
for keys that are bound to no company and may write rules; so is agreeing to what they did not send and whose two
drawings differ.
"""

from __future__ import annotations

from typing import Annotated

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Meta, Struct

from api.rules import signed
from api.statements import found, rows
from api.statements.answers import StatementRow
from api.statements.found import StatementId
from api.statements.links import Links
from api.web import callers, refusals, repeats
from api.web.callers import Caller
from api.web.errors import ProblemError
from api.web.hub import Hub
from api.web.repeats import Repeat
from schemas.errors import InvalidValueError, StoreError
from schemas.statements import STEPS, State
from store import statement_steps, statements
from store.engine import Tx

OF_THE_BUYER: frozenset[State] = frozenset({"agreed", "disagreement"})
LONGEST_NOTE = 20_000  # a list of disagreements is a note


class NewStatementState(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`note` says what is not agreed to, and then must; both sides read it. In other steps only the supplier does."""

    state: State
    note: Annotated[str, Meta(max_length=LONGEST_NOTE, pattern=r"^[^\u0000]*$")] = ""


@post(
    "/v1/statements/{statement_id:str}/state",
    sync_to_thread=True,
    status_code=200,
    request_max_body_size=repeats.MAX_BODY,
    summary="Agree to a statement, or not",
    operation_id="setStatementState",
    tags=["statements"],
    security=callers.needs("statements:write"),
    responses=refusals.of(
        *found.CODES, *repeats.CODES, "step_refused", "key_is_bound", "invalid_value", "too_large"
    ),
)
def step(
    statement_id: StatementId,
    data: JSONBody[NewStatementState],
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    repeat: NamedDependency[Repeat],
) -> Response[StatementRow]:
    """`agreed` and `disagreement` are anybody's who sees it; `sent`, `signed` and `draft` the supplier's, with
    `rules:write` and a key that is bound to no company."""
    seen = found.seen(hub, caller, statement_id)
    source = hub.source(seen.source)

    def work(tx: Tx) -> StatementRow:
        now = found.row(tx, hub, statement_id)
        if not is_buyers(now, data.state):
            signed.must_rule(caller)
            caller.must_have("rules:write")
        return rows.row(_taken(tx, now, data, caller.by), source, Links(tx))

    return repeat.once(
        "setStatementState",
        work,
        status=200,
        source=seen.source,
        counterparty_id=seen.counterparty_id,
        subject=seen.id,
        details={"state": data.state, "note": data.note},
    )


def is_buyers(of: statements.StatementRow, to: State) -> bool:
    """Whether the buyer may do it; that a difference may go out is for the supplier's people to say, each time."""
    goes_out = of.state != "sent" and of.verdict == "differs" and to == "agreed"
    return to in OF_THE_BUYER and not goes_out


def next_states(of: statements.StatementRow, caller: Caller) -> list[State]:
    """What this key may set now."""
    permissions = set(caller.key.permissions)
    if "statements:write" not in permissions or (of.state == "draft" and of.is_draft):
        return []
    rules = "rules:write" in permissions and caller.tenancy.counterparties is None
    return [to for to in STEPS[of.state] if rules or is_buyers(of, to)]


def _taken(tx: Tx, of: statements.StatementRow, data: NewStatementState, by: str) -> statements.StatementRow:
    try:
        return statement_steps.step(tx, of, data.state, by=by, note=data.note.strip())
    except InvalidValueError as error:
        if error.field != "state":
            raise
        raise _refused(error) from error
    except StoreError as error:
        raise _refused(error) from error


def _refused(error: StoreError) -> ProblemError:
    message, hint = (f"{text[:1].upper()}{text[1:]}." for text in (error.message, error.hint))
    return ProblemError("step_refused", message, hint=hint)
