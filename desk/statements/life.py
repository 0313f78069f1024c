"""What people did with a statement, and who took its files: one list, the newest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from gettext import NullTranslations

from desk.frame.filters import who_text
from desk.statements import words
from store import files, statement_steps, statement_uploads
from store.engine import Tx
from store.statements import StatementRow

_FORMATS = {"application/pdf": "PDF", "text/html; charset=utf-8": "HTML"}
_MOST = 200  # of readings: a list, not a log


@dataclass(frozen=True, slots=True)
class Happened:
    at: datetime
    by: str
    what: str
    note: str = ""
    address: str = ""


def of(tx: Tx, row: StatementRow, text: NullTranslations) -> list[Happened]:
    found = [*_steps(tx, row, text), *_uploads(tx, row, text), *_readings(tx, row, text)]
    drawn = Happened(row.created_at, who_text(row.created_by, text), text.gettext("Drawn by the hub"))
    return [*sorted(found, key=lambda one: one.at, reverse=True)[:_MOST], drawn]


def _steps(tx: Tx, row: StatementRow, text: NullTranslations) -> Iterator[Happened]:
    told = words.steps(text)
    for one in statement_steps.steps(tx, row):
        yield Happened(one.at, who_text(one.by, text), told[one.after], one.note)


def _uploads(tx: Tx, row: StatementRow, text: NullTranslations) -> Iterator[Happened]:
    for one in statement_uploads.uploads(tx, row):
        count = text.ngettext("{count} disagreement", "{count} disagreements", one.disagreements)
        what = text.gettext("Their own statement: {file}").format(file=one.name)
        yield Happened(
            one.uploaded_at,
            who_text(one.uploaded_by, text),
            what,
            count.format(count=one.disagreements),
            f"/desk/statements/{row.id}/uploads/{one.id}",
        )


def _readings(tx: Tx, row: StatementRow, text: NullTranslations) -> Iterator[Happened]:
    for file in files.latest(tx, row.source, "statement", row.id):
        what = text.gettext("Took the {format} in {language}").format(
            format=_FORMATS.get(file.media_type, "XLSX"), language=words.languages(text)[file.language]
        )
        for reading in files.readers(tx, file):
            yield Happened(reading.at, who_text(reading.by, text), what)
