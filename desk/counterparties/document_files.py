"""Files of a document: which there are, having one made, and taking it (CM-21, CM-22)."""

from __future__ import annotations

from gettext import NullTranslations
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody

from api.documents import document_files, file_asking
from api.documents.document_detail import DocumentId
from api.web import attachments
from api.web.hub import Hub
from desk.counterparties.document import ADDRESS, not_found, place
from desk.frame import audited, pages, waiting
from desk.frame.errors import DeskError
from desk.frame.visits import Visit
from schemas.errors import InvalidValueError, NotPrintableError
from schemas.journal import withdrawn
from schemas.languages import LANGUAGES, Language
from schemas.print_forms import PRINT_FORMS, PrintForm
from schemas.settings import SourceSettings
from store import files, journal
from store.engine import Tx

FILES = ADDRESS + "/files"


@get(FILES, sync_to_thread=True)
def listed(
    document_id: DocumentId,
    request: Request[Any, Any, Any],
    hub: NamedDependency[Hub],
    visit: NamedDependency[Visit],
) -> Response[str]:
    source, row = _seen(hub, visit, document_id)
    return _shown(hub, visit, source, row, waiting.looks(request))


@post(FILES, sync_to_thread=True, status_code=200)
def make(
    document_id: DocumentId,
    data: URLEncodedBody[dict[str, str]],
    hub: NamedDependency[Hub],
    visit: NamedDependency[Visit],
) -> Response[str]:
    """Asked again while it is being made, it is the same request."""
    source, row = _seen(hub, visit, document_id)
    form, language = _form(visit, data.get("form", "")), _language(visit, data.get("language", ""))
    prepared = _prepared(hub, visit, source, row, form, language)
    with hub.store.transaction() as tx:
        asked = file_asking.ask(tx, hub, prepared, by=visit.by, most=waiting.MOST_OPEN)
        if asked is None:
            raise waiting.too_many(visit)
        _note(tx, visit, "makeDocumentFile", source.id, row, prepared.wanted.input)
    if not visit.htmx:
        return pages.redirect(visit, f"/desk/documents/{document_id}")
    return _shown(hub, visit, source, row, 0)


@get(FILES + "/{form:str}", sync_to_thread=True)
def file(
    document_id: DocumentId,
    form: FromPath[str],
    request: Request[Any, Any, Any],
    hub: NamedDependency[Hub],
    visit: NamedDependency[Visit],
) -> Response[bytes]:
    source, row = _seen(hub, visit, document_id)
    language = _language(visit, request.query_params.get("language", ""))
    with hub.store.reading() as tx:
        found = document_files.newest(tx, source.id, row.id, form, language)
    if found is None:
        raise pages.not_found(visit, visit.text.gettext("There is no such file."))
    body = files.read(hub.store, found)
    with hub.store.transaction() as tx:
        files.note_read(tx, found, visit.by)
        said = {"form": form, "language": language, "version": found.version, "sha256": found.sha256}
        _note(tx, visit, "getDocumentFile", source.id, row, said)
    return attachments.answer(
        request, body, name=found.name, media_type=found.media_type, sha256=found.sha256
    )


ROUTES = (listed, make, file)


def _seen(hub: Hub, visit: Visit, document_id: str) -> tuple[SourceSettings, Any]:
    source, guid = place(hub, visit, document_id)
    with hub.store.reading() as tx:
        row = journal.one(tx, source.id, guid)
    if row is None:
        raise not_found(visit)
    return source, row


def _form(visit: Visit, given: str) -> PrintForm:
    found = next((one for one in PRINT_FORMS if one == given), None)
    if found is None:
        raise _no_form(visit)
    return found


def _language(visit: Visit, given: str) -> Language:
    """What was chosen, else that of the reader."""
    return next((one for one in LANGUAGES if one == given), visit.language)


def _prepared(
    hub: Hub, visit: Visit, source: SourceSettings, row: Any, form: PrintForm, language: Language
) -> file_asking.Prepared:
    _ = visit.text.gettext
    try:
        return file_asking.prepare(hub, source, row, form, language)
    except InvalidValueError as error:
        raise _no_form(visit) from error
    except NotPrintableError as error:
        raise DeskError(
            409,
            _("It cannot be printed: it no longer counts, or its lines do not come to its amount."),
            _("Look at the document in 1C, bring the counterparty up to date, then ask again."),
        ) from error


def _no_form(visit: Visit) -> DeskError:
    _ = visit.text.gettext
    return DeskError(422, _("The document has no such print form."), _("Choose one that the page offers."))


def _note(
    tx: Tx,
    visit: Visit,
    operation: str,
    source: str,
    row: Any,
    said: dict[str, Any],
) -> None:
    audited.note(
        tx,
        visit,
        operation,
        source=source,
        counterparty_id=row.counterparty_id,
        subject=row.id,
        details=said,
    )


def _shown(hub: Hub, visit: Visit, source: SourceSettings, row: Any, before: int) -> Response[str]:
    with hub.store.reading() as tx:
        found = document_files.of(tx, source, row, visit.by)
    gone = withdrawn(posted=row.posted, deletion_mark=row.deletion_mark, is_gone=row.gone_at is not None)
    address = f"/desk/documents/{source.id}:{row.id}/files"
    return pages.fragment(
        visit,
        "counterparties/files.html",
        files=found,
        forms=() if gone else document_files.may_be_asked(source, row.kind),
        address=address,
        again=f"{address}?n={before + 1}" if any(one.state == "pending" for one in found) else None,
        pause_ms=waiting.pause_ms(before),
        form_words=_forms(visit.text),
        failures=_failures(visit.text),
    )


def _forms(text: NullTranslations) -> dict[PrintForm, str]:
    return {
        "invoice": text.gettext("Invoice for payment"),
        "shipping_note": text.gettext("Shipping note"),
        "torg12": text.gettext("TORG-12"),
        "return_note": text.gettext("Return note"),
        "tax_invoice": text.gettext("Tax invoice"),
        "payment_receipt": text.gettext("Payment receipt"),
    }


def _failures(text: NullTranslations) -> dict[str, str]:
    """Why there is no file, and what to do."""
    return {
        "source_paused": text.gettext("Only 1C prints this form, and the base is paused. Ask again later."),
        "quiet_hours": text.gettext("Only 1C prints this form, and it is left alone at these hours."),
        "source_unavailable": text.gettext(
            "Only 1C prints this form, and it does not answer. Ask again later."
        ),
        "source_refused": text.gettext("1C does not print this form. Tell whoever operates the hub."),
        "not_printable": text.gettext(
            "The document no longer counts, or its lines do not come to its amount: look at it in 1C."
        ),
        "internal_error": text.gettext("The hub could not make the file. Tell whoever operates the hub."),
    }
