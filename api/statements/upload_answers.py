"""What answers about the counterparty's own statement look like."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from api.money.answers import Amount, CurrencyCode, Id
from api.web.ids import optional
from schemas import matching
from schemas.matching import Disagreement, Entry, Matched
from schemas.money import Money
from schemas.reconciliation import Statement
from schemas.settings import SourceSettings
from store import statements
from store.engine import Tx
from store.statement_uploads import Upload
from store.statements import StatementRow


class StatementUploadRow(Struct, frozen=True, kw_only=True):
    """A file of the counterparty's. `disagreements` is how many lines did not agree when it was sent."""

    id: Annotated[str, Meta(description="Opaque.")]
    uploaded_at: datetime
    name: str
    sha256: str
    size: int
    half: Literal["left", "right"]
    currency: CurrencyCode
    days: Annotated[int, Meta(description="How far the days of one document may be apart.")]
    disagreements: int


class OwnLine(Struct, frozen=True, kw_only=True):
    """A line of our statement; `amount` is positive for what makes the counterparty owe more."""

    on: date
    number: str
    amount: Amount
    document_id: Id | None


class TheirLine(Struct, frozen=True, kw_only=True):
    """A line of their file in the signs of our books; `row` as a spreadsheet counts."""

    on: date
    number: str
    amount: Amount
    row: int


class StatementDisagreement(Struct, frozen=True, kw_only=True):
    """`amount` is what their line has more or less than ours; they sum to the difference of the turnovers."""

    kind: Annotated[
        matching.Kind,
        Meta(description="missing_here: only they have it; missing_there: only we; side: on the wrong side."),
    ]
    amount: Amount
    ours: OwnLine | None
    theirs: TheirLine | None


class StatementUpload(StatementUploadRow, frozen=True, kw_only=True):
    """Matched with what the statement shows now: `agreed` counts the pairs of lines that agree.

    `opening` and `closing` are theirs in our signs, null where the file has none; `off` is by how much these and
    their lines do not add up.
    """

    opening: Amount | None
    closing: Amount | None
    off: Amount | None
    agreed: int
    disagreement_list: list[StatementDisagreement]


class StatementUploads(Struct, frozen=True, kw_only=True):
    items: list[StatementUploadRow]


def row(of: Upload, source: SourceSettings) -> StatementUploadRow:
    return StatementUploadRow(**_values(of, source))


def whole(
    tx: Tx, of_row: StatementRow, source: SourceSettings, of: Upload, matched: Matched
) -> StatementUpload:
    shown = next(one for one in statements.shown(tx, of_row) if one.request.currency == of.currency)
    told = {"opening": of.received.opening, "closing": of.received.closing, "off": of.received.off}
    balances: dict[str, Any] = {
        name: None if units is None else str(Money(units, of.currency)) for name, units in told.items()
    }
    found = [_disagreement(one, shown, source.id) for one in matched.disagreements]
    return StatementUpload(
        **_values(of, source), **balances, agreed=len(matched.agreed), disagreement_list=found
    )


def _values(of: Upload, source: SourceSettings) -> dict[str, Any]:
    names = ("id", "name", "sha256", "size", "half", "currency", "days", "disagreements")
    told = {name: getattr(of, name) for name in names}
    return told | {"uploaded_at": of.uploaded_at.astimezone(source.time_zone)}


def _disagreement(of: Disagreement, shown: Statement, source: str) -> StatementDisagreement:
    currency = shown.request.currency
    return StatementDisagreement(
        kind=of.kind,
        amount=str(Money(of.amount, currency)),
        ours=_ours(of.ours, shown, source) if of.ours else None,
        theirs=_theirs(of.theirs, currency) if of.theirs else None,
    )


def _ours(of: Entry, shown: Statement, source: str) -> OwnLine:
    return OwnLine(
        on=of.on,
        number=of.number,
        amount=str(Money(of.amount, shown.request.currency)),
        document_id=optional(source, shown.lines[of.place].document_id),
    )


def _theirs(of: Entry, currency: str) -> TheirLine:
    return TheirLine(on=of.on, number=of.number, amount=str(Money(of.amount, currency)), row=of.place)
