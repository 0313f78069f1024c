"""What answers about reconciliation statements look like."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from msgspec import Meta, Struct, field

from api.documents.document_rows import ContractLink, CounterpartyLink, OrganizationLink
from api.money.answers import Amount, CurrencyCode, Id
from api.trust.standing import Agreement, Recency
from api.web.paging import NextCursor
from schemas.languages import Language
from schemas.reconciliation import Producer
from schemas.reconciliation_differences import DifferenceKind
from schemas.statements import Side, State, Verdict, Why

StatementKey = Annotated[str, Meta(description="Opaque.", examples=["3fd1c0a97be24c3388d1e6f05d0c1a9f"])]


class StatementSums(Struct, frozen=True, kw_only=True):
    """Of one currency. closing = opening + debit - credit; what the counterparty owes is positive."""

    currency: CurrencyCode
    opening: Amount
    debit: Amount
    credit: Amount
    closing: Amount


class StatementRow(Struct, frozen=True, kw_only=True):
    """A statement of one own legal entity (null: of none) with one counterparty; both days are in the period.

    `contract` null and `contract_kind` null: all contracts. `verdict` tells whether the hub's drawing and the
    accounting system's say the same: `pending` until the latter was heard (`waits_for` tells why, `compare_at`
    when it is asked next), `differs` where documents explain every difference, `unexplained` where not.
    `shown` is whose drawing this is. `confirmed_at`: the same was drawn again then. `version` grows with every
    change.
    """

    id: StatementKey
    number: int
    counterparty: CounterpartyLink
    organization: OrganizationLink | None
    contract: ContractLink | None
    contract_kind: str | None
    from_on: date = field(name="from")
    to_on: date = field(name="to")
    by_contract: bool
    state: State
    verdict: Verdict
    differences: Annotated[int, Meta(description="How many there are between the two drawings.")]
    shown: Side
    sums: list[StatementSums]
    as_of: Annotated[datetime, Meta(description="The moment for which the drawing is true.")]
    created_at: datetime
    confirmed_at: datetime | None
    compare_at: datetime | None
    waits_for: Why | None
    checksum: Annotated[str, Meta(description="SHA-256 of what it says; printed on every file of it.")]
    version: int


class StatementLine(Struct, frozen=True, kw_only=True):
    """What one document did to the settlements: a debit or a credit.

    `text` is the accounting system's own name of the document, "" where it gave none; `contract_id` is null
    without a contract, and where the document moved several that are not told apart.
    """

    on: date
    document_id: Id | None
    document_kind: str
    number: str
    dated_on: date | None
    text: str
    debit: Amount
    credit: Amount
    contract_id: Id | None


class StatementPart(StatementSums, frozen=True, kw_only=True):
    """One contract of a statement that tells contracts apart; `contract` null: without one."""

    contract: ContractLink | None


class StatementSection(StatementSums, frozen=True, kw_only=True):
    """One currency, as `producer` drew it: `soap` and `odata` are the accounting system, `store` is the hub."""

    producer: Producer
    as_of: datetime
    lines: list[StatementLine]
    parts: list[StatementPart]


class StatementDifference(Struct, frozen=True, kw_only=True):
    """Where the two drawings differ: `amount` is what the accounting system's has more or less.

    They sum to the difference of the closing balances. A kind of `unexplained` has no document.
    """

    currency: CurrencyCode
    kind: Annotated[
        DifferenceKind,
        Meta(
            description="missing_left: the hub lacks the document; missing_right: the accounting system does."
        ),
    ]
    amount: Amount
    contract_id: Id | None
    hub: StatementLine | None
    accounting_system: StatementLine | None


class StatementStep(Struct, frozen=True, kw_only=True):
    """`by` and the notes of the supplier's own steps are for keys that may write rules; to others null."""

    at: datetime
    before: State
    after: State
    note: str | None
    by: str | None


class StatementFile(Struct, frozen=True, kw_only=True):
    """Where a print is; it is made when it is asked for. `draft`: it says that it is one."""

    format: Annotated[str, Meta(description="pdf | xlsx | html")]
    language: Language
    media_type: str
    href: str
    draft: bool


class StatementChange(Struct, frozen=True, kw_only=True):
    """A document of the agreed period that changed afterwards, and what it came to then and comes to now."""

    document_id: Id
    document_kind: str
    dated_on: date | None
    currency: CurrencyCode
    agreed: Amount
    now: Amount
    found_at: datetime


class Statement(StatementRow, frozen=True, kw_only=True):
    """The whole of it: a section for each currency, never added together.

    `changes` are those in the period since it was agreed that nobody has accepted yet.
    """

    sections: list[StatementSection]
    difference_list: list[StatementDifference]
    changes: list[StatementChange]
    steps: list[StatementStep]
    next_states: Annotated[list[State], Meta(description="What this key may set now.")]
    files: list[StatementFile]
    synced_at: Annotated[
        datetime | None, Meta(description="When this was last drawn, or drawn the same again.")
    ]
    freshness: Recency
    agreement: Agreement
    time_zone: str


class Statements(Struct, frozen=True, kw_only=True):
    """The newest first."""

    items: list[StatementRow]
    next_cursor: NextCursor
