"""The counterparty's own statement, matched with ours line by line (FX-04): /v1/statements/{id}/uploads."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from litestar import Request, Response, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import PathParameter, QueryParameter

from api.statements import found, upload_answers
from api.statements.found import StatementId
from api.statements.upload_answers import StatementUpload, StatementUploads
from api.web import callers, refusals, repeats, sent_files
from api.web.callers import Caller
from api.web.errors import FieldError, ProblemError
from api.web.hub import Hub
from api.web.repeats import Repeat
from api.web.sent_files import SentFile
from printing import cells, received
from schemas import matching
from store import files, statement_uploads
from store.engine import Tx
from store.statement_uploads import MOST_DAYS
from store.statements import StatementRow

ADDRESS = "/v1/statements/{statement_id:str}/uploads"
MAX_BODY = cells.LARGEST + 64 * 1024  # a form has some bytes around the file
_ID = re.compile(r"[0-9a-f]{32}")

UploadId = Annotated[str, PathParameter(description="The upload's id as this API gave it.")]
Half = Annotated[
    Literal["left", "right"],
    QueryParameter(description="Which half is theirs: right, if they filled in our print."),
]
Currency = Annotated[
    str | None,
    QueryParameter(
        pattern="^[A-Z]{3}$", description="The currency of the file; needed where the statement has several."
    ),
]
Days = Annotated[
    int, QueryParameter(ge=0, le=MOST_DAYS, description="How far the days of one document may be apart.")
]


@post(
    ADDRESS,
    sync_to_thread=True,
    request_max_body_size=MAX_BODY,
    operation_class=sent_files.Documented,
    dependencies={"sent": Provide(sent_files.provide)},
    summary="Send the counterparty's own statement",
    operation_id="uploadStatement",
    tags=["statements"],
    security=callers.needs("statements:write"),
    responses=refusals.of(*found.CODES, *repeats.CODES, "unreadable_file", "invalid_value", "too_large"),
)
def upload(
    statement_id: StatementId,
    sent: NamedDependency[SentFile],
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    repeat: NamedDependency[Repeat],
    half: Half = "left",
    currency: Currency = None,
    days: Days = matching.DAYS,
) -> Response[StatementUpload]:
    """XLSX or CSV: the bytes as the body, or a form with one file. Their columns are found by their headings; what
    cannot be read is refused with its row and column. The statement's state is not changed by it: say
    `disagreement` yourself."""
    seen = found.seen(hub, caller, statement_id)
    used = _currency(seen, currency)
    told = received.read(sent.body, used, half)
    sha256 = files.keep(hub.store, sent.body).sha256

    def work(tx: Tx) -> StatementUpload:
        row = found.row(tx, hub, statement_id)
        kept, matched = statement_uploads.add_upload(
            tx,
            row,
            by=caller.by,
            name=sent.name,
            sha256=sha256,
            size=len(sent.body),
            half=half,
            currency=used,
            days=days,
            received=told,
        )
        return upload_answers.whole(tx, row, hub.source(row.source), kept, matched)

    return repeat.once(
        "uploadStatement",
        work,
        source=seen.source,
        counterparty_id=seen.counterparty_id,
        subject=seen.id,
        details={"half": half, "currency": used, "days": days, "sha256": sha256},
    )


@get(
    ADDRESS,
    sync_to_thread=True,
    summary="What the counterparty sent",
    operation_id="listStatementUploads",
    tags=["statements"],
    security=callers.needs("statements:read"),
    responses=refusals.of(*found.CODES),
)
def listed(
    statement_id: StatementId,
    request: Request[Any, Any, Any],
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
) -> StatementUploads:
    """The newest first. Reads are audited."""
    found.must_see_statements(caller)
    with hub.store.reading(caller.tenancy) as tx:
        row = found.row(tx, hub, statement_id)
        known = statement_uploads.uploads(tx, row)
    with hub.store.transaction() as tx:
        found.note_reading(tx, request, "listStatementUploads", row)
    source = hub.source(row.source)
    return StatementUploads(items=[upload_answers.row(one, source) for one in known])


@get(
    ADDRESS + "/{upload_id:str}",
    sync_to_thread=True,
    summary="What the counterparty sent, against what is shown now",
    operation_id="getStatementUpload",
    tags=["statements"],
    security=callers.needs("statements:read"),
    responses=refusals.of(*found.CODES, "upload_not_found"),
)
def one(
    statement_id: StatementId,
    upload_id: UploadId,
    request: Request[Any, Any, Any],
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
) -> StatementUpload:
    """Matched again: the statement may have become the accounting system's since. Reads are audited."""
    found.must_see_statements(caller)
    with hub.store.reading(caller.tenancy) as tx:
        row = found.row(tx, hub, statement_id)
        kept = statement_uploads.get_upload(tx, row, upload_id) if _ID.fullmatch(upload_id) else None
        if kept is None:
            raise ProblemError(
                "upload_not_found",
                "Nothing with this id was sent for this statement.",
                hint="The list at the address above this one gives the ids.",
            )
        matched = statement_uploads.matched(tx, row, kept)
        answer = upload_answers.whole(tx, row, hub.source(row.source), kept, matched)
    with hub.store.transaction() as tx:
        found.note_reading(tx, request, "getStatementUpload", row, upload=kept.id)
    return answer


ROUTES = (upload, listed, one)


def _currency(row: StatementRow, given: str | None) -> str:
    if given is None and len(row.currencies) == 1:
        return row.currencies[0]
    if given in row.currencies:
        return str(given)
    detail = f"Name the currency of the file: {', '.join(row.currencies)}."
    raise ProblemError(
        "invalid_value",
        "It has to be known which part of the statement the file is about.",
        hint=detail,
        errors=(FieldError(detail=detail, parameter="currency"),),
    )
