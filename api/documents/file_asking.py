"""Asking for a file of a document, for the API and the desk alike.

Neither calls outward: a base that prints is asked by another process of the hub. What the hub prints itself takes no
longer than an answer, so where there is nobody else to ask it is made at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from api.web.hub import Hub
from printing import document, pdf
from schemas import TABLES
from schemas.errors import InvalidValueError, NotPrintableError
from schemas.journal import withdrawn
from schemas.languages import Language
from schemas.print_forms import PrintForm, forms
from schemas.settings import SourceSettings
from store import document_papers, file_requests, files, operations, records
from store.engine import Tx
from store.file_requests import Wanted
from store.operations import Operation

MEDIA_TYPE = "application/pdf"


@dataclass(frozen=True, slots=True)
class Printed:
    """What the hub printed, of which version of the document."""

    name: str
    body: bytes
    of_version: str


@dataclass(frozen=True, slots=True)
class Prepared:
    wanted: Wanted
    printed: Printed | None


def prepare(
    hub: Hub, source: SourceSettings, row: Any, form: PrintForm | None, language: Language
) -> Prepared:
    """Everything that needs no writing. `row` is the document as the journal has it; the first form is meant
    where none is named.

    Errors: InvalidValueError for a form that documents of this kind do not have; NotPrintableError.
    """
    known = forms(row.kind, of_the_books=bool(source.soap_url))
    if not known or form not in (None, *known):
        said = f"It has {', '.join(known)}" if known else "Documents of this kind are not printed"
        raise InvalidValueError("The document has no such form", hint=said, field="form")
    if withdrawn(posted=row.posted, deletion_mark=row.deletion_mark, is_gone=row.gone_at is not None):
        hint = "ask for a file of the document that took its place"
        raise NotPrintableError("The document no longer counts", hint=hint)
    wanted = Wanted(
        source=source.id,
        counterparty_id=row.counterparty_id,
        document_id=row.id,
        form=form or known[0],
        language=language,
    )
    return Prepared(wanted, None if source.soap_url else _printed(hub, wanted))


def ask(tx: Tx, hub: Hub, prepared: Prepared, *, by: str, most: int) -> Operation | None:
    """The operation that makes it, which has ended where the hub has made it; None where `by` has `most` open."""
    wanted, printed = prepared.wanted, prepared.printed
    asked = file_requests.ask(tx, wanted, by=by, most=most)
    if asked is None or printed is None:
        return asked
    row = files.give(
        tx,
        hub.store,
        wanted.file(MEDIA_TYPE),
        printed.body,
        name=printed.name,
        origin="hub",
        of_version=printed.of_version,
    )
    operations.done_at_once(tx, asked.id, {"file_id": row.id})
    return operations.get(tx, asked.id)


def _printed(hub: Hub, wanted: Wanted) -> Printed:
    """As the hub sees it: who asks may see less of what it was made from, and the file is everybody's."""
    with hub.store.reading() as tx:
        paper = document_papers.paper(tx, wanted.source, wanted.document_id, wanted.form)
        known = records.get(tx, TABLES["document"], wanted.source, (wanted.document_id,))
    sheet = document.draw(paper, wanted.language)
    return Printed(f"{sheet.title}.pdf", pdf.pdf(sheet), known.version if known else "")
