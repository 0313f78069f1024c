"""Asking for a file of a document (BS-01, CM-21): POST /v1/documents/{id}/files."""

from __future__ import annotations

from typing import Annotated

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Meta, Struct

from api.documents import file_asking
from api.documents.document_detail import DocumentId, seen
from api.syncing import operations
from api.syncing.operations import MOST_OPEN, Operation
from api.web import callers, refusals, repeats
from api.web.callers import Caller
from api.web.hub import Hub
from api.web.repeats import Repeat
from schemas.languages import Language
from schemas.print_forms import PrintForm
from store.engine import Tx


class FileWanted(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    form: Annotated[
        PrintForm | None, Meta(description="One that the list of its files names; null: its first.")
    ] = None
    language: Language = "ru"


@post(
    "/v1/documents/{document_id:str}/files",
    sync_to_thread=True,
    status_code=202,
    request_max_body_size=repeats.MAX_BODY,
    summary="Have a file of a document made",
    operation_id="makeDocumentFile",
    tags=["documents"],
    security=callers.needs("documents:read"),
    responses=refusals.of(
        "malformed_id",
        "document_not_found",
        "source_not_found",
        *repeats.CODES,
        "invalid_value",
        "not_printable",
        "too_large",
        "too_many_operations",
    ),
)
def make(
    document_id: DocumentId,
    data: JSONBody[FileWanted],
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    repeat: NamedDependency[Repeat],
) -> Response[Operation]:
    """As the accounting system prints it, else as the hub does: `origin` of the file tells. Asked again, also after
    the document has changed, it is made anew: a new `version` where the bytes are others.

    Asked again while it is being made, it is the same operation. Often it has ended already.
    """
    source, row = seen(hub, caller, document_id)
    prepared = file_asking.prepare(hub, source, row, data.form, data.language)

    def work(tx: Tx) -> Operation:
        asked = file_asking.ask(tx, hub, prepared, by=caller.by, most=MOST_OPEN)
        if asked is None:
            raise operations.too_many(MOST_OPEN)
        return operations.answer(asked, source)

    return repeat.once(
        "makeDocumentFile",
        work,
        status=202,
        source=source.id,
        counterparty_id=row.counterparty_id,
        subject=row.id,
        details=prepared.wanted.input,
        headers=operations.where,
    )
