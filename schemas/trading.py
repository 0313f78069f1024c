"""Whether the company trades with a counterparty at all (CM-15): another thing than access to the site."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

Status = Literal["active", "suspended"]
DecidedBy = Literal["accounting_system", "site", "both"]


@dataclass(frozen=True, slots=True)
class Suspension:
    """Set on the site; both days belong to it, without `to_on` it lasts until it is ended."""

    from_on: date
    to_on: date | None


@dataclass(frozen=True, slots=True)
class Trading:
    """`decided_by` names who suspended it, or that both let it trade; days are known of the site's word only."""

    status: Status
    decided_by: DecidedBy
    from_on: date | None = None
    to_on: date | None = None


def judge(closed_in_books: bool, suspensions: Iterable[Suspension], today: date) -> Trading:
    """The stricter of what the accounting system and the site say. Of several suspensions the longest is told."""
    valid = [one for one in suspensions if one.from_on <= today and (one.to_on is None or today <= one.to_on)]
    if not valid:
        return Trading("suspended", "accounting_system") if closed_in_books else Trading("active", "both")
    longest = min(valid, key=lambda one: (-(one.to_on or date.max).toordinal(), one.from_on))
    to_on = None if closed_in_books else longest.to_on
    return Trading("suspended", "both" if closed_in_books else "site", longest.from_on, to_on)
