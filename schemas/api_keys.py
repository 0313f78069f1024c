"""Who asks the storefront's API: what a key may do, and whose rows it may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

Permission = Literal[
    "balances:read",
    "parties:read",
    "documents:read",
    "statements:read",
    "statements:write",
    "orders:read",
    "orders:write",
    "orders:approve",
    "parties:write",
    "catalog:read",
    "access:read",
    "sync:read",
    "sync:write",
    "lineage:read",
    "events:read",
    "webhooks:write",
    "rules:write",
    "audit:read",
]
Reach = Literal["own", "branch", "subtree", "company"]

PERMISSIONS: tuple[Permission, ...] = get_args(Permission)
REACHES: tuple[Reach, ...] = get_args(Reach)
ADMIN: tuple[Permission, ...] = ("rules:write", "webhooks:write", "sync:write", "audit:read")
STOREFRONT = tuple(one for one in PERMISSIONS if one not in ADMIN)  # what a new key may do if nothing is said


@dataclass(frozen=True, slots=True)
class Tenancy:
    """Whose rows may be seen: of one accounting base or all, of some counterparties or everybody.

    With `contact_id` only what this person of theirs placed: no balances.
    """

    source: str | None = None
    counterparties: frozenset[str] | None = None
    contact_id: str | None = None

    def reads(self, source: str) -> bool:
        """Whether any row of this accounting base may be seen."""
        return self.source in (None, source)

    def admits(self, source: str, counterparty_id: str | None) -> bool:
        """Whether rows of this counterparty may be seen; what belongs to nobody is seen by who sees everybody."""
        return self.reads(source) and (self.counterparties is None or counterparty_id in self.counterparties)


EVERYBODY = Tenancy()


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is kept: of its secret only a hash. `number` is what people and the log call it by.

    Bound to a counterparty, its `reach` is: what the contact placed (own), the counterparty (branch), with
    those below it (subtree), or all that have the same head office (company). `per_minute` is how many
    requests it may make; None: the hub's own limit.
    """

    number: str
    name: str
    permissions: tuple[Permission, ...]
    source: str | None
    counterparty_id: str | None
    contact_id: str | None
    reach: Reach
    per_minute: int | None
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    revoked_at: datetime | None
    revoked_by: str | None

    def is_valid(self, now: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)
