"""Rules of access and states set by hand: kept on the site, ended by a person's word, never overwritten (BS-14)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select

from schemas import TABLES
from schemas.access import STATES, Access, AccessOverride, AccessRule, Segment
from schemas.errors import InvalidValueError
from schemas.money import MAX_UNITS, currencies
from store import records, site_rows
from store.engine import Tx
from store.record_tables import STORED
from store.site_rows import SiteRow
from store.tables_of_site import ACCESS_OVERRIDE, ACCESS_RULE

LISTED_BY = "saldo access list"
KIND = "kind"  # the one field of a segment that is no extension field
LONGEST_DAYS = 3650
ANY_DEBT = 1  # minor unit: no overdue debt is smaller

_PROPERTY = STORED[TABLES["property"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(SiteRow):
    """`segment` is "kind" or the key of an extension field, `segment_name` what that field is called."""

    state: Access
    days: int
    currency: str | None
    amount: int
    segment: str | None
    segment_name: str | None
    segment_value: str | None

    def judged(self) -> AccessRule:
        """The rule as it is decided by."""
        segment = None if self.segment is None else Segment(self.segment, self.segment_value or "")
        return AccessRule(self.id, self.state, self.days, self.currency, self.amount, segment, self.set_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Override(SiteRow):
    """The state of one counterparty, by hand."""

    counterparty_id: str
    state: Access
    expires_at: datetime | None

    def judged(self) -> AccessOverride:
        return AccessOverride(self.id, self.state, self.set_at, self.expires_at)


def add_rule(
    tx: Tx,
    source: str,
    *,
    state: Access,
    days: int,
    by: str,
    reason: str,
    currency: str | None = None,
    amount: int = ANY_DEBT,
    segment: tuple[str, str] | None = None,
) -> int:
    """Keep a rule; `segment` is the name or key of an extension field, or "kind", and its value. Gives the number.

    Errors: InvalidValueError for a state, days or an amount that are none, and for a field the store does not know.
    """
    _state(state)
    if not 1 <= days <= LONGEST_DAYS:
        hint = f"Give whole days, 1 to {LONGEST_DAYS}"
        raise InvalidValueError("Nothing is overdue for so many days", hint=hint, field="days")
    if currency is not None and currency not in currencies():
        hint = "Give the ISO code, such as RUB"
        raise InvalidValueError("The rule is about no known currency", hint=hint, field="currency")
    if not 1 <= amount <= MAX_UNITS or (amount > ANY_DEBT and currency is None):
        hint = "Give an amount above zero with its currency, or neither: then any overdue debt counts"
        what = "The rule names an amount that cannot be compared"
        raise InvalidValueError(what, hint=hint, field="amount")
    field, value = segment or (None, None)
    values = {
        "state": state,
        "days": days,
        "currency": currency,
        "amount": amount,
        "segment": None if field is None else _field(tx, source, field),
        "segment_name": field,
        "segment_value": value,
    }
    return site_rows.add(tx, ACCESS_RULE, source, by=by, reason=reason, **values)


def end_rule(tx: Tx, number: int, *, by: str, reason: str) -> None:
    site_rows.end(tx, ACCESS_RULE, number, by=by, reason=reason, listed_by=LISTED_BY)


def rule(tx: Tx, number: int) -> Rule | None:
    row = site_rows.get(tx, ACCESS_RULE, number)
    return None if row is None else Rule(**row)


def rules(tx: Tx, source: str, *, ended: bool = False) -> list[Rule]:
    """Rules that were not ended, or with `ended` all there ever were, the newest first."""
    return [Rule(**row) for row in site_rows.read(tx, ACCESS_RULE, source, ended=ended)]


def add_override(
    tx: Tx,
    source: str,
    counterparty_id: str,
    *,
    state: Access,
    by: str,
    reason: str,
    expires_at: datetime | None = None,
) -> int:
    """Set the state of a counterparty by hand; what was set before is ended. Gives the number.

    Errors: InvalidValueError for a state that is none, an expiry that is past, and a counterparty nobody knows.
    """
    _state(state)
    if expires_at is not None and expires_at <= tx.now:
        hint = "Give a moment that is to come, or none"
        raise InvalidValueError("It would expire before it counts", hint=hint, field="expires_at")
    if records.get(tx, TABLES["counterparty"], source, (counterparty_id,)) is None:
        hint = "Check the key; what is new in the accounting system comes with the next sync"
        what = "The store has no counterparty with this key"
        raise InvalidValueError(what, hint=hint, field="counterparty_id", source=source)
    tx.alone(f"access overrides {source}")
    column = ACCESS_OVERRIDE.c
    same = (column.source == source, column.counterparty_id == counterparty_id)
    site_rows.end_all(tx, ACCESS_OVERRIDE, *same, by=by, reason=f"replaced: {reason}")
    values = {"counterparty_id": counterparty_id, "state": state, "expires_at": expires_at}
    return site_rows.add(tx, ACCESS_OVERRIDE, source, by=by, reason=reason, **values)


def end_override(tx: Tx, number: int, *, by: str, reason: str) -> None:
    site_rows.end(tx, ACCESS_OVERRIDE, number, by=by, reason=reason, listed_by=LISTED_BY)


def override(tx: Tx, number: int) -> Override | None:
    row = site_rows.get(tx, ACCESS_OVERRIDE, number)
    return None if row is None else Override(**row)


def overrides(
    tx: Tx, source: str, counterparty_id: str | None = None, *, ended: bool = False
) -> list[Override]:
    """States set by hand, of one counterparty or of all; those that expired are among them."""
    column = ACCESS_OVERRIDE.c
    which = () if counterparty_id is None else (column.counterparty_id == counterparty_id,)
    return [Override(**row) for row in site_rows.read(tx, ACCESS_OVERRIDE, source, *which, ended=ended)]


def _state(state: str) -> None:
    if state not in STATES:
        hint = f"Give one of {', '.join(STATES)}"
        raise InvalidValueError("There is no such state of access", hint=hint, field="state")


def _field(tx: Tx, source: str, name: str) -> str:
    """The key of the extension field that is called so."""
    if name == KIND:
        return KIND
    column = _PROPERTY.c
    called = or_(column.id == name, column.name == name, column.title == name)
    wanted = select(column.id).where(column.source == source, column.gone_at.is_(None), called)
    found = tx.connection.execute(wanted).scalars().all()
    if len(found) != 1:
        raise InvalidValueError(
            f"{len(found) or 'No'} extension fields are called so",
            hint='Give the field\'s name or key as the accounting system has it, or "kind"',
            field="segment",
            source=source,
        )
    return str(found[0])
