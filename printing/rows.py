"""The two halves of a statement, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from printing.catalogues import texts
from printing.kinds import titled
from printing.paper import Paper
from schemas.errors import NotPrintableError
from schemas.languages import Language
from schemas.reconciliation import Line, Part, Statement

Kind = Literal["contract", "opening", "line", "turnovers", "closing"]


class Row(NamedTuple):
    """Amounts in minor units; None is an empty cell."""

    kind: Kind
    on: date | None
    text: str
    debit: int | None
    credit: int | None


class Pair(NamedTuple):
    ours: Row
    theirs: Row


@dataclass(frozen=True, slots=True)
class Words:
    opening: str
    turnovers: str
    closing: str


def pairs(statement: Statement, paper: Paper) -> tuple[Pair, ...]:
    told = _rows(statement, paper)
    return tuple(Pair(row, _mirrored(row) if paper.mirrored else _blank(row)) for row in told)


def contract_title(contract_id: str, paper: Paper) -> str:
    if not contract_id:
        return texts(paper.language).gettext("Without a contract")
    title = paper.contracts.get(contract_id)
    if title is None:
        raise NotPrintableError(
            "a contract of the statement has no title",
            hint="sync the contracts of this source, then print again",
            contract=contract_id,
        )
    return title


def _rows(statement: Statement, paper: Paper) -> Iterator[Row]:
    text = texts(paper.language)
    words = Words(
        text.gettext("Opening balance"),
        text.gettext("Turnovers for the period"),
        text.gettext("Closing balance"),
    )
    yield _balance("opening", words.opening, statement.opening)
    if not statement.parts:
        yield from (_line(line, paper.language) for line in statement.lines)
    for part in statement.parts:
        yield Row("contract", None, contract_title(part.contract_id, paper), None, None)
        yield from _of_part(statement, part, words, paper.language)
    if statement.parts:
        yield Row("contract", None, text.gettext("All contracts together"), None, None)
    yield Row("turnovers", None, words.turnovers, statement.debit, statement.credit)
    yield _balance("closing", words.closing, statement.closing)


def _of_part(statement: Statement, part: Part, words: Words, language: Language) -> Iterator[Row]:
    yield _balance("opening", words.opening, part.opening)
    for line in statement.lines:
        if line.contract_id == part.contract_id:
            yield _line(line, language)
    yield Row("turnovers", None, words.turnovers, part.debit, part.credit)
    yield _balance("closing", words.closing, part.closing)


def _balance(kind: Literal["opening", "closing"], text: str, owed: int) -> Row:
    """On one side only; a balance of nothing is a zero that can be seen."""
    return Row(kind, None, text, owed if owed >= 0 else None, -owed if owed < 0 else None)


def _line(line: Line, language: Language) -> Row:
    on = date.fromisoformat(line.at[:10])
    return Row("line", on, line.text or _document(line, language), line.debit or None, line.credit or None)


def _document(line: Line, language: Language) -> str:
    """The day is told only where it is not that of the line: so a document fits into one line of a half."""
    other_day = None if line.dated_on in (None, line.at[:10]) else date.fromisoformat(str(line.dated_on))
    return titled(line.document_kind, line.number, other_day, language)


def _mirrored(row: Row) -> Row:
    return row._replace(debit=row.credit, credit=row.debit)


def _blank(row: Row) -> Row:
    """For the counterparty to fill: what a row is stays, its figures go."""
    return row._replace(on=None, text="" if row.kind == "line" else row.text, debit=None, credit=None)
