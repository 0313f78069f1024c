"""Who hears which event: what a webhook was made for, within what its key may read and sees now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from schemas.api_keys import EVERYBODY, PERMISSIONS, Permission, Tenancy
from schemas.events import EVERY, heard_with
from store import api_keys, tenancy, webhooks
from store.engine import Tx
from store.webhooks import Webhook


class Happened(NamedTuple):
    """Of an event what decides who hears it; `number` tells its place among all events."""

    number: int
    type: str
    source: str
    counterparty_id: str | None


@dataclass(frozen=True, slots=True)
class Listener:
    webhook: Webhook
    permissions: tuple[Permission, ...]
    tenancy: Tenancy

    def hears(self, event: Happened) -> bool:
        own = self.webhook
        if EVERY not in own.events and event.type not in own.events:
            return False
        if heard_with(event.type) not in self.permissions or self.tenancy.contact_id is not None:
            return False
        if own.source not in (None, event.source):
            return False
        if own.counterparties is not None and event.counterparty_id not in own.counterparties:
            return False
        return self.tenancy.admits(event.source, event.counterparty_id)


def of(tx: Tx, webhook: Webhook) -> Listener | None:
    """What a webhook hears, as its key sees now; None where that key is of no use any more."""
    if webhook.key_number == webhooks.NOBODYS:
        return Listener(webhook, PERMISSIONS, EVERYBODY)
    key = api_keys.get(tx, webhook.key_number)
    if key is None or not key.is_valid(tx.now):
        return None
    return Listener(webhook, key.permissions, tenancy.of_key(tx, key))


def living(tx: Tx) -> list[Listener]:
    """Every webhook that is enabled and whose key is valid."""
    enabled: Iterable[Webhook] = (one for one in webhooks.every(tx) if one.disabled_at is None)
    found = (of(tx, one) for one in enabled)
    return [one for one in found if one is not None]
