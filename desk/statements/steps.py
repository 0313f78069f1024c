"""The steps people take with a statement."""

from __future__ import annotations

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody

from api.statements.stepping import LONGEST_NOTE
from api.web.hub import Hub
from desk.frame import pages
from desk.frame.errors import DeskError
from desk.frame.visits import Visit
from desk.statements import found, written
from desk.statements.found import address
from schemas.errors import StoreError
from schemas.statements import STATES, State
from store import statement_steps
from store.engine import Tx
from store.statements import StatementRow


@post("/desk/statements/{statement_id:str}/step", sync_to_thread=True, status_code=200)
def step(
    statement_id: FromPath[str],
    data: URLEncodedBody[dict[str, str]],
    hub: NamedDependency[Hub],
    visit: NamedDependency[Visit],
) -> Response[str]:
    """`before` is the state that the page showed: two people who press at once do not undo each other's step."""
    to, note = _to(data, visit), _note(data, visit)
    with hub.store.transaction() as tx:
        row = found.statement(tx, visit, statement_id)
        if data.get("before") != row.state:
            raise _meanwhile(visit)
        found.must_allow(visit, row, to)
        if to == "disagreement" and not note:
            _ = visit.text.gettext
            raise DeskError(
                422,
                _("A disagreement needs a word on what is not agreed to."),
                _("Name the documents or amounts in the note."),
            )
        _take(tx, visit, row, to, note)
    return pages.redirect(visit, address(row))


def _take(tx: Tx, visit: Visit, row: StatementRow, to: State, note: str) -> None:
    try:
        statement_steps.step(tx, row, to, by=visit.by, note=note)
    except StoreError as error:
        raise _meanwhile(visit) from error
    written.note(tx, visit, "setStatementState", row, state=to, note=note)


def _to(data: dict[str, str], visit: Visit) -> State:
    for state in STATES:
        if state == data.get("to"):
            return state
    _ = visit.text.gettext
    raise DeskError(422, _("There is no such step."), _("Load the statement again."))


def _note(data: dict[str, str], visit: Visit) -> str:
    """To whom it was sent stands before what was said."""
    parts = (data.get("whom", ""), data.get("note", ""))
    note = "\n".join(part.replace("\x00", "").replace("\r", "").strip() for part in parts).strip()
    if len(note) > LONGEST_NOTE:
        _ = visit.text.gettext
        raise DeskError(422, _("The note is too long."), _("Shorten it, or name the file that has it all."))
    return note


def _meanwhile(visit: Visit) -> DeskError:
    _ = visit.text.gettext
    return DeskError(
        409,
        _("Somebody has done something with this statement meanwhile."),
        _("Look at what was done with it, and decide anew."),
    )
