"""What one counterparty may open now, with the figures that were used (BS-14)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schemas import TABLES, access, freshness
from schemas.access import Debt, Decision, Figures
from schemas.records.counterparty import Counterparty, Partner
from schemas.settings import HubSettings, SourceSettings
from store import access_rules, agreement, balance_views, overdue, records
from store.access_rules import Override, Rule
from store.agreement import AgreementState
from store.balance_views import CounterpartyBalance
from store.engine import Tx


@dataclass(frozen=True, slots=True)
class AccessState:
    """`overdue` are the debts past their due date, as they were true at `as_of`."""

    decision: Decision
    overdue: tuple[Debt, ...]
    as_of: datetime | None
    refreshed_at: datetime | None
    agreement: AgreementState


@dataclass(frozen=True, slots=True)
class Known:
    """What access is decided from. `differs`: a comparison with the books proved that figures differ."""

    counterparty: Counterparty
    partner: Partner | None
    balance: CounterpartyBalance
    rules: Iterable[Rule]
    overrides: Iterable[Override]
    differs: bool


def evaluate(
    tx: Tx, settings: HubSettings, source: SourceSettings, counterparty_id: str, now: datetime
) -> AccessState | None:
    """Decide for the moment `now`; None for a counterparty the store does not know."""
    counterparty = records.get(tx, TABLES["counterparty"], source.id, (counterparty_id,))
    balance = balance_views.counterparty(tx, source.id, counterparty_id)
    if counterparty is None or balance is None:
        return None
    agreed = agreement.state_of(tx, source.id, counterparty_id)
    partner: Any = None
    if counterparty.partner_id is not None:
        partner = records.get(tx, TABLES["partner"], source.id, (counterparty.partner_id,))
    known = Known(
        counterparty,
        partner,
        balance,
        access_rules.rules(tx, source.id),
        access_rules.overrides(tx, source.id, counterparty_id),
        agreed.state == "differs",
    )
    decision, debts = decided(known, settings, source, now)
    return AccessState(decision, debts, balance.as_of, balance.refreshed_at, agreed)


def decided(
    known: Known, settings: HubSettings, source: SourceSettings, now: datetime
) -> tuple[Decision, tuple[Debt, ...]]:
    """Decide from what is known, and tell which debts are overdue.

    Figures disagree where a comparison with the books says so, and where something is overdue in an account
    that its documents do not explain: such a payment may be in one register and not yet in the other.
    """
    today = now.astimezone(source.time_zone).date()
    late = [
        (item, due)
        for item, due in overdue.judged(known.balance, settings.terms, today)
        if due is not None and due.days_overdue >= 1
    ]
    contradicted = overdue.unexplained(known.balance) & {overdue.account(item) for item, _ in late}
    debts = tuple(Debt(item.currency, item.debt - item.advance, due.overdue_from) for item, due in late)
    fresh = freshness.state(known.balance.as_of, now, settings.fresh_for_s)
    decision = access.decide(
        (rule.judged() for rule in known.rules),
        (one.judged() for one in known.overrides),
        Figures(debts, fresh, known.differs or bool(contradicted)),
        _traits(known),
        now,
        source.time_zone,
    )
    return decision, debts


def _traits(known: Known) -> Mapping[str, set[str]]:
    """What segments ask about: the kind, and the extension fields of the counterparty and its partner."""
    found = {access_rules.KIND: {known.counterparty.kind}}
    extensions = [known.counterparty.extension, *([known.partner.extension] if known.partner else ())]
    for extension in extensions:
        for field, held in json.loads(extension).items():
            found.setdefault(field, set()).add(str(held["value"]))
    return found
