"""What a counterparty may open, and whether it is traded with: GET /v1/counterparties/{id}/access."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from msgspec import Meta, Struct

from api.money import figures
from api.money.answers import Amount, CounterpartyRef, CurrencyCode
from api.money.balances import REFUSALS
from api.parties import party
from api.parties.party import CounterpartyId
from api.trust import standing
from api.trust.standing import Standing
from api.web import callers
from api.web.callers import Caller, counterparty_not_found
from api.web.hub import Hub
from schemas.access import Access, AccessRule, Debt, Reason
from schemas.money import Money
from schemas.trading import DecidedBy, Status
from schemas.trading import Trading as Traded
from store import access, trading


class OverdueDebt(Struct, frozen=True, kw_only=True):
    """The debts of one currency that are past their due date, and how long the oldest of them has been."""

    currency: CurrencyCode
    overdue: Amount
    days_overdue: int


class MetRule(Struct, frozen=True, kw_only=True):
    """The rule that restricts: debts overdue for `days` or more come to `amount` or more in one currency.

    `amount` and `currency` are null where any overdue debt counts.
    """

    days: int
    currency: CurrencyCode | None
    amount: Amount | None


class Trading(Struct, frozen=True, kw_only=True):
    """Whether the supplier trades with the counterparty: the stricter of what its books and the site say.

    `decided_by` names who suspended it; `from_on` and `to_on` are the days the site gave, both included.
    """

    status: Status
    decided_by: DecidedBy
    from_on: date | None
    to_on: date | None


class AccessAnswer(Standing, frozen=True, kw_only=True):
    """What may be opened on the site, why, and the figures that were used.

    Only figures that are fresh and agree with the books restrict anybody by a rule; a state set by hand
    holds until `expires_at`. `since` is null where nothing restricts the counterparty. Access and trading
    are different rights: neither follows from the other.
    """

    counterparty: CounterpartyRef
    state: Annotated[Access, Meta(description="balance_only: whatever page is opened, show the balance.")]
    reason: Reason
    since: datetime | None
    expires_at: datetime | None
    rule: MetRule | None
    overdue: list[OverdueDebt]
    trading: Trading


@get(
    "/v1/counterparties/{counterparty_id:str}/access",
    sync_to_thread=True,
    summary="Access of a counterparty",
    operation_id="getCounterpartyAccess",
    tags=["access"],
    security=callers.needs("access:read"),
    responses=REFUSALS,
)
def state(
    counterparty_id: CounterpartyId, hub: NamedDependency[Hub], caller: NamedDependency[Caller]
) -> AccessAnswer:
    """Whether the counterparty may open the site, only its balance, or nothing; and whether it is traded with."""
    of, now = party.of_money(hub, caller, counterparty_id), hub.clock()
    source = of.source
    today = now.astimezone(source.time_zone).date()
    with hub.store.reading(caller.tenancy) as tx:
        counterparty = of.record(tx)
        found = access.evaluate(tx, hub.settings, source, of.guid, now)
        if found is None:
            raise counterparty_not_found()
        traded = trading.evaluate(tx, source.id, counterparty, today)
    decision, zone = found.decision, source.time_zone
    expires_at = decision.override.expires_at if decision.override else None
    return AccessAnswer(
        **standing.fields(
            source,
            as_of=found.as_of,
            synced_at=found.refreshed_at,
            agreement=found.agreement,
            target_s=hub.settings.fresh_for_s,
            now=now,
        ),
        counterparty=figures.counterparty_ref(source, counterparty),
        state=decision.state,
        reason=decision.reason,
        since=standing.local(decision.since, zone),
        expires_at=standing.local(expires_at, zone),
        rule=_met(decision.rule) if decision.rule else None,
        overdue=_overdue(found.overdue, today),
        trading=trading_of(traded),
    )


def trading_of(found: Traded) -> Trading:
    return Trading(status=found.status, decided_by=found.decided_by, from_on=found.from_on, to_on=found.to_on)


def _met(rule: AccessRule) -> MetRule:
    amount = None if rule.currency is None else str(Money(rule.amount, rule.currency))
    return MetRule(days=rule.days, currency=rule.currency, amount=amount)


def _overdue(debts: tuple[Debt, ...], today: date) -> list[OverdueDebt]:
    by_currency: dict[str, list[Debt]] = {}
    for debt in debts:
        by_currency.setdefault(debt.currency, []).append(debt)
    return [
        OverdueDebt(
            currency=currency,
            overdue=str(Money(sum(debt.units for debt in of_it), currency)),
            days_overdue=max((today - debt.overdue_from).days for debt in of_it) + 1,
        )
        for currency, of_it in sorted(by_currency.items())
    ]
