"""What one counterparty owes, read for a caller and judged for now: the ground of every list about its debts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from api.parties import party
from api.trust import standing
from api.trust.standing import BasisFields
from api.web.callers import Caller, counterparty_not_found
from api.web.hub import Hub
from schemas.records.counterparty import Counterparty
from schemas.settings import SourceSettings
from store import agreement, balances
from store.accounts import Account, explained


@dataclass(frozen=True, slots=True)
class Known:
    """`basis` is what the answer says of itself; the accounts hold everything that is open, exactly."""

    source: SourceSettings
    counterparty: Counterparty
    accounts: list[Account]
    today: date
    basis: BasisFields


def read(hub: Hub, caller: Caller, counterparty_id: str) -> Known:
    """Errors: ProblemError malformed_id, source_not_found, counterparty_not_found, reach_too_narrow."""
    of, now = party.of_money(hub, caller, counterparty_id), hub.clock()
    source = of.source
    with hub.store.reading(caller.tenancy) as tx:
        counterparty = of.record(tx)
        known = balances.counterparty(tx, source.id, of.guid)
        agreed = agreement.state_of(tx, source.id, of.guid)
    if known is None:
        raise counterparty_not_found()
    today = now.astimezone(source.time_zone).date()
    basis = standing.basis(
        source,
        as_of=known.as_of,
        synced_at=known.refreshed_at,
        agreement=agreed,
        target_s=hub.settings.fresh_for_s,
        now=now,
    )
    return Known(source, counterparty, explained(known, hub.settings.terms, today), today, basis)
