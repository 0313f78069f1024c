"""One document as a file: as its accounting system prints it, else as the hub does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from assets.source import Source
from connectors import contract
from connectors.soap import SoapClient
from connectors.soap_reconciliation import print_form
from printing import document, pdf
from schemas import TABLES
from schemas.errors import (
    NotPrintableError,
    SourceContractError,
    SourceError,
    SourceRefusedError,
    SourceUnavailableError,
    StoreError,
)
from schemas.print_forms import OWN_FORMS
from store import document_papers, files, landing, records
from store.engine import Store
from store.file_requests import Wanted
from store.files import FileRow, Origin
from store.operations import Progress

PRINTED_AT = re.compile(  # what a PDF says of its making
    rb"/(CreationDate|ModDate)\s*(\([^)]*\)|<[^>]*>)|/ID\s*\[[^\]]*\]"
    rb"|<xmp:(CreateDate|ModifyDate|MetadataDate)>[^<]*|<xmpMM:(DocumentID|InstanceID)>[^<]*"
)
REFUSED_FILE = "document_file"  # what the landing calls answers that came in place of a file
PDF = "application/pdf"


class AwayError(Exception):
    """The accounting system is not to be had now, and nobody else has the file; `why` is what is waited for."""

    def __init__(self, why: Progress) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class _Made:
    body: bytes
    media_type: str
    name: str
    origin: Origin


@dataclass(slots=True)
class Printer:
    """Prints documents of one source. `away` is why its accounting system is not asked any more, once that is so."""

    store: Store
    source: Source
    run_id: str
    soap: Callable[[], SoapClient]
    away: Progress | None = None

    def file(self, wanted: Wanted) -> FileRow:
        """Make the file and keep it, or give the one that is still true.

        Errors: AwayError, SourceRefusedError, SourceContractError where only the accounting system has the form;
        NotPrintableError where the document is not sound, or does not count for this counterparty.
        """
        known, before = self._known(wanted)
        made: _Made | None = None
        try:
            made = self._by_books(wanted, known)
            made = made and self._as_before(made, before, wanted)
        except (AwayError, SourceRefusedError, SourceContractError) as error:
            still = _still_true(before, wanted, known.version) if isinstance(error, AwayError) else None
            if still is not None:
                return still
            if wanted.form not in OWN_FORMS:
                raise
        return self._kept(wanted, made or self._by_hub(wanted), known.version)

    def _known(self, wanted: Wanted) -> tuple[Any, list[FileRow]]:
        with self.store.reading() as tx:
            known = records.get(tx, TABLES["document"], wanted.source, (wanted.document_id,))
            before = files.latest(tx, wanted.source, "document", wanted.document_id)
        if known is None or known.counterparty_id != wanted.counterparty_id or not known.posted:
            hint = "ask for a document of this counterparty that counts"
            raise NotPrintableError("there is no such document", hint=hint, record=wanted.document_id)
        return known, before

    def _by_books(self, wanted: Wanted, known: Any) -> _Made | None:
        """None where the accounting system has no such form and the hub has.

        Errors: as `file`, and what came in place of the file is kept for a person to look at.
        """
        entity = self.source.entity(known.kind)
        form = entity.prints.get(wanted.form) if self.source.settings.soap_url else None
        if form is None and wanted.form in OWN_FORMS:
            return None
        if form is None:
            hint = "give the base the extension of onec/ and set soap_url, or ask for another form"
            raise SourceRefusedError("the base prints no such form", hint=hint, source=wanted.source)
        if self.away is not None:
            raise AwayError(self.away)
        parameters = {contract.LANGUAGE: wanted.language}
        try:
            printed = print_form(self.soap(), entity.source, known.id, form=form, parameters=parameters)
        except SourceUnavailableError as error:
            self.away = "source_unavailable"
            raise AwayError(self.away) from error
        except SourceError as error:
            self._keep_answer(error)
            raise
        name = printed.file_name or f"{form} {known.number}"
        return _Made(printed.body, printed.media_type, name, "accounting_system")

    def _as_before(self, made: _Made, before: Iterable[FileRow], wanted: Wanted) -> _Made:
        """With the bytes of the last print where only the moment of printing is another: nobody is told of that."""
        for row in before:
            if (row.form, row.language, row.media_type) == (wanted.form, wanted.language, made.media_type):
                return self._same(made, row)
        return made

    def _same(self, made: _Made, row: FileRow) -> _Made:
        try:
            body = files.read(self.store, row)
        except StoreError:  # it is lost: this is how it comes back
            return made
        return replace(made, body=body) if _timeless(body) == _timeless(made.body) else made

    def _by_hub(self, wanted: Wanted) -> _Made:
        with self.store.reading() as tx:
            paper = document_papers.paper(tx, wanted.source, wanted.document_id, wanted.form)
        sheet = document.draw(paper, wanted.language)
        return _Made(pdf.pdf(sheet), PDF, f"{sheet.title}.pdf", "hub")

    def _kept(self, wanted: Wanted, made: _Made, version: str) -> FileRow:
        with self.store.transaction() as tx:
            return files.give(
                tx,
                self.store,
                wanted.file(made.media_type),
                made.body,
                name=made.name,
                origin=made.origin,
                of_version=version,
            )

    def _keep_answer(self, error: SourceError) -> None:
        if error.received is not None:
            request = str(error.context.get("request", ""))
            landing.save_refused(
                self.store,
                self.source.id,
                REFUSED_FILE,
                request,
                error.received,
                error.message,
                run_id=self.run_id,
            )


def _timeless(body: bytes) -> bytes:
    return PRINTED_AT.sub(b"", body)


def _still_true(before: Iterable[FileRow], wanted: Wanted, version: str) -> FileRow | None:
    """The accounting system's own file that was fetched before, if the document has not changed since."""
    for row in before:
        same = (row.form, row.language, row.of_version) == (wanted.form, wanted.language, version)
        if same and row.origin == "accounting_system":
            return row
    return None
