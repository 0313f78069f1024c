"""What answers about orders look like. The books' own words and people's notes are not among it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from api.catalog.catalog import CharacteristicLink, UnitLink
from api.documents.document_rows import ContractLink, CounterpartyLink, OrganizationLink
from api.money.answers import Amount, CurrencyCode, Id
from api.web.paging import NextCursor
from api.web.values import Decimal
from schemas.credit import Result, Rule
from schemas.order_differences import Kind as ChangeKind
from schemas.order_problems import ProblemKind, WarningKind
from schemas.settings import Outcome
from schemas.submissions import State, Status, Why

NextUpdatedSince = Annotated[
    datetime | None,
    Meta(
        description="With `updated_since`: what to send as it next time; the same on all pages of one walk."
    ),
]
Action = Literal["change", "submit", "approve", "reject", "cancel"]
Place = Annotated[
    str, Meta(description="A place in the order as it was sent (RFC 6901).", examples=["#/lines/0/item_id"])
]


class PersonLink(Struct, frozen=True, kw_only=True):
    """A person of the buyer; the name is null if it is not in the store."""

    id: Id
    name: str | None


class BooksDocument(Struct, frozen=True, kw_only=True):
    """The order in the accounting system, as it was last read back."""

    id: Id
    number: str
    dated_at: datetime | None


class OrderRow(Struct, frozen=True, kw_only=True):
    """An order: `state` is how far it is on its way into the books, `status` how the books go on with it then.

    `why` is the reason for the state and `explained` the same as a sentence; both null where nothing is to be told.
    `cancel_asked_at`: somebody wants it cancelled, and the books are asked to. `version` is the content's: it grows
    with every change of what is ordered.
    """

    id: Id
    number: Annotated[int, Meta(description="The hub's own, for people to name it by.")]
    reference: str
    counterparty: CounterpartyLink
    branch: CounterpartyLink | None
    organization: OrganizationLink | None
    contract: ContractLink | None
    contact: PersonLink | None
    state: State
    why: Why | None
    explained: str | None
    status: Status | None
    document: BooksDocument | None
    currency: CurrencyCode
    total: Amount
    version: int
    since: Annotated[datetime, Meta(description="When it came into its state.")]
    created_at: datetime
    updated_at: datetime
    cancel_asked_at: datetime | None


class Orders(Struct, frozen=True, kw_only=True):
    """The newest first, or with `updated_since` by when they changed."""

    items: list[OrderRow]
    next_cursor: NextCursor
    next_updated_since: NextUpdatedSince


class OrderedItem(Struct, frozen=True, kw_only=True):
    """What is ordered; code, article and name are null if it is not in the store."""

    id: Id
    code: str | None
    article: str | None
    name: str | None


class OrderLine(Struct, frozen=True, kw_only=True):
    """`unit` null: the item's own. `vat` is within `amount`, or on top of it, as the order's prices are."""

    item: OrderedItem
    characteristic: CharacteristicLink | None
    unit: UnitLink | None
    quantity: Decimal
    price: Decimal
    discount_percent: Decimal
    amount: Amount
    vat_percent: Annotated[Decimal | None, Meta(description="Null where the item is not taxed.")]
    vat: Amount


class OrderProblem(Struct, frozen=True, kw_only=True):
    """What keeps the order from being submitted; empty once it is on its way."""

    code: ProblemKind
    pointer: Place
    detail: str


class OrderWarning(Struct, frozen=True, kw_only=True):
    """What somebody should look at; it stops nothing. `as_of` is the moment for which the compared figure is true.

    price_differs: no kind of price has this one. price_below_list: less the discount it is below all of them.
    over_stock: more than is free in all warehouses together.
    """

    code: WarningKind
    pointer: Place
    detail: str
    as_of: datetime | None


class OrderApproval(Struct, frozen=True, kw_only=True):
    """Whether the buyer's own approval was asked for, and what came of it; `at` of the last of these.

    `note` is the reason that the buyer's own approver gave over this API; what the supplier's people note is not told.
    """

    state: Literal["awaited", "approved", "declined"]
    at: datetime
    note: str | None = None


class CreditFinding(Struct, frozen=True, kw_only=True):
    """One rule of the credit check; `no_rule`: the contract has none, `not_checked`: figures are missing or old."""

    rule: Rule
    result: Result


class OrderCredit(Struct, frozen=True, kw_only=True):
    """What the credit check came to; a key of one person does not see it. Its figures are the supplier's."""

    outcome: Outcome
    findings: list[CreditFinding]
    version: Annotated[int, Meta(description="The version of the order that was checked.")]
    at: datetime


ChangedField = Literal[
    "counterparty_id",
    "organization_id",
    "contract_id",
    "contact_id",
    "currency",
    "total",
    "wished_on",
    "delivery_address",
    "quantity",
    "price",
    "amount",
    "vat",
]
ChangedText = Annotated[
    str | None, Meta(description="An id, a day, a text or decimal text, as the field has it.")
]


class OrderChange(Struct, frozen=True, kw_only=True):
    """What the supplier changed in the order. `line` is its place among the ordered lines, from 1; of an added one
    that in the accounting document. Null: it is the order as a whole.

    `field` is null where a whole line was cancelled, restored, removed or added: then `quantity` and `amount` are the
    line's. Quantities are in the item's own unit.
    """

    kind: ChangeKind
    field: ChangedField | None
    before: ChangedText
    after: ChangedText
    line: int | None
    item: OrderedItem | None
    quantity: Decimal | None
    amount: Amount | None


class Order(OrderRow, frozen=True, kw_only=True):
    """The whole of it, as it counts now.

    `problems` and `warnings` are of this moment's store, by prices and stock of these moments, and come before it
    is queued. `actions` is what this key may do next.
    """

    on_behalf_of: PersonLink | None
    delivery_address: str | None
    wished_on: date | None
    comment: str | None
    prices_include_vat: bool
    lines: list[OrderLine]
    vat: Annotated[Amount, Meta(description="Of all lines; within `total`.")]
    approval: OrderApproval | None
    credit: OrderCredit | None
    changes: Annotated[
        list[OrderChange],
        Meta(description="What the supplier changed after it was confirmed, against what was."),
    ]
    problems: list[OrderProblem]
    warnings: list[OrderWarning]
    actions: list[Action]
    digest: Annotated[str, Meta(description="SHA-256 of what it says: what is approved is this.")]
    is_approved: Annotated[bool, Meta(description="Whether this version may go to the books.")]
    prices_as_of: datetime | None
    stock_as_of: datetime | None
    time_zone: str
