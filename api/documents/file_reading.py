"""The files of a document (BS-06): GET /v1/documents/{id}/files and /v1/documents/{id}/files/{form}."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter
from msgspec import Meta, Struct

from api.documents import document_files
from api.documents.document_detail import DocumentId, seen
from api.documents.document_files import DocumentFile
from api.web import attachments, callers, refusals, repeats
from api.web.callers import Caller
from api.web.errors import ProblemError
from api.web.hub import Hub
from schemas.languages import Language
from schemas.print_forms import PrintForm
from store import files
from store.engine import Tx
from store.files import FileRow

FormName = Annotated[PrintForm, PathParameter(description="One that the list of the document's files names.")]
LanguageName = Annotated[Language, QueryParameter(description="The language of its words.")]
CODES = ("malformed_id", "document_not_found", "source_not_found")


class DocumentFiles(Struct, frozen=True, kw_only=True):
    items: list[DocumentFile]
    forms: Annotated[
        list[PrintForm],
        Meta(description="What can be asked for, made or not; the first where none is named."),
    ]


@get(
    "/v1/documents/{document_id:str}/files",
    sync_to_thread=True,
    summary="Files of a document",
    operation_id="listDocumentFiles",
    tags=["documents"],
    security=callers.needs("documents:read"),
    responses=refusals.of(*CODES),
)
def listed(
    document_id: DocumentId, hub: NamedDependency[Hub], caller: NamedDependency[Caller]
) -> DocumentFiles:
    """What was made, what is being made and what failed; none is made by asking for this list."""
    source, row = seen(hub, caller, document_id)
    with hub.store.reading(caller.tenancy) as tx:
        items = document_files.of(tx, source, row, caller.by)
    return DocumentFiles(items=items, forms=list(document_files.may_be_asked(source, row.kind)))


@get(
    "/v1/documents/{document_id:str}/files/{form:str}",
    sync_to_thread=True,
    summary="A file of a document",
    operation_id="getDocumentFile",
    tags=["documents"],
    security=callers.needs("documents:read"),
    operation_class=attachments.operation_of("application/pdf"),
    responses=refusals.of(*CODES, "file_not_found"),
)
def file(
    document_id: DocumentId,
    form: FormName,
    request: Request[Any, Any, Any],
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    language: LanguageName = "ru",
) -> Response[bytes]:
    """The bytes as they were last made; `ETag` is their SHA-256. Who takes them is written down.

    As a rule a PDF: the accounting system may print in another type, which Content-Type and the list tell.
    """
    source, row = seen(hub, caller, document_id)
    with hub.store.reading(caller.tenancy) as tx:
        found = document_files.newest(tx, source.id, row.id, form, language)
    if found is None:
        raise _nothing_yet()
    body = files.read(hub.store, found)

    def taken(tx: Tx) -> FileRow:
        files.note_read(tx, found, caller.by)
        return found

    repeats.audited(
        request,
        hub,
        taken,
        operation="getDocumentFile",
        source=source.id,
        counterparty_id=found.counterparty_id,
        subject=row.id,
        details={"form": form, "language": language, "version": found.version, "sha256": found.sha256},
    )
    return attachments.answer(
        request, body, name=found.name, media_type=found.media_type, sha256=found.sha256
    )


def _nothing_yet() -> ProblemError:
    return ProblemError(
        "file_not_found",
        "There is no such file of this document yet.",
        hint="POST to the address of its files to have it made; the list of its files tells when it is ready.",
    )


ROUTES = (listed, file)
