"""Files that leave the hub, by what they show: each version once, who took which, and when (CM-22)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, func, insert, select, update

from schemas.errors import StoreError
from schemas.languages import Language
from store import blobs, tenancy
from store.blobs import Blob, Blobs
from store.engine import Store, Tx
from store.tables_of_statements import FILE, FILE_READ

Subject = Literal["document", "statement"]
Origin = Literal["accounting_system", "hub"]

FOLDER = "files"  # below the landing's root; what is landed lies in folders of two digits


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One file of a subject, whatever its version. `form` is the maker's own word for what it shows."""

    source: str
    counterparty_id: str
    subject: Subject
    subject_id: str
    form: str
    language: Language
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow(Form):
    """`of_version` is what of the subject it shows; a file of another one than the subject's now is outdated."""

    id: str
    version: int
    name: str
    sha256: str
    size: int
    origin: Origin
    of_version: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """That somebody took a version of a file."""

    by: str
    at: datetime
    version: int


def give(
    tx: Tx, store: Store, form: Form, body: bytes, *, name: str, origin: Origin, of_version: str
) -> FileRow:
    """Keep a file; it is a new version where its bytes or its owner are others than those of the last one."""
    tx.alone(f"file {form.source} {form.subject} {form.subject_id}")
    last, kept = _last(tx, form), keep(store, body)
    if last is not None and (last.sha256, last.counterparty_id) == (kept.sha256, form.counterparty_id):
        return last if last.of_version == of_version else _shows(tx, last, of_version)
    row = FileRow(
        **asdict(form),
        id=secrets.token_hex(16),
        version=last.version + 1 if last else 1,
        name=name,
        sha256=kept.sha256,
        size=kept.size,
        origin=origin,
        of_version=of_version,
        made_at=tx.now,
    )
    tx.connection.execute(insert(FILE).values(**asdict(row)))
    return row


def keep(store: Store, body: bytes) -> Blob:
    """Keep bytes by their hash; what refers to them is the caller's."""
    return _kept(store).write(body)


def body(store: Store, sha256: str) -> bytes:
    """The bytes of this hash, proven. Errors: StoreError where they are lost."""
    try:
        return _kept(store).proven(sha256)
    except ValueError as error:
        raise StoreError(
            f"A file that was given out {error}",
            hint="Restore the folder `files` of the landing from a backup, or have the file made again",
            file=f"{FOLDER}/{blobs.name(sha256)}",
        ) from error


def read(store: Store, row: FileRow) -> bytes:
    """Errors: StoreError where the bytes are lost."""
    return body(store, row.sha256)


def latest(tx: Tx, source: str, subject: Subject, subject_id: str) -> list[FileRow]:
    """The last version of every file of a subject, by form and language."""
    column = FILE.c
    names = (column.form, column.language, column.media_type)
    last = select(func.max(column.version).label("version"), *names)
    last = last.where(*_of_subject(source, subject, subject_id)).group_by(*names)
    newest = last.subquery()
    same = and_(*(newest.c[one] == column[one] for one in ("form", "language", "media_type", "version")))
    wanted = select(FILE).select_from(FILE.join(newest, same))
    mine = wanted.where(*_of_subject(source, subject, subject_id), *_limits(tx))
    return [_row(found) for found in tx.connection.execute(mine.order_by(*names)).mappings()]


def get(tx: Tx, file_id: str) -> FileRow | None:
    found = tx.connection.execute(select(FILE).where(FILE.c.id == file_id, *_limits(tx)))
    row = found.mappings().one_or_none()
    return None if row is None else _row(row)


def note_read(tx: Tx, row: FileRow, by: str) -> None:
    """Write down that `by` (`key:<number>`, `user:<login>`, `saldo`) took this version."""
    tx.connection.execute(insert(FILE_READ).values(file_id=row.id, at=tx.now, by=by))


def readers(tx: Tx, row: FileRow) -> list[Reading]:
    """Who took the file, in any version, the newest first."""
    read = select(FILE_READ.c.by, FILE_READ.c.at, FILE.c.version).select_from(FILE_READ.join(FILE))
    found = read.where(*_same(row), *_limits(tx)).order_by(FILE_READ.c.id.desc())
    return [Reading(*one) for one in tx.connection.execute(found)]


def changed_since_read(tx: Tx, row: FileRow, by: str) -> bool:
    """Whether `by` took an older version of the file, and not this one."""
    return row.id in changed_since_read_of(tx, [row], by)


def changed_since_read_of(tx: Tx, rows: Sequence[FileRow], by: str) -> set[str]:
    """The ids of those of these files of which `by` last took an older version; in one query for a subject."""
    if not rows:
        return set()
    names = (FILE.c.form, FILE.c.language, FILE.c.media_type)
    taken = select(*names, func.max(FILE.c.version)).select_from(FILE_READ.join(FILE))
    of_subject = _of_subject(rows[0].source, rows[0].subject, rows[0].subject_id)
    found = tx.connection.execute(taken.where(FILE_READ.c.by == by, *of_subject).group_by(*names))
    versions = {(form, language, media): version for form, language, media, version in found}
    return {
        row.id
        for row in rows
        if versions.get((row.form, row.language, row.media_type), row.version) < row.version
    }


def _kept(store: Store) -> Blobs:
    return store.blobs.beside(FOLDER)


def _last(tx: Tx, form: Form) -> FileRow | None:
    wanted = select(FILE).where(*_same(form)).order_by(FILE.c.version.desc()).limit(1)
    row = tx.connection.execute(wanted).mappings().one_or_none()
    return None if row is None else _row(row)


def _shows(tx: Tx, last: FileRow, of_version: str) -> FileRow:
    """The same bytes show the subject as it is now."""
    mine = update(FILE).where(FILE.c.id == last.id).values(of_version=of_version)
    tx.connection.execute(mine)
    return FileRow(**(asdict(last) | {"of_version": of_version}))


def _same(form: Form) -> tuple[ColumnElement[bool], ...]:
    column = FILE.c
    return (
        *_of_subject(form.source, form.subject, form.subject_id),
        column.form == form.form,
        column.language == form.language,
        column.media_type == form.media_type,
    )


def _of_subject(source: str, subject: Subject, subject_id: str) -> tuple[ColumnElement[bool], ...]:
    return FILE.c.source == source, FILE.c.subject == subject, FILE.c.subject_id == subject_id


def _limits(tx: Tx) -> list[ColumnElement[bool]]:
    return tenancy.limits(tx, FILE.c.source, FILE.c.counterparty_id)


def _row(found: Any) -> FileRow:
    return FileRow(**found)
