"""What the storefront is told, from what is true: pure, so that one state is told in one way.

A state is what two looks are compared by; what changes by itself (the day, `as_of`) is in the event only. An empty
state is nothing worth telling: nothing owed, nothing restricted, a document that is not shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schemas.events import EventType
from schemas.ids import external, optional
from schemas.journal import PAYMENTS
from schemas.money import Money
from schemas.settings import SourceSettings
from store.accounts import overdue
from store.events import NewEvent
from store.party_facts import Facts
from store.told import State
from store.told_documents import Difference

MOVED = "moved"  # why a document is withdrawn from a counterparty that it no longer names
OF_PARTIES: Mapping[str, EventType] = {
    "balance": "balance.changed",
    "overdue": "overdue.changed",
    "access": "access.changed",
    "trading": "trading.changed",
}
# What an event says where the state is empty.
_UNRESTRICTED = {"state": "open", "reason": None, "since": None, "expires_at": None}
_TRADED_WITH = {"status": "active", "decided_by": "both", "from_on": None, "to_on": None}
_EMPTY: Mapping[str, State] = {
    "balance": {"contracts": []},
    "overdue": {"contracts": []},
    "access": _UNRESTRICTED,
    "trading": _TRADED_WITH,
}


@dataclass(frozen=True, slots=True)
class Moment:
    """When it is told, and in whose clock."""

    source: SourceSettings
    now: datetime

    def local(self, moment: datetime | None) -> str | None:
        return moment.astimezone(self.source.time_zone).isoformat() if moment else None


def party_states(moment: Moment, facts: Facts) -> dict[str, State]:
    """What is true of a counterparty, by topic."""
    source = moment.source.id
    debts: list[dict[str, str | None]] = []
    late: list[dict[str, str | None]] = []
    for account in facts.accounts:
        currency = account.owed.currency
        debt, unpaid = Money(account.owed.debt, currency), overdue(account.items, currency)
        names = {
            "contract_id": optional(source, account.owed.contract_id),
            "organization_id": optional(source, account.owed.organization_id),
            "currency": str(currency),
        }
        debts += [{**names, "debt": str(debt)}] if debt.units else []
        late += [{**names, "overdue": str(unpaid)}] if unpaid.units else []
    return {
        "balance": {"contracts": sorted(debts, key=_place)} if debts else {},
        "overdue": {"contracts": sorted(late, key=_place)} if late else {},
        "access": _access(moment, facts),
        "trading": _trading(facts),
    }


def _place(row: Mapping[str, str | None]) -> tuple[str, str, str]:
    return row["contract_id"] or "", row["organization_id"] or "", row["currency"] or ""


def _access(moment: Moment, facts: Facts) -> State:
    """Why nothing restricts (no rule, within the rules, doubtful figures) is no news: the API tells."""
    decision = facts.decision
    if decision.state == "open" and decision.override is None:
        return {}
    expires_at = decision.override.expires_at if decision.override else None
    return {
        "state": decision.state,
        "reason": decision.reason,
        "since": moment.local(decision.since),
        "expires_at": moment.local(expires_at),
    }


def _trading(facts: Facts) -> State:
    traded = facts.trading
    if traded.status == "active":
        return {}
    return {
        "status": traded.status,
        "decided_by": traded.decided_by,
        "from_on": traded.from_on.isoformat() if traded.from_on else None,
        "to_on": traded.to_on.isoformat() if traded.to_on else None,
    }


def of_party(
    moment: Moment, topic: str, counterparty_id: str, state: State, version: int, facts: Facts
) -> NewEvent:
    data = {
        "counterparty_id": external(moment.source.id, counterparty_id),
        "version": version,
        "as_of": moment.local(facts.as_of),
        **(state or _EMPTY[topic]),
    }
    if topic == "overdue":
        data["overdue_on"] = moment.now.astimezone(moment.source.time_zone).date().isoformat()
    return NewEvent(OF_PARTIES[topic], counterparty_id, counterparty_id, version, data)


def of_document(moment: Moment, found: Difference) -> Iterator[NewEvent]:
    """One that goes over to another counterparty is withdrawn from the first: each hears what concerns him."""
    before, now, version = found.told, found.state, found.version
    moved = bool(before and now) and before["counterparty_id"] != now["counterparty_id"]
    if before and (moved or not now):
        version += 1
        data = {**_document(moment, found.id, before, version), "withdrawn_reason": found.hidden or MOVED}
        yield NewEvent("document.withdrawn", before["counterparty_id"], found.id, version, data)
    if not now:
        return
    types: tuple[EventType, ...] = ("document.changed",)
    if moved or not before:
        is_payment = now["kind"] in PAYMENTS
        types = ("document.ready", "payment.received") if is_payment else ("document.ready",)
    for type_ in types:
        version += 1
        data = _document(moment, found.id, now, version)
        yield NewEvent(type_, now["counterparty_id"], found.id, version, data)


def _document(moment: Moment, document_id: str, state: State, version: int) -> dict[str, Any]:
    source, zone = moment.source.id, moment.source.time_zone
    dated_at = datetime.fromisoformat(state["dated_at"]).replace(tzinfo=zone)
    return {
        "id": external(source, document_id),
        "version": version,
        "kind": state["kind"],
        "number": state["number"],
        "dated_at": dated_at.isoformat(),
        "amount": str(Money(state["amount"], state["currency"])),
        "currency": state["currency"],
        "status": state["status"] or None,
        "due_on": state["due_on"],
        **{
            f"{name}_id": optional(source, state[f"{name}_id"])
            for name in ("counterparty", "organization", "contract", "order")
        },
    }


def of_sync(moment: Moment, reasons: list[str], version: int, as_of: datetime | None) -> NewEvent:
    data = {
        "source": moment.source.id,
        "version": version,
        "as_of": moment.local(as_of),
        "reasons": reasons,
    }
    type_: EventType = "sync.degraded" if reasons else "sync.recovered"
    return NewEvent(type_, None, moment.source.id, version, data)
