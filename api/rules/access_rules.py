"""Rules of access by overdue debts (BS-14): /v1/access-rules."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta, Struct

from api.money.answers import Amount, CurrencyCode
from api.rules import rule_subjects, signed
from api.rules.signed import Said, Setting
from api.web import callers, paging, refusals, repeats
from api.web.callers import Caller
from api.web.hub import Hub
from api.web.repeats import Repeat
from schemas.access import Access
from schemas.errors import InvalidValueError
from schemas.money import Money, currencies, to_units
from schemas.settings import SourceSettings
from store import access_rules
from store.access_rules import ANY_DEBT, LONGEST_DAYS, Rule
from store.engine import Tx

ADDRESS = "/v1/access-rules"
AMOUNT = r"^[0-9]{1,18}(\.[0-9]{1,4})?$"

SourceParam = Annotated[
    str | None, QueryParameter(name="source", max_length=100, description="Of this base only.")
]
SourceId = Annotated[
    str, Meta(max_length=100, description="The id of an accounting base: the part of ids before the colon.")
]


class Segment(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Counterparties whose `field` (an extension field by its name or key, or "kind") has this value."""

    field: Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\u0000]+$")]
    value: Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\u0000]+$")]


class NewAccessRule(Said, frozen=True, kw_only=True):
    """Restrict those whose debts overdue for `days` or more come to `amount` or more in one currency.

    Without an amount any overdue debt counts, without a currency each by itself. Rules of a segment stand in for
    the rules for all. Rules restrict on fresh figures only.
    """

    source: SourceId
    state: Access
    days: Annotated[int, Meta(ge=1, le=LONGEST_DAYS)]
    currency: CurrencyCode | None = None
    amount: Annotated[str, Meta(pattern=AMOUNT, examples=["1000.00"])] | None = None
    segment: Segment | None = None


class AccessRuleSetting(Setting, frozen=True, kw_only=True):
    """`amount` is null where any overdue debt counts."""

    source: str
    state: Access
    days: int
    currency: CurrencyCode | None
    amount: Amount | None
    segment: Segment | None


class AccessRuleSettings(Struct, frozen=True, kw_only=True):
    items: list[AccessRuleSetting]
    next_cursor: paging.NextCursor


@get(
    ADDRESS,
    sync_to_thread=True,
    summary="Rules of access",
    operation_id="listAccessRules",
    tags=["rules"],
    security=callers.needs("rules:write"),
    responses=refusals.of("bad_cursor", *signed.READ_CODES),
)
def listed(
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    source: SourceParam = None,
    history: signed.History = False,
    limit: paging.Limit = paging.DEFAULT_LIMIT,
    cursor: paging.CursorParam = None,
) -> AccessRuleSettings:
    """The newest first: those that count, or with `history` all there ever were."""
    signed.must_rule(caller)
    if source is not None:
        rule_subjects.source(hub, caller, source)
    wanted = {
        one.id: one
        for one in hub.settings.sources
        if source in (None, one.id) and caller.tenancy.admits(one.id, None)
    }
    with hub.store.reading(caller.tenancy) as tx:
        rows = [rule for name in wanted for rule in access_rules.rules(tx, name, ended=history)]
    found, more = signed.page(rows, limit, cursor, {"rules": source, "history": history})
    return AccessRuleSettings(items=[_setting(row, wanted[row.source]) for row in found], next_cursor=more)


@post(
    ADDRESS,
    sync_to_thread=True,
    request_max_body_size=repeats.MAX_BODY,
    summary="Set a rule of access",
    operation_id="addAccessRule",
    tags=["rules"],
    security=callers.needs("rules:write"),
    responses=refusals.of(*signed.READ_CODES, *signed.WRITE_CODES),
)
def add(
    data: JSONBody[NewAccessRule],
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    repeat: NamedDependency[Repeat],
) -> Response[AccessRuleSetting]:
    """It counts at once, on figures that are fresh and agree with the books."""
    source = rule_subjects.source(hub, caller, data.source)
    units = _units(data.amount, data.currency)
    segment = (data.segment.field, data.segment.value) if data.segment else None

    def work(tx: Tx) -> AccessRuleSetting:
        number = access_rules.add_rule(
            tx,
            source.id,
            state=data.state,
            days=data.days,
            currency=data.currency,
            amount=units,
            segment=segment,
            by=signed.by(caller, data),
            reason=data.reason,
        )
        return _setting(signed.known(access_rules.rule(tx, number)), source)

    said = {"state": data.state, "days": data.days, "currency": data.currency, "amount": data.amount}
    return repeat.once(
        "addAccessRule",
        work,
        source=source.id,
        subject=lambda set_: str(set_.number),
        details={**said, "segment": segment},
    )


@post(
    ADDRESS + "/{number:int}/end",
    sync_to_thread=True,
    request_max_body_size=repeats.MAX_BODY,
    status_code=200,
    summary="End a rule of access",
    operation_id="endAccessRule",
    tags=["rules"],
    security=callers.needs("rules:write"),
    responses=refusals.of("key_is_bound", *signed.WRITE_CODES, *signed.END_CODES),
)
def end(
    number: signed.Number,
    data: JSONBody[Said],
    hub: NamedDependency[Hub],
    caller: NamedDependency[Caller],
    repeat: NamedDependency[Repeat],
) -> Response[AccessRuleSetting]:
    """It restricts nobody any more."""
    signed.must_rule(caller)
    sources = {one.id: one for one in hub.settings.sources if caller.tenancy.admits(one.id, None)}
    with hub.store.reading(caller.tenancy) as reading:
        meant = access_rules.rule(reading, number)
    source_id = meant.source if meant is not None and meant.source in sources else None

    def work(tx: Tx) -> AccessRuleSetting:
        ended = signed.end(
            tx,
            number,
            access_rules.rule,
            lambda row: row.source in sources,
            lambda: access_rules.end_rule(tx, number, by=signed.by(caller, data), reason=data.reason),
        )
        return _setting(ended, sources[ended.source])

    return repeat.once("endAccessRule", work, status=200, source=source_id, subject=str(number))


ROUTES = (listed, add, end)


def _units(amount: str | None, currency: str | None) -> int:
    """The amount in minor units; the smallest one where any debt counts."""
    if amount is None:
        return ANY_DEBT
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


def _setting(row: Rule, source: SourceSettings) -> AccessRuleSetting:
    counts_any = row.currency is None or row.amount == ANY_DEBT
    return AccessRuleSetting(
        **signed.fields(row, source),
        source=source.id,
        state=row.state,
        days=row.days,
        currency=row.currency,
        amount=None if counts_any else str(Money(row.amount, str(row.currency))),
        segment=None
        if row.segment is None
        else Segment(field=row.segment_name or row.segment, value=row.segment_value or ""),
    )
