"""A statement as a file: GET /v1/statements/{id}/files/{format}."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter

from api.statements import found, prints
from api.statements.found import StatementId
from api.statements.prints import MEDIA_TYPES
from api.web import attachments, callers, refusals
from api.web.callers import Caller
from api.web.hub import Hub
from schemas.languages import Language

FormatName = Annotated[prints.Format, PathParameter(description="What sort of file.")]
LanguageName = Annotated[Language, QueryParameter(description="The language of its words.")]


@get(
    "/v1/statements/{statement_id:str}/files/{format:str}",
    sync_to_thread=True,
    summary="A statement as PDF, spreadsheet or page",
    operation_id="getStatementFile",
    tags=["statements"],
    security=callers.needs("statements:read"),
    operation_class=attachments.operation_of(*MEDIA_TYPES.values()),
    responses=refusals.of(*found.CODES, "not_printable"),
)
def file(
    statement_id: StatementId,
    format: FormatName,
    request: Request[Any, Any, Any],
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    language: LanguageName = "ru",
) -> Response[bytes]:
    """The same statement is the same bytes; `ETag` is their SHA-256. While its verdict is `pending` or
    `unexplained` it says that it is a draft. Who takes it is written down."""
    row = found.seen(hub, caller, statement_id)
    printed = prints.prints(hub, row, language, format)
    with hub.store.transaction() as tx:
        kept = prints.given(tx, hub.store, row, language, printed, caller.by)
        told = {"format": format, "language": language, "sha256": printed.sha256, "version": kept.version}
        found.note_reading(tx, request, "getStatementFile", row, **told)
    return attachments.answer(
        request, printed.body, name=printed.name, media_type=printed.media_type, sha256=printed.sha256
    )
