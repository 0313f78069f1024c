"""What is to be sent where: one delivery for every event and webhook that hears it.

It is queued in the transaction that writes the event, under the lock that also every change of a webhook takes:
an event comes before such a change or after it, so that none is missed and none is queued twice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, select, update

from schemas.errors import InvalidValueError, StoreError
from schemas.events import TEST
from store import inserts, listeners, webhooks
from store.engine import Tx
from store.listeners import Happened, Listener
from store.tables_of_news import DELIVERY, DELIVERY_ATTEMPT, EVENT
from store.webhooks import Webhook

MOST_REPLAYED = 100_000  # events looked at for one replay
_AT_ONCE = 2_000
_AFRESH = {"state": "pending", "attempts": 0, "tried_since": None}


def queue(tx: Tx, after: int) -> int:
    """Queue the events numbered above `after` for all who hear them; tells how many deliveries that makes.

    The caller has been `webhooks.in_order` since before it wrote them.
    """
    webhooks.disable_keyless(tx, heard_until=after)
    return _queue(tx, listeners.living(tx), EVENT.c.id > after)


def queue_test(tx: Tx, webhook_id: str, number: int) -> None:
    """Queue the event `number` for one webhook, whatever it wants to hear."""
    _add(tx, [(webhook_id, number)])


def enable(tx: Tx, webhook_id: str, key_number: str | None = None) -> int:
    """Send there again what waits and what it did not hear; `key_number` lets it hear as another key.

    Gives how many deliveries wait then. Errors: StoreError where its key is of no use.
    """
    webhooks.in_order(tx)
    webhooks.alone(tx, webhook_id)
    found = webhooks.must_get(tx, webhook_id)
    webhooks.revive(tx, webhook_id, key_number or found.key_number)
    listener = listeners.of(tx, webhooks.must_get(tx, webhook_id))
    if listener is None:
        hint = "`saldo webhooks enable <id> --key <number>` lets it hear as another key"
        raise StoreError("The key of this webhook was revoked or has expired", hint=hint)
    if found.heard_until is not None:
        _queue(tx, [listener], EVENT.c.id > found.heard_until)
    waiting = (DELIVERY.c.webhook_id == webhook_id, DELIVERY.c.state == "pending")
    tx.connection.execute(update(DELIVERY).where(*waiting).values(**_AFRESH, next_at=tx.now))
    return _count(tx, DELIVERY, *waiting)


def replay(
    tx: Tx,
    webhook: Webhook,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    types: Collection[str] = (),
    event_ids: Sequence[str] = (),
    given_up: bool = False,
) -> int:
    """Queue events again that the webhook hears, delivered or not; tells how many.

    Errors: InvalidValueError where an id is none of what it hears, or where that is too much at once.
    """
    webhooks.in_order(tx)
    webhooks.alone(tx, webhook.id)
    which = _chosen(webhook, since, until, types, event_ids, given_up=given_up)
    if _count(tx, EVENT, *which) > MOST_REPLAYED:
        hint = "Replay a shorter time at once: name `until`, or types"
        raise InvalidValueError(f"These are more than {MOST_REPLAYED} events", hint=hint, field="since")
    listener = listeners.of(tx, webhook)
    queued = 0 if listener is None else _queue(tx, [listener], *which, again=True)
    if queued < len(set(event_ids)):
        hint = "Send ids that a delivery or GET /v1/events gave; events are kept for 30 days"
        raise InvalidValueError("Some are no events that this webhook hears", hint=hint, field="event_ids")
    return queued


def drop_of(tx: Tx, numbers: Sequence[int]) -> None:
    """Forget the deliveries of these events, before the events themselves are dropped."""
    of_them = DELIVERY.c.event_number.in_(numbers)
    its = select(DELIVERY.c.id).where(of_them)
    tx.connection.execute(delete(DELIVERY_ATTEMPT).where(DELIVERY_ATTEMPT.c.delivery_id.in_(its)))
    tx.connection.execute(delete(DELIVERY).where(of_them))


def is_pending(number: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether an event of this number is still to be sent somewhere."""
    return exists().where(DELIVERY.c.event_number == number, DELIVERY.c.state == "pending")


def _chosen(
    webhook: Webhook,
    since: datetime | None,
    until: datetime | None,
    types: Collection[str],
    event_ids: Sequence[str],
    *,
    given_up: bool,
) -> list[ColumnElement[bool]]:
    column, which = EVENT.c, [EVENT.c.type != TEST]
    if since is not None:
        which.append(column.at >= since)
    if until is not None:
        which.append(column.at < until)
    if types:
        which.append(column.type.in_(types))
    if event_ids:
        which.append(column.event_id.in_(event_ids))
    if given_up:
        its = select(DELIVERY.c.event_number)
        its = its.where(DELIVERY.c.webhook_id == webhook.id, DELIVERY.c.state == "given_up")
        which.append(column.id.in_(its))
    return which


def _queue(tx: Tx, hearing: list[Listener], *which: ColumnElement[bool], again: bool = False) -> int:
    queued = 0
    for some in _happened(tx, *which) if hearing else ():
        heard = [(one.webhook.id, event.number) for event in some for one in hearing if one.hears(event)]
        _add(tx, heard, again=again)
        queued += len(heard)
    return queued


def _happened(tx: Tx, *which: ColumnElement[bool]) -> Iterator[list[Happened]]:
    column, last = EVENT.c, -1
    wanted = select(column.id, column.type, column.source, column.counterparty_id)
    wanted = wanted.where(column.type != TEST, *which).order_by(column.id).limit(_AT_ONCE)
    while some := [Happened(*row) for row in tx.connection.execute(wanted.where(column.id > last))]:
        yield some
        last = some[-1].number


def _add(tx: Tx, pairs: Iterable[tuple[str, int]], *, again: bool = False) -> None:
    """Queue; with `again` also what is there already, from its beginning."""
    fresh = {**_AFRESH, "next_at": tx.now}
    rows = [{"webhook_id": webhook_id, "event_number": number, **fresh} for webhook_id, number in pairs]
    if not rows:
        return
    added = inserts.into(tx.dialect, DELIVERY)
    same = (DELIVERY.c.webhook_id, DELIVERY.c.event_number)
    if again:
        added = added.on_conflict_do_update(index_elements=same, set_={**fresh, "delivered_at": None})
    else:
        added = added.on_conflict_do_nothing(index_elements=same)
    tx.connection.execute(added, rows)


def _count(tx: Tx, table: Any, *which: ColumnElement[bool]) -> int:
    return int(tx.connection.execute(select(func.count()).select_from(table).where(*which)).scalar_one())
