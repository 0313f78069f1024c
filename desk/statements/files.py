"""A statement as a file: the same bytes as the API and the command give, each reading written down (CM-22)."""

from __future__ import annotations

from typing import Any, get_args

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from api.statements import prints
from api.statements.prints import Format
from api.web import attachments
from api.web.hub import Hub
from desk.frame import pages
from desk.frame.errors import DeskError
from desk.frame.visits import Visit
from desk.statements import found, written
from printing import html
from schemas.errors import NotPrintableError
from schemas.languages import LANGUAGES, Language

FORMATS: tuple[Format, ...] = get_args(Format)
SHEET = "/desk/statements/act.css"


@get("/desk/statements/{statement_id:str}/files/{format_:str}", sync_to_thread=True)
def file(
    request: Request[Any, Any, Any],
    statement_id: FromPath[str],
    format_: FromPath[str],
    hub: NamedDependency[Hub],
    visit: NamedDependency[Visit],
) -> Response[bytes]:
    wanted = next((one for one in FORMATS if one == format_), None)
    if wanted is None:
        raise pages.not_found(visit, visit.text.gettext("There is no such file."))
    language = chosen_language(request, visit)
    with hub.store.reading() as tx:
        row = found.statement(tx, visit, statement_id)
    try:
        printed = prints.prints(hub, row, language, wanted)
    except NotPrintableError as error:
        raise not_printable(visit) from error
    with hub.store.transaction() as tx:
        prints.given(tx, hub.store, row, language, printed, visit.by)
        details = {"format": wanted, "language": language, "sha256": printed.sha256}
        written.note(tx, visit, "getStatementFile", row, **details)
    return attachments.answer(
        request, printed.body, name=printed.name, media_type=printed.media_type, sha256=printed.sha256
    )


@get(SHEET, sync_to_thread=False)
def act_style() -> Response[str]:
    """What the act on a page looks like, on screen and on paper."""
    return Response(
        html.stylesheet(), media_type="text/css", headers={"Cache-Control": "private, max-age=3600"}
    )


def chosen_language(request: Request[Any, Any, Any], visit: Visit) -> Language:
    """Of the print: what the address says, else that of the reader."""
    asked = request.query_params.get("language")
    return next((one for one in LANGUAGES if one == asked), visit.language)


def not_printable(visit: Visit) -> DeskError:
    _ = visit.text.gettext
    return DeskError(
        409,
        _("This statement cannot be printed: it does not add up, or a contract of it is not known here."),
        _("Bring the counterparty up to date, then draw the statement anew."),
    )
