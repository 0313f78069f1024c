"""What one counterparty may open now, with the figures that were used (BS-14)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schemas import TABLES, access, freshness
from schemas.access import Debt, Decision, Figures
from schemas.records.counterparty import Counterparty
from schemas.settings import HubSettings, SourceSettings
from store import access_rules, agreement, balance_views, overdue, records
from store.agreement import AgreementState
from store.engine import Tx


@dataclass(frozen=True, slots=True)
class AccessState:
    """`overdue` are the debts past their due date, as they were true at `as_of`."""

    decision: Decision
    overdue: tuple[Debt, ...]
    as_of: datetime | None
    refreshed_at: datetime | None
    agreement: AgreementState


def evaluate(
    tx: Tx, settings: HubSettings, source: SourceSettings, counterparty_id: str, now: datetime
) -> AccessState | None:
    """Decide for the moment `now`; None for a counterparty the store does not know.

    Figures disagree where a comparison with the books says so, and where something is overdue in an account
    that its documents do not explain: such a payment may be in one register and not yet in the other.
    """
    counterparty = records.get(tx, TABLES["counterparty"], source.id, (counterparty_id,))
    known = balance_views.counterparty(tx, source.id, counterparty_id)
    if counterparty is None or known is None:
        return None
    agreed = agreement.state_of(tx, source.id, counterparty_id)
    today = now.astimezone(source.time_zone).date()
    late = [
        (item, due)
        for item, due in overdue.judged(known, settings.terms, today)
        if due is not None and due.days_overdue >= 1
    ]
    contradicted = overdue.unexplained(known) & {overdue.account(item) for item, _ in late}
    debts = tuple(Debt(item.currency, item.debt - item.advance, due.overdue_from) for item, due in late)
    fresh = freshness.state(known.as_of, now, settings.fresh_for_s)
    decision = access.decide(
        (rule.judged() for rule in access_rules.rules(tx, source.id)),
        (one.judged() for one in access_rules.overrides(tx, source.id, counterparty_id)),
        Figures(debts, fresh, agreed.state == "differs" or bool(contradicted)),
        _traits(tx, source.id, counterparty),
        now,
        source.time_zone,
    )
    return AccessState(decision, debts, known.as_of, known.refreshed_at, agreed)


def _traits(tx: Tx, source: str, counterparty: Counterparty) -> Mapping[str, set[str]]:
    """What segments ask about: the kind, and the extension fields of the counterparty and its partner."""
    found = {access_rules.KIND: {counterparty.kind}}
    partner: Any = None
    if counterparty.partner_id is not None:
        partner = records.get(tx, TABLES["partner"], source, (counterparty.partner_id,))
    for extended in filter(None, (counterparty, partner)):
        for field, held in json.loads(extended.extension).items():
            found.setdefault(field, set()).add(str(held["value"]))
    return found
