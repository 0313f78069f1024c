"""Files of a document as answers show them: which there are, how old they are, what is being made (BS-01, BS-06)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from msgspec import Meta, Struct

from api.syncing.operations import OperationError
from api.web import ids
from schemas import TABLES
from schemas.languages import Language
from schemas.print_forms import PrintForm, forms
from schemas.settings import SourceSettings
from store import file_requests, files, records
from store.engine import Tx
from store.files import FileRow, Origin
from store.operations import OPEN, Operation

MADE = (
    *("url", "name", "media_type", "version", "sha256", "size", "made_at", "origin", "outdated"),
    "changed_since_read",
)


class DocumentFile(Struct, frozen=True, kw_only=True):
    """One form in one language. `pending` while one is being made: an older one, if any, can be had meanwhile;
    `failed` where none could be made: `error` tells why.

    It is `outdated` where the document has changed since: ask for it anew. `error` of one that is `ready` tells why
    the last attempt to make a newer one failed.
    """

    form: PrintForm
    language: Language
    state: Literal["pending", "ready", "failed"]
    url: Annotated[str | None, Meta(description="Where its bytes are, once there are any.")]
    name: str | None
    media_type: str | None
    version: Annotated[int | None, Meta(description="Grows by one whenever the bytes change.")]
    sha256: str | None
    size: int | None
    made_at: datetime | None
    origin: Annotated[Origin | None, Meta(description="Who printed it.")]
    outdated: bool | None
    changed_since_read: Annotated[
        bool | None, Meta(description="Whether this key has taken an older version, and not this one.")
    ]
    operation_id: Annotated[str | None, Meta(description="What is making it.")]
    error: OperationError | None


def of(tx: Tx, source: SourceSettings, row: Any, by: str) -> list[DocumentFile]:
    """Of a document of the journal, by form and language; `by` is who reads, as files keep it."""
    if row.counterparty_id is None:
        return []
    asked = file_requests.last(tx, source.id, row.counterparty_id, row.id)
    there = _newest(files.latest(tx, source.id, "document", row.id))
    changed = files.changed_since_read_of(tx, list(there.values()), by)
    version = _version(tx, source.id, row.id) if there else ""
    return [
        _file(source, key, there.get(key), asked.get(key), version, changed)
        for key in sorted(asked.keys() | there.keys())
    ]


def may_be_asked(source: SourceSettings, kind: str) -> tuple[PrintForm, ...]:
    """The forms of a kind of document that can be had of this base."""
    return forms(kind, of_the_books=bool(source.soap_url))


def newest(tx: Tx, source: str, document_id: str, form: str, language: str) -> FileRow | None:
    """The file of this form and language, as it was last made."""
    return _newest(files.latest(tx, source, "document", document_id)).get((form, language))


def _newest(rows: list[FileRow]) -> dict[tuple[str, str], FileRow]:
    """One for each form and language: the maker may have given it in another type before."""
    return {(row.form, row.language): row for row in sorted(rows, key=lambda row: row.made_at)}


def _version(tx: Tx, source: str, document_id: str) -> str:
    found = records.get(tx, TABLES["document"], source, (document_id,))
    return "" if found is None else str(found.version)


def _file(
    source: SourceSettings,
    key: tuple[str, str],
    row: FileRow | None,
    asked: Operation | None,
    version: str,
    changed: set[str],
) -> DocumentFile:
    form, language = key
    is_pending = asked is not None and asked.state in OPEN
    return DocumentFile(
        form=form,  # type: ignore[arg-type]
        language=language,  # type: ignore[arg-type]
        state="pending" if is_pending else "ready" if row else "failed",
        operation_id=asked.id if asked and is_pending else None,
        error=_error(asked, row),
        **(_made(source, row, version, changed) if row else dict.fromkeys(MADE)),
    )


def _made(source: SourceSettings, row: FileRow, version: str, changed: set[str]) -> dict[str, Any]:
    return {
        "url": address(source.id, row.subject_id, row.form, row.language),
        "name": row.name,
        "media_type": row.media_type,
        "version": row.version,
        "sha256": row.sha256,
        "size": row.size,
        "made_at": row.made_at.astimezone(source.time_zone),
        "origin": row.origin,
        "outdated": row.of_version != version,
        "changed_since_read": row.id in changed,
    }


def address(source: str, document_id: str, form: str, language: str) -> str:
    external = ids.external(source, document_id)
    return f"/v1/documents/{external}/files/{form}?{urlencode({'language': language})}"


def _error(asked: Operation | None, row: FileRow | None) -> OperationError | None:
    """Of an attempt that is newer than the file."""
    if asked is None or asked.error is None or (row and asked.ended_at and asked.ended_at < row.made_at):
        return None
    return OperationError(code=asked.error, hint=asked.hint or "")
