"""What an answer about money looks like. Buyers see every field: nothing internal belongs here."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from msgspec import Meta, Struct

from api.trust.standing import Standing
from schemas.terms import Calendar, Rule, Subject

Id = Annotated[str, Meta(description="Opaque: keep it and send it back as it is, never take it apart.")]
Amount = Annotated[
    str,
    Meta(
        description="Decimal text with the currency's own places; a debt is positive, an advance negative.",
        pattern=r"^-?[0-9]+(\.[0-9]+)?$",
        examples=["1250.10"],
    ),
]
CurrencyCode = Annotated[str, Meta(description="ISO 4217", pattern="^[A-Z]{3}$", examples=["RUB"])]


class CounterpartyRef(Struct, frozen=True, kw_only=True):
    id: Id
    name: str
    kind: Annotated[str, Meta(description="company | foreign_company | sole_proprietor | person")]
    status: Annotated[str, Meta(description="active | closed")]


class OrganizationRef(Struct, frozen=True, kw_only=True):
    """One of the supplier's own legal entities."""

    id: Id
    name: str


class ContractRef(Struct, frozen=True, kw_only=True):
    id: Id
    number: str
    name: str
    kind: Annotated[str, Meta(description="sale | purchase | commission | other")]
    status: Annotated[str, Meta(description="draft | active | closed")]
    settled: Annotated[
        str,
        Meta(
            description="The level at which the accounting system sets payments against debts: by_contract |"
            " by_order | by_shipping_note | by_order_and_shipping_note"
        ),
    ]


class DocumentRef(Struct, frozen=True, kw_only=True):
    """A document; number and date are null if it is not in the store."""

    id: Id
    kind: str
    number: str | None
    dated_at: datetime | None


class SiteTerms(Struct, frozen=True, kw_only=True):
    """Payment terms that were set on the site, for a contract or for all of the counterparty's: by whom, and when.

    They hold for debts that arise on `valid_from` or later.
    """

    subject: Subject
    valid_from: date
    set_at: datetime
    set_by: str


class PaymentTerms(Struct, frozen=True, kw_only=True):
    """The deferral of a debt that arises today under the contract, if the accounting system gives it no date."""

    days: int
    rule: Annotated[Rule, Meta(description="contract_terms | site_override | site_default")]
    calendar: Calendar
    site_terms: Annotated[SiteTerms | None, Meta(description="Given under the rule site_override.")]


class Aging(Struct, frozen=True, kw_only=True):
    """Unpaid debts by days overdue. `undated` are debts without any date in the accounting system."""

    current: Amount
    days_1_30: Amount
    days_31_60: Amount
    days_61_90: Amount
    over_90: Amount
    undated: Amount


class Totals(Struct, frozen=True, kw_only=True):
    """Sums of one currency towards one own organisation; a sum across either does not exist.

    debt = receivable + advance + unexplained; receivable is the sum of the aging buckets.
    """

    organization: OrganizationRef | None
    currency: CurrencyCode
    debt: Amount
    receivable: Amount
    advance: Amount
    unexplained: Amount
    overdue: Amount
    aging: Aging


class ContractBalance(Struct, frozen=True, kw_only=True):
    """What is owed under one contract. `debt` is exactly the sum of `unpaid` over its open items.

    `overdue` is the sum of debts past their due date; advances that the accounting system has not yet set
    against a document do not lower it. `credit_available` is the limit less the debt; both are null where
    debt is not limited. Settlements that name no contract have `contract` null.
    """

    contract: ContractRef | None
    organization: OrganizationRef | None
    currency: CurrencyCode
    debt: Amount
    overdue: Amount
    unexplained: Amount
    credit_limit: Amount | None
    credit_available: Amount | None
    payment_terms: PaymentTerms
    open_items: int


class OpenItem(Struct, frozen=True, kw_only=True):
    """An unsettled document: a debt (`unpaid` positive) or an advance (negative).

    `rule` names where `due_on` comes from; both are null for advances and for debts without any date.
    `calendar` is null where the date is the accounting system's own. `unexplained` marks the row that
    carries a difference between the running account and its documents, read at different moments.
    """

    contract_id: Id | None
    organization_id: Id | None
    document: DocumentRef | None
    currency: CurrencyCode
    amount: Amount | None
    settled: Amount | None
    unpaid: Amount
    arose_on: date | None
    payment_terms_days: int | None
    rule: Rule | None
    site_terms: Annotated[SiteTerms | None, Meta(description="Given under the rule site_override.")]
    calendar: Calendar | None
    due_on: date | None
    days_overdue: int | None
    overdue: Amount
    unexplained: bool


class Balance(Standing, frozen=True, kw_only=True):
    """The balance of one counterparty."""

    counterparty: CounterpartyRef
    totals: list[Totals]
    contracts: list[ContractBalance]
    open_items: list[OpenItem]


class ShownDebt(Struct, frozen=True, kw_only=True):
    """What was shown as owed under one contract, since `shown_since`."""

    contract_id: Id | None
    organization_id: Id | None
    currency: CurrencyCode
    debt: Amount
    shown_since: datetime


class ShownBalance(Struct, frozen=True, kw_only=True):
    """The debts that this API gave out at the moment `shown_at`, whatever is known better since."""

    counterparty: CounterpartyRef
    shown_at: datetime
    time_zone: str
    contracts: list[ShownDebt]
