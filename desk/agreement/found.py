"""What the last comparison of a base found, with names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from desk.agreement import words
from desk.agreement.figures import by_currency
from desk.frame import charts
from desk.frame.charts import Bar, Tone
from desk.frame.filters import moment_text, money_text
from desk.frame.visits import Visit
from desk.why import links
from printing import kinds
from schemas import TABLES
from schemas.ids import external
from schemas.settings import SourceSettings
from store import agreement, operations, pauses, records
from store.agreement import Agreement, Difference, State
from store.engine import Tx
from store.operations import Operation
from store.pauses import Pause

SHOWN = 500
HISTORY = 30
TONES: dict[State, Tone] = {
    "agreed": "ok",
    "differs": "bad",
    "incomplete": "bad",
    "unsettled": "warn",
    "failed": "mute",
}


@dataclass(frozen=True, slots=True)
class Document:
    """One behind a difference; `why` where the hub has it."""

    title: str
    in_books: int
    in_hub: int
    verdict: str
    held: bool
    why: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """One figure that differs. A lag is cured by the ordinary pull; a discrepancy is not."""

    counterparty: str
    counterparty_href: str | None
    contract: str
    figure: str
    currency: str
    in_books: int
    in_hub: int
    is_lag: bool
    documents: tuple[Document, ...]
    range: tuple[str, str] | None
    why: str | None

    @property
    def difference(self) -> int:
        return self.in_hub - self.in_books

    @property
    def order(self) -> tuple[bool, str, str]:
        """What is proven first; what is of one account together."""
        return self.is_lag, self.counterparty, self.contract


@dataclass(frozen=True, slots=True)
class OfBase:
    """`last` came to an end, `failed` is a later one that did not; `asked` is what is under way.

    `amounts` is how far the hub is from the books; `history` is drawn where anything in it differed, else
    `agreed` counts what is in it.
    """

    source: SourceSettings
    last: Agreement | None
    failed: Agreement | None
    verified_through: str | None
    amounts: str
    history: Markup
    agreed: int
    rows: tuple[Row, ...]
    more: int
    asked: tuple[Operation, ...]
    paused: Pause | None


def of_base(tx: Tx, visit: Visit, source: SourceSettings) -> OfBase:
    last, every = agreement.latest_ended(tx, source.id), agreement.history(tx, source.id, HISTORY)
    failed = every[0] if every and every[0].state == "failed" else None
    differences: Sequence[Difference] = last.differences if last else ()
    named = _Names(tx, visit, source.id)
    return OfBase(
        source,
        last,
        failed,
        agreement.verified_through(tx, source.id),
        _amounts(visit, differences),
        _drawn(visit, source, every) if any(one.differing for one in every) else Markup(""),
        sum(1 for one in every if one.state == "agreed"),
        tuple(sorted((named.row(one) for one in differences[:SHOWN]), key=lambda row: row.order)),
        max(len(differences) - SHOWN, 0),
        tuple(one for kind in ("compare", "repair") for one in operations.open_(tx, kind, source.id)),
        pauses.get(tx, source.id),
    )


def _amounts(visit: Visit, differences: Sequence[Difference]) -> str:
    sums = by_currency(differences).items()
    return ", ".join(f"{money_text(units, currency, visit.language)} {currency}" for currency, units in sums)


def _drawn(visit: Visit, source: SourceSettings, every: Sequence[Agreement]) -> Markup:
    """How many figures differed, the oldest comparison first; one that failed counted nothing."""
    counted = [
        Bar(moment_text(one.began_at, visit.language, source.time_zone), one.differing, TONES[one.state])
        for one in reversed(every)
    ]
    title = visit.text.gettext("Figures that differed, by comparison")
    return charts.bars(visit, counted, key=f"history-{source.id}", title=title)


@dataclass(slots=True)
class _Names:
    tx: Tx
    visit: Visit
    source: str

    def row(self, one: Difference) -> Row:
        text, party = self.visit.text, one.counterparty_id
        name = self._field("counterparty", party, "name")
        nobody = text.gettext("Nobody's: the hub does not know the settlement key")
        start, end = one.range_start or "", one.range_end
        return Row(
            counterparty=name or nobody,
            counterparty_href=f"/desk/counterparties/{external(self.source, party)}"
            if name and party
            else None,
            contract=self._field("contract", one.contract_id, "name"),
            figure=words.fields(text).get(one.field, one.field),
            currency=one.currency,
            in_books=one.in_books,
            in_hub=one.in_hub,
            is_lag=not one.proven,
            documents=tuple(self._document(document) for document in one.documents),
            range=(start[:10], end[:10]) if end is not None else None,
            why=self._why(one),
        )

    def _document(self, one: agreement.Document) -> Document:
        stored = records.get(self.tx, TABLES["document"], self.source, (one.recorder_id,))
        number = str(getattr(stored, "number", ""))
        on = date.fromisoformat(one.dated_at[:10]) if one.dated_at else None
        return Document(
            title=kinds.titled(one.recorder_kind, number, on, self.visit.language),
            in_books=one.in_books,
            in_hub=one.in_hub,
            verdict=words.verdicts(self.visit.text)[one.verdict],
            held=one.verdict == "rejected",
            why=links.document(self.source, one.recorder_id) if stored is not None else None,
        )

    def _why(self, one: Difference) -> str | None:
        if one.counterparty_id is None:
            return None
        account = {"contract": one.contract_id or "", "organization": one.organization_id or ""}
        return links.balance(self.source, one.counterparty_id, one.currency, **account)

    def _field(self, table: str, key: str | None, field: str) -> str:
        stored = records.get(self.tx, TABLES[table], self.source, (key,)) if key else None
        return str(getattr(stored, field)) if stored is not None else ""
