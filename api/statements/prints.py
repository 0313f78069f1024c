"""A statement as a file: the one way for the API, the desk and the command, so that all of them give the same bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from api.web.hub import Hub
from printing import act, html, paper, pdf, wording, xlsx
from printing.act import Act
from printing.paper import Paper
from schemas.languages import Language
from store import files, statement_papers, statements
from store.engine import Store, Tx
from store.files import FileRow
from store.statement_papers import Named, PaperParts
from store.statements import StatementRow

Format = Literal["pdf", "xlsx", "html"]
MEDIA_TYPES: Mapping[Format, str] = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html; charset=utf-8",
}
FORM = "reconciliation_statement"


@dataclass(frozen=True, slots=True)
class Printed:
    name: str
    media_type: str
    body: bytes
    sha256: str


def prints(hub: Hub, row: StatementRow, language: Language, format: Format) -> Printed:
    """The same statement is the same bytes, whoever asks and whenever.

    Errors: NotPrintableError where it does not add up, or a contract of it is not in the store.
    """
    body = _body(drawn(hub, row, language), format)
    name = f"statement-{row.number}-{row.first_on}-{row.last_on}-{language}.{format}"
    return Printed(name, MEDIA_TYPES[format], body, hashlib.sha256(body).hexdigest())


def drawn(hub: Hub, row: StatementRow, language: Language) -> Act:
    """The model of all its files, for pages that show it as a fragment of their own. Errors: as `prints`."""
    with hub.store.reading() as tx:
        parts = statement_papers.parts(tx, row)
        both = statements.drawings(tx, row)
    return act.draw(
        both[row.shown],
        _paper(hub, row, parts, language),
        statements.compared(both),
        draft=row.is_draft,
    )


def given(tx: Tx, store: Store, row: StatementRow, language: Language, printed: Printed, by: str) -> FileRow:
    """Keep what leaves, and who took it (CM-22)."""
    form = files.Form(
        source=row.source,
        counterparty_id=row.counterparty_id,
        subject="statement",
        subject_id=row.id,
        form=FORM,
        language=language,
        media_type=printed.media_type,
    )
    kept = files.give(
        tx, store, form, printed.body, name=printed.name, origin="hub", of_version=str(row.version)
    )
    files.note_read(tx, kept, by)
    return kept


def _body(drawn: Act, format: Format) -> bytes:
    match format:
        case "pdf":
            return pdf.pdf(drawn)
        case "xlsx":
            return xlsx.xlsx(drawn)
        case "html":
            return html.page(drawn).encode()


def _paper(hub: Hub, row: StatementRow, parts: PaperParts, language: Language) -> Paper:
    public, source = hub.settings.public_url, hub.source(row.source)
    return Paper(
        ours=_party(parts.ours if row.organization_id else Named(source.title, "")),
        theirs=_party(parts.theirs),
        language=language,
        time_zone=source.time_zone.key,
        contracts=parts.contracts,
        contract_kinds=wording.contract_kinds(language),
        verify_at=f"{public}/verify/{row.checksum}" if public else "",
    )


def _party(of: Named) -> paper.Party:
    return paper.Party(of.name, of.tax_id)
