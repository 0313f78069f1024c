"""The counterparty's own statement, held against ours line by line."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, MultipartBody

from api.web.hub import Hub
from desk.frame import pages
from desk.frame.errors import DeskError
from desk.frame.visits import Visit
from desk.statements import found, unread, words, written
from desk.statements.found import address
from desk.statements.matched import Sides, note, sides
from printing import cells, received
from schemas import matching
from schemas.errors import UnreadableFileError
from store import files, statement_steps, statement_uploads, statements
from store.engine import Tx
from store.statement_uploads import MOST_DAYS, Half, Upload
from store.statements import StatementRow

LARGEST_REQUEST = cells.LARGEST + 64 * 1024  # a form has some bytes around the file
LONGEST_NAME = 200


@post(
    "/desk/statements/{statement_id:str}/uploads",
    sync_to_thread=True,
    status_code=200,
    request_max_body_size=LARGEST_REQUEST,
)
def upload(
    statement_id: FromPath[str],
    data: MultipartBody[dict[str, Any]],
    hub: NamedDependency[Hub],
    visit: NamedDependency[Visit],
) -> Response[str]:
    with hub.store.reading() as tx:
        row = found.statement(tx, visit, statement_id)
    name, body = _sent(data.get("file"), visit)
    currency, days = _currency(row, data, visit), _days(data, visit)
    half: Half = "right" if data.get("half") == "right" else "left"
    try:
        told = received.read(body, currency, half)
    except UnreadableFileError as error:
        raise unread.refusal(error, visit.text) from error
    blob = files.keep(hub.store, body)
    with hub.store.transaction() as tx:
        kept, _ = statement_uploads.add_upload(
            tx,
            row,
            by=visit.by,
            name=name,
            sha256=blob.sha256,
            size=len(body),
            half=half,
            currency=currency,
            days=days,
            received=told,
        )
        details = {"half": half, "currency": currency, "days": days, "sha256": blob.sha256}
        written.note(tx, visit, "uploadStatement", row, **details)
    return pages.redirect(visit, address(row, "uploads", kept.id))


@get("/desk/statements/{statement_id:str}/uploads/{upload_id:str}", sync_to_thread=True)
def page(
    statement_id: FromPath[str],
    upload_id: FromPath[str],
    hub: NamedDependency[Hub],
    visit: NamedDependency[Visit],
) -> Response[str]:
    with hub.store.reading() as tx:
        row = found.statement(tx, visit, statement_id)
        kept = _upload(tx, visit, row, upload_id)
        view = _sides(tx, visit, row, kept)
    return pages.page(
        visit,
        "statements/upload.html",
        row=row,
        upload=kept,
        sides=view,
        kinds=words.disagreements(visit.text),
        may_disagree="disagreement" in found.allowed(row),
    )


@post(
    "/desk/statements/{statement_id:str}/uploads/{upload_id:str}/disagree",
    sync_to_thread=True,
    status_code=200,
)
def disagree(
    statement_id: FromPath[str],
    upload_id: FromPath[str],
    hub: NamedDependency[Hub],
    visit: NamedDependency[Visit],
) -> Response[str]:
    """The list of what does not match becomes the note of the disagreement."""
    with hub.store.transaction() as tx:
        row = found.statement(tx, visit, statement_id)
        view = _sides(tx, visit, row, _upload(tx, visit, row, upload_id))
        found.must_allow(visit, row, "disagreement")
        if not view.disagreeing:
            _ = visit.text.gettext
            raise DeskError(409, _("Every line agrees."), _("Mark the statement as agreed instead."))
        told = note(view, words.disagreements(visit.text), visit)
        statement_steps.step(tx, row, "disagreement", by=visit.by, note=told)
        written.note(tx, visit, "setStatementState", row, state="disagreement", upload=upload_id)
    return pages.redirect(visit, address(row))


def _sides(tx: Tx, visit: Visit, row: StatementRow, kept: Upload) -> Sides:
    ours = next(one for one in statements.shown(tx, row) if one.request.currency == kept.currency)
    return sides(ours, kept, statement_uploads.matched(tx, row, kept), row, visit.language)


def _upload(tx: Tx, visit: Visit, row: StatementRow, upload_id: str) -> Upload:
    kept = statement_uploads.get_upload(tx, row, upload_id)
    if kept is None:
        raise pages.not_found(visit, visit.text.gettext("There is no such file."))
    return kept


def _sent(given: object, visit: Visit) -> tuple[str, bytes]:
    if not isinstance(given, UploadFile) or not given.filename:
        _ = visit.text.gettext
        raise DeskError(422, _("No file was chosen."), _("Choose an XLSX or CSV file, then send it."))
    given.file.seek(0)
    return given.filename[-LONGEST_NAME:], given.file.read()


def _currency(row: StatementRow, data: dict[str, Any], visit: Visit) -> str:
    asked = str(data.get("currency") or row.currencies[0])
    if asked not in row.currencies:
        _ = visit.text.gettext
        raise DeskError(422, _("The statement has no part in this currency."), _("Choose one it has."))
    return asked


def _days(data: dict[str, Any], visit: Visit) -> int:
    asked = str(data.get("days", matching.DAYS))
    if asked.isascii() and asked.isdigit() and len(asked) < 3 and int(asked) <= MOST_DAYS:
        return int(asked)
    _ = visit.text.gettext
    raise DeskError(
        422,
        _("Days of one document cannot be that far apart."),
        _("Give a number from 0 to {most}.").format(most=MOST_DAYS),
    )
