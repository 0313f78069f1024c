"""Where events are sent: endpoints with the keys that sign for them.

A webhook is of the key of the API that made it: it hears what that key may read, and nothing once the key is
revoked. One that was made at the command line is of nobody, and hears what it was made for.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, delete, func, insert, select, update

from schemas.errors import InvalidValueError, StoreError
from schemas.events import EVENT_TYPES, EVERY
from schemas.settings import Secret
from schemas.webhooks import DisabledBecause, address
from store import audit, webhook_secrets
from store.engine import Tx
from store.tables_of_api import API_KEY
from store.tables_of_news import DELIVERY, DELIVERY_ATTEMPT, EVENT, WEBHOOK

MOST = 20  # of one key
NOBODYS = audit.AT_THE_COMMAND_LINE  # as the key number of a webhook


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """`events` are types or `*`; `counterparties` None: all that its key sees."""

    id: str
    url: str
    events: tuple[str, ...]
    source: str | None
    counterparties: tuple[str, ...] | None
    key_number: str
    created_at: datetime
    created_by: str
    failing_since: datetime | None
    resting_until: datetime | None
    disabled_at: datetime | None
    disabled_because: DisabledBecause | None
    heard_until: int | None


def in_order(tx: Tx) -> None:
    """Be the only one, until the transaction ends, who writes events or changes who hears them.

    So an event's number tells when it was committed, and is before or after any change of a webhook.
    """
    tx.alone("events")


def alone(tx: Tx, webhook_id: str) -> None:
    """Be the only one, until the transaction ends, who changes what is queued for this webhook.

    Who wants to be `in_order` too is that first: else two could wait for each other.
    """
    tx.alone(f"deliveries of {webhook_id}")


def create(
    tx: Tx,
    *,
    url: str,
    own_hosts: tuple[str, ...],
    by: str,
    events: Sequence[str] = (EVERY,),
    source: str | None = None,
    counterparties: Iterable[str] | None = None,
    key_number: str = NOBODYS,
) -> tuple[Webhook, Secret]:
    """Let events go to `url` from now on; also gives the secret, which is not shown again.

    Errors: InvalidValueError; StoreError where the key has as many as it may.
    """
    _refuse_unsound(url, own_hosts, events)
    named = None if counterparties is None else sorted(set(counterparties))
    if named is not None and (source is None or not named):
        hint = "Name the source and at least one counterparty, or no counterparties at all"
        raise InvalidValueError("Counterparties are of one source", hint=hint, field="counterparties")
    in_order(tx)
    if is_full(tx, key_number):
        hint = "Remove one that is not used, or let one receiver hear more types"
        raise StoreError(f"A key may have {MOST} webhooks", hint=hint)
    webhook_id, secret = f"wh_{secrets.token_hex(12)}", webhook_secrets.new()
    row = {
        "id": webhook_id,
        "url": url,
        "events": json.dumps(sorted(set(events))),
        "source": source,
        "counterparties": None if named is None else json.dumps(named),
        "secrets": webhook_secrets.only(secret),
        "key_number": key_number,
        "created_at": tx.now,
        "created_by": by,
    }
    tx.connection.execute(insert(WEBHOOK).values(**row))
    return must_get(tx, webhook_id), secret


def every(tx: Tx, key_number: str | None = None) -> list[Webhook]:
    """All there are, or those of one key; the oldest first."""
    order = (WEBHOOK.c.created_at, WEBHOOK.c.id)
    wanted = select(WEBHOOK).where(*_of(key_number)).order_by(*order)
    return [_webhook(row) for row in tx.connection.execute(wanted).mappings()]


def get(tx: Tx, webhook_id: str, key_number: str | None = None) -> Webhook | None:
    """With `key_number` as if those of other keys did not exist."""
    wanted = select(WEBHOOK).where(WEBHOOK.c.id == webhook_id, *_of(key_number))
    row = tx.connection.execute(wanted).mappings().one_or_none()
    return None if row is None else _webhook(row)


def must_get(tx: Tx, webhook_id: str) -> Webhook:
    """Errors: StoreError where there is none."""
    found = get(tx, webhook_id)
    if found is None:
        raise StoreError("There is no webhook with this id", hint="`saldo webhooks list` shows them")
    return found


def is_full(tx: Tx, key_number: str) -> bool:
    """Whether this key has as many webhooks as it may."""
    own = select(func.count()).select_from(WEBHOOK).where(WEBHOOK.c.key_number == key_number)
    return int(tx.connection.execute(own).scalar_one()) >= MOST


def disable(
    tx: Tx, webhook_id: str, because: DisabledBecause, *, at: datetime, heard_until: int | None = None
) -> None:
    """Send nothing there, and queue nothing for it; one that is disabled already stays as it is.

    `heard_until` is the last event it could hear, if that is not the last one there is.
    """
    in_order(tx)
    last = select(func.coalesce(func.max(EVENT.c.id), 0)).scalar_subquery()
    living = update(WEBHOOK).where(WEBHOOK.c.id == webhook_id, WEBHOOK.c.disabled_at.is_(None))
    values = {"disabled_at": at, "disabled_because": because}
    tx.connection.execute(living.values(**values, heard_until=last if heard_until is None else heard_until))


def keyless(tx: Tx) -> list[str]:
    """Those that are enabled though their key was revoked or has expired."""
    valid = (
        select(API_KEY.c.number)
        .where(API_KEY.c.number == WEBHOOK.c.key_number, API_KEY.c.revoked_at.is_(None))
        .where((API_KEY.c.expires_at.is_(None)) | (API_KEY.c.expires_at > tx.now))
    )
    living = (WEBHOOK.c.disabled_at.is_(None), WEBHOOK.c.key_number != NOBODYS, ~valid.exists())
    return list(tx.connection.execute(select(WEBHOOK.c.id).where(*living)).scalars())


def disable_keyless(tx: Tx, *, heard_until: int | None = None) -> None:
    """Disable those; `heard_until` as in `disable`."""
    in_order(tx)
    for webhook_id in keyless(tx):
        disable(tx, webhook_id, "key_invalid", at=tx.now, heard_until=heard_until)


def remove(tx: Tx, webhook_id: str) -> None:
    """Forget a webhook with all that was or is to be sent there."""
    in_order(tx)
    alone(tx, webhook_id)
    its = select(DELIVERY.c.id).where(DELIVERY.c.webhook_id == webhook_id)
    tx.connection.execute(delete(DELIVERY_ATTEMPT).where(DELIVERY_ATTEMPT.c.delivery_id.in_(its)))
    tx.connection.execute(delete(DELIVERY).where(DELIVERY.c.webhook_id == webhook_id))
    tx.connection.execute(delete(WEBHOOK).where(WEBHOOK.c.id == webhook_id))


def revive(tx: Tx, webhook_id: str, key_number: str) -> None:
    """Let a webhook be as new, under this key; `deliveries.enable` queues what it did not hear."""
    fresh = ("failing_since", "resting_until", "disabled_at", "disabled_because", "heard_until")
    _set(tx, webhook_id, key_number=key_number, **dict.fromkeys(fresh))


def _refuse_unsound(url: str, own_hosts: tuple[str, ...], events: Sequence[str]) -> None:
    try:
        address(url, own_hosts)
    except ValueError as error:
        hint = "Give the https address of your receiver; its host may be our own only if our settings name it"
        raise InvalidValueError(f"The URL {error}", hint=hint, field="url") from error
    if not events or set(events) - {EVERY, *EVENT_TYPES}:
        hint = f"Choose of {', '.join(EVENT_TYPES)}; or * for all"
        raise InvalidValueError("There is no such type of event", hint=hint, field="events")


def _of(key_number: str | None) -> list[ColumnElement[bool]]:
    return [] if key_number is None else [WEBHOOK.c.key_number == key_number]


def _set(tx: Tx, webhook_id: str, **values: Any) -> None:
    tx.connection.execute(update(WEBHOOK).where(WEBHOOK.c.id == webhook_id).values(**values))


def _webhook(row: Any) -> Webhook:
    fields = {name: row[name] for name in Webhook.__dataclass_fields__}
    named = fields["counterparties"]
    return Webhook(
        **{
            **fields,
            "events": tuple(json.loads(fields["events"])),
            "counterparties": None if named is None else tuple(json.loads(named)),
            "disabled_because": cast("DisabledBecause | None", fields["disabled_because"]),
        }
    )
