"""What a rule of approval says, asked for and told."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from msgspec import Meta, Struct

from api.money.answers import Amount, CurrencyCode, Id
from api.rules import signed
from api.rules.access_rules import AMOUNT, SourceId
from api.rules.signed import Said
from api.web import paging
from api.web.callers import Caller
from schemas.approvals import ANY_AMOUNT
from schemas.errors import InvalidValueError
from schemas.ids import optional
from schemas.money import Money, currencies, to_units
from schemas.settings import SourceSettings
from store.approval_rules import Rule


class NewApprovalRule(Said, frozen=True, kw_only=True):
    """Orders that come to `amount` or more need approval: of `counterparty_id` and those below it.

    Without a counterparty it is for everybody, without `branch_id` for any branch, without `contact_id` for any
    person (who placed it, or for whom), without an amount for every order. An amount needs its currency: a rule
    with one says nothing of orders in another.
    """

    source: SourceId
    counterparty_id: Id | None = None
    branch_id: Id | None = None
    contact_id: Id | None = None
    currency: CurrencyCode | None = None
    amount: Annotated[str, Meta(pattern=AMOUNT, examples=["100000.00"])] | None = None


class ApprovalRuleSetting(Struct, frozen=True, kw_only=True):
    """`amount` is null where every order needs approval. It counts until `ended_at`; it is never changed.

    Who set or ended it and why is told to keys with `rules:write` that are bound to no company, else null.
    """

    number: int
    source: str
    counterparty_id: Id | None
    branch_id: Id | None
    contact_id: Id | None
    currency: CurrencyCode | None
    amount: Amount | None
    set_at: datetime
    set_by: str | None
    reason: str | None
    ended_at: datetime | None
    ended_by: str | None
    ended_reason: str | None


class ApprovalRuleSettings(Struct, frozen=True, kw_only=True):
    items: list[ApprovalRuleSetting]
    next_cursor: paging.NextCursor


def units(amount: str | None, currency: str | None) -> int:
    """The amount in minor units; nothing where every order needs approval."""
    if amount is None:
        return ANY_AMOUNT
    if currency not in currencies():
        raise InvalidValueError(
            "An amount needs its currency", hint="Give the ISO code, such as RUB", field="currency"
        )
    try:
        return to_units(Decimal(amount), currencies()[currency].exponent)
    except ValueError as error:
        raise InvalidValueError(
            "This is no amount of the currency", hint="Write it as 1000.00", field="amount"
        ) from error


def setting(row: Rule, source: SourceSettings, caller: Caller) -> ApprovalRuleSetting:
    told = signed.fields(row, source)
    if caller.tenancy.counterparties is not None or signed.PERMISSION not in caller.key.permissions:
        told |= dict.fromkeys(("set_by", "reason", "ended_by", "ended_reason"))
    counts_any = row.currency is None or row.amount == ANY_AMOUNT
    return ApprovalRuleSetting(
        **told,
        source=source.id,
        counterparty_id=optional(source.id, row.counterparty_id),
        branch_id=optional(source.id, row.branch_id),
        contact_id=optional(source.id, row.contact_id),
        currency=row.currency,
        amount=None if counts_any else str(Money(row.amount, str(row.currency))),
    )
