"""What changed in a period after it was agreed: which documents, from what to what, until a person accepts it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.web.hub import Hub
from desk.frame import pages
from desk.frame.errors import DeskError
from desk.frame.visits import Visit
from desk.statements import found, written
from desk.statements.found import address
from desk.why import links
from printing.kinds import titled
from schemas import TABLES
from schemas.languages import Language
from store import agreed, records, statement_steps
from store.agreed import Change
from store.engine import Tx
from store.statements import StatementRow


@dataclass(frozen=True, slots=True)
class Changed:
    change: Change
    title: str
    why: str | None


def of(tx: Tx, row: StatementRow, language: Language) -> list[Changed]:
    """Those that nobody has accepted, each with its document."""
    return named(tx, row.source, statement_steps.open_changes(tx, row), language)


def named(tx: Tx, source: str, changes: Sequence[Change], language: Language) -> list[Changed]:
    """Also documents that do not count any more: being withdrawn is such a change."""
    found = []
    for one in changes:
        document = records.get(tx, TABLES["document"], source, (one.recorder_id,))
        number = str(getattr(document, "number", ""))
        on = date.fromisoformat(one.dated_at[:10]) if one.dated_at else None
        title = titled(one.recorder_kind, number, on, language)
        why = links.document(source, one.recorder_id) if document is not None else None
        found.append(Changed(one, title, why))
    return found


@post(
    "/desk/statements/{statement_id:str}/changes/{change_id:int}/accept", sync_to_thread=True, status_code=200
)
def accept(
    statement_id: FromPath[str],
    change_id: FromPath[int],
    hub: NamedDependency[Hub],
    visit: NamedDependency[Visit],
) -> Response[str]:
    """Take a change as agreed too: the alert goes, the change stays listed."""
    with hub.store.transaction() as tx:
        row = found.statement(tx, visit, statement_id)
        if change_id not in {one.id for one in statement_steps.open_changes(tx, row)}:
            _ = visit.text.gettext
            raise DeskError(
                409,
                _("This change is not open any more."),
                _("Somebody accepted it, or the books changed again: look at what is there now."),
            )
        agreed.accept(tx, change_id, visit.by)
        written.note(tx, visit, "acceptAgreedChange", row, change=change_id)
    return pages.redirect(visit, address(row))
