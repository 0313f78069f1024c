"""What one counterparty owes, read for a caller and judged for now: the ground of every list about its debts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from api import ids, standing
from api.balances import not_found
from api.callers import Caller
from api.hub import Hub
from api.standing import BasisFields
from schemas import TABLES
from schemas.records.counterparty import Counterparty
from schemas.settings import SourceSettings
from store import agreement, balances, records
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
    source_id, guid = ids.parse(counterparty_id)
    source, now = hub.source(source_id), hub.clock()
    caller.must_see_money(source_id, guid, not_found)
    with hub.store.reading(caller.tenancy) as tx:
        counterparty = records.get(tx, TABLES["counterparty"], source_id, (guid,))
        known = balances.counterparty(tx, source_id, guid)
        agreed = agreement.state_of(tx, source_id, guid)
    if known is None or counterparty is None:
        raise not_found()
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
