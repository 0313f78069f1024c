"""Where the two drawings of a statement differ, line beside line, each with what explains it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from gettext import NullTranslations

from desk.statements import words
from desk.why import links
from printing.kinds import titled
from schemas.languages import Language
from schemas.reconciliation import Line
from schemas.reconciliation_differences import Comparison, Difference, DifferenceKind
from store.statements import StatementRow


@dataclass(frozen=True, slots=True)
class Told:
    """A line of one side: `units` is signed, a debt positive; `why` explains it, where the hub has the document."""

    on: date
    title: str
    units: int
    why: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """`amount` is what the accounting system has more (positive) or less; `why` explains what no line does."""

    kind: DifferenceKind
    text: str
    currency: str
    contract: str
    hub: Told | None
    books: Told | None
    amount: int
    why: str

    @property
    def is_unexplained(self) -> bool:
        return self.hub is None and self.books is None


def differing(
    found: Iterable[Comparison],
    row: StatementRow,
    contracts: Mapping[str, str],
    language: Language,
    text: NullTranslations,
) -> list[Differing]:
    """`contracts` gives titles by id."""
    kinds = words.differences(text)
    return [
        _differing(one, comparison.left.request.currency, row, contracts, language, kinds)
        for comparison in found
        for one in comparison.differences
    ]


def _differing(
    one: Difference,
    currency: str,
    row: StatementRow,
    contracts: Mapping[str, str],
    language: Language,
    kinds: Mapping[DifferenceKind, str],
) -> Differing:
    return Differing(
        kind=one.kind,
        text=kinds[one.kind],
        currency=currency,
        contract=contracts.get(one.contract_id, ""),
        hub=_told(one.left, row, language),
        books=_told(one.right, row, language),
        amount=one.amount,
        why=links.balance(
            row.source,
            row.counterparty_id,
            currency,
            contract=one.contract_id or row.contract_id,
            organization=row.organization_id,
        ),
    )


def _told(line: Line | None, row: StatementRow, language: Language) -> Told | None:
    if line is None:
        return None
    on = date.fromisoformat(line.at[:10])
    other_day = None if line.dated_on in (None, line.at[:10]) else date.fromisoformat(str(line.dated_on))
    title = line.text or titled(line.document_kind, line.number, other_day, language)
    why = links.document(row.source, line.document_id) if line.document_id else None
    return Told(on, title, line.net, why)
