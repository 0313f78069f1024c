"""Bringing events to their receivers: side by side, and in order for each one.

At least once: a courier that is killed after a receiver took a message and before that was noted leaves it to be
sent again, under the same id. Never twice at a time: who sends to a webhook holds its lease.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

import msgspec

from connectors.webhooks import Line, Sender
from schemas.errors import LeaseLostError
from store import courier, leases, webhooks
from store.courier import Due, Round
from store.engine import Store
from store.leases import Lease

LOG = logging.getLogger("saldo.webhooks")
AT_ONCE = 16  # webhooks
OF_A_ROUND = 20  # deliveries between two looks whether the webhook is still enabled
LEASE_S = 30.0  # more than one message may take
_CHANCE = secrets.SystemRandom()


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a courier did; `busy` are webhooks that another one is at."""

    delivered: int = 0
    failed: int = 0
    given_up: int = 0
    disabled: int = 0
    busy: int = 0


def deliver(store: Store, sender: Sender, clock: Callable[[], datetime], budget_s: float) -> Delivered:
    """Send what is due; no new message is begun after `budget_s`, and each takes ten seconds at most."""
    _silence_keyless(store)
    with store.reading() as tx:
        waiting = courier.waiting(tx, clock())
    if not waiting:
        return Delivered()
    work = _Work(store, sender, clock, time.monotonic() + budget_s)
    with ThreadPoolExecutor(min(len(waiting), AT_ONCE), thread_name_prefix="webhook") as pool:
        counted = sum(pool.map(work.serve, waiting), Counter[str]())
    return Delivered(**counted)


def body(event: Due) -> bytes:
    """The message, the same bytes at every attempt."""
    data = {**msgspec.json.decode(event.data), "version": event.version}
    told = {"type": event.type, "timestamp": event.at.isoformat().replace("+00:00", "Z"), "data": data}
    return msgspec.json.encode(told)


@dataclass(frozen=True, slots=True)
class _Work:
    store: Store
    sender: Sender
    clock: Callable[[], datetime]
    until: float

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self.until

    def serve(self, webhook_id: str) -> Counter[str]:
        """Send one webhook what is due. What goes wrong with it stops no other."""
        counted: Counter[str] = Counter()
        if self.is_over:
            return counted
        holder = f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"
        try:
            with leases.if_free(self.store, f"webhook {webhook_id}", holder=holder, ttl_s=LEASE_S) as lease:
                if lease is None:
                    counted["busy"] += 1
                else:
                    self._send_all(webhook_id, lease, counted)
        except LeaseLostError:
            counted["busy"] += 1
        except Exception:
            LOG.exception("webhook %s could not be served", webhook_id)
            counted["failed"] += 1
        return counted

    def _send_all(self, webhook_id: str, lease: Lease, counted: Counter[str]) -> None:
        """One round after the other, on one connection, until something fails."""
        found = self._next(webhook_id)
        if found is None:
            return
        with self.sender.line(found.url) as line:
            while found is not None:
                for due in found.due:
                    if self.is_over or not self._send(line, found, due, lease, counted):
                        return
                found = self._next(webhook_id)

    def _next(self, webhook_id: str) -> Round | None:
        with self.store.reading() as tx:
            return courier.next_round(tx, webhook_id, self.clock(), OF_A_ROUND)

    def _send(self, line: Line, found: Round, due: Due, lease: Lease, counted: Counter[str]) -> bool:
        outcome = line.post(due.event_id, body(due), found.secrets)
        with self.store.transaction() as tx:
            leases.check(tx, lease)
            noted = courier.note(tx, due, outcome, self.clock(), _CHANCE.random())
        counted[noted] += 1
        return outcome.is_delivered


def _silence_keyless(store: Store) -> None:
    """A revoked key hears nothing more, not even what was queued before."""
    with store.reading() as tx:
        found = webhooks.keyless(tx)
    if found:
        with store.transaction() as tx:
            webhooks.disable_keyless(tx)
