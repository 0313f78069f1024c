"""What answers about requests for new entities and delivery points look like; the books' own words are not in it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from api.money.answers import Id
from api.web.paging import NextCursor
from schemas.submissions import State, Why

RequestKind = Literal["counterparty", "delivery_point"]


class PartyRequest(Struct, frozen=True, kw_only=True):
    """`state` is how far it is on its way into the books; `why` the reason, `explained` the same as a sentence.

    `counterparty_id` is the one that it became, once it is `confirmed`; of a delivery point it is whose that is.
    """

    id: Id
    number: Annotated[int, Meta(description="The hub's own, for people to name it by.")]
    kind: RequestKind
    reference: str
    name: Annotated[str, Meta(description="Of the entity; of a delivery point its address.")]
    tax_id: str | None
    tax_reason_code: str | None
    registry_code: str | None
    head_id: Id | None
    counterparty_id: Id | None
    state: State
    why: Why | None
    explained: str | None
    since: datetime
    created_at: datetime
    updated_at: datetime
    actions: list[Literal["cancel"]]
    time_zone: str


class PartyRequests(Struct, frozen=True, kw_only=True):
    """The newest first."""

    items: list[PartyRequest]
    next_cursor: NextCursor
