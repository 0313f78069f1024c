"""A counterparty's lines beside ours: what agrees, what does not, and that as the words of a note."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from desk.frame.filters import day_text, money_text
from desk.frame.visits import Visit
from desk.why import links
from printing.kinds import titled
from schemas.languages import Language
from schemas.matching import Entry, Kind, Matched
from schemas.reconciliation import Statement
from store.statement_uploads import Upload
from store.statements import StatementRow

MOST_NOTED = 200  # lines of a note; the whole list stays with the file


@dataclass(frozen=True, slots=True)
class Cell:
    """A line of one side, in the signs of our books: a debt is positive. `why` explains ours."""

    on: date
    title: str
    units: int
    why: str | None = None


class Agreeing(NamedTuple):
    ours: Cell
    theirs: Cell


class Disagreeing(NamedTuple):
    kind: Kind
    ours: Cell | None
    theirs: Cell | None
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """`opening` and `closing` are theirs in our signs, None where their file has none; `off` is by how much their
    file does not add up in itself."""

    currency: str
    agreeing: tuple[Agreeing, ...]
    disagreeing: tuple[Disagreeing, ...]
    our_opening: int
    our_closing: int
    opening: int | None
    closing: int | None
    off: int | None

    @property
    def amount(self) -> int:
        return sum(one.amount for one in self.disagreeing)


def sides(ours: Statement, upload: Upload, found: Matched, row: StatementRow, language: Language) -> Sides:
    def mine(entry: Entry) -> Cell:
        line = ours.lines[entry.place]
        why = links.document(row.source, line.document_id) if line.document_id else None
        title = line.text or titled(line.document_kind, line.number, None, language)
        return Cell(entry.on, title, entry.amount, why)

    def yours(entry: Entry) -> Cell:
        return Cell(entry.on, entry.number, entry.amount)

    return Sides(
        currency=upload.currency,
        agreeing=tuple(Agreeing(mine(one.ours), yours(one.theirs)) for one in found.agreed),
        disagreeing=tuple(
            Disagreeing(one.kind, one.ours and mine(one.ours), one.theirs and yours(one.theirs), one.amount)
            for one in found.disagreements
        ),
        our_opening=ours.opening,
        our_closing=ours.closing,
        opening=upload.received.opening,
        closing=upload.received.closing,
        off=upload.received.off,
    )


def note(of: Sides, kinds: Mapping[Kind, str], visit: Visit) -> str:
    """A line for each disagreement, in the language of who notes it."""
    lines = [_line(one, of.currency, kinds[one.kind], visit) for one in of.disagreeing[:MOST_NOTED]]
    if (more := len(of.disagreeing) - MOST_NOTED) > 0:
        text = visit.text.ngettext("and {count} more", "and {count} more", more)
        lines.append(text.format(count=more))
    return "\n".join(lines)


def _line(one: Disagreeing, currency: str, kind: str, visit: Visit) -> str:
    _, told = visit.text.gettext, []
    for name, cell in ((_("ours"), one.ours), (_("theirs"), one.theirs)):
        if cell is not None:
            amount = money_text(cell.units, currency, visit.language)
            told.append(f"{name}: {day_text(cell.on, visit.language)} {cell.title} {amount} {currency}")
    return f"{kind} — {'; '.join(told)}"
