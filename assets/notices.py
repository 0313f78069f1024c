"""Notifications: 1C, or anybody with the key, names a record; all that wait become one small pull."""

from __future__ import annotations

import re

from assets import named, sync
from assets.ordinary import Pulled
from assets.source import Source
from assets.sync import Run
from connectors.odata import ODataClient
from store import notifications, rejections
from store.batch import Rejection
from store.engine import Store
from store.notifications import Notification

GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)


def waiting(store: Store, source: Source) -> int:
    with store.reading() as tx:
        return notifications.count(tx, source.id)


def pull(store: Store, client: ODataClient, source: Source, run: Run) -> Pulled:
    """Read every record that was named, and what the documents among them moved.

    A notification is done when its record is mapped: a pass that dies leaves all of them waiting.
    """
    with store.reading() as tx:
        pending = notifications.pending(tx, source.id)
    known = [one for one in pending if _understood(source, one)]
    wanted = named.records(source, {one.record_id: one.entity for one in known})
    read = named.pull(store, client, source, wanted, run)
    balanced = sync.refresh_balances(store, source) if read.mapped else None
    with store.transaction() as tx:
        for one in pending:
            if one not in known:
                rejections.save(tx, source.id, one.entity, [_strange(one)], step="notify")
        notifications.done(tx, [one.id for one in pending], run.id)
    return Pulled(None, read.landed, read.mapped, balanced)


def _understood(source: Source, one: Notification) -> bool:
    known = any(one.entity in (entity.name, entity.source) for entity in source.entities)
    return known and GUID.fullmatch(one.record_id) is not None


def _strange(one: Notification) -> Rejection:
    return Rejection(
        one.record_id,
        "notification",
        ("entity", "id"),
        "a notification names a kind of record that is not read here, or no key",
        "Correct the sender: docs/notifications.md; then `saldo quarantine resolve` closes this one.",
        0,
        0,
    )
