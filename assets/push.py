"""Bringing to the books what is queued: each under its own claim, several at once, in order within a lane.

Nothing here blocks for long: a base that does not answer, one order that is refused, or a worker that died, leave
everything else to go on. Who calls this, and how often, changes nothing: the outbox is the truth.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from assets import alone, order_pull, party_pull, push_content, push_parties, push_steps, statement_asking
from assets.push_books import Books
from assets.pushing import Pushing
from assets.source import Source
from assets.sync import Run
from connectors.odata import ODataClient
from connectors.writing import Writing
from schemas.errors import (
    HubError,
    LeaseLostError,
    NotReceivedError,
    SourceError,
    SourceRefusedError,
    SourceUnavailableError,
)
from schemas.submissions import KINDS, Kind, State, Why
from store import outbox, outbox_waits, submissions
from store.engine import Store
from store.outbox import Claim
from store.submissions import Submission

LOG = logging.getLogger("saldo.push")
SPENDS_AT_MOST_S = 60.0  # in one run: what is left is the next run's
LOOK_S = 0.1
RESTS_S = 5.0  # until a paused base is looked at again
BESIDE_THE_ANSWER_S = 30.0  # of a claim's time

Clients = Callable[[Source], AbstractContextManager[ODataClient]]


@dataclass(frozen=True, slots=True)
class Pushed:
    """How far one came."""

    number: int
    id: str
    kind: Kind
    state: State
    why: Why | None
    ref_key: str | None
    document_number: str
    seconds: float


@dataclass(slots=True)
class Gate:
    """What is asked before every request: is the base paused, and is the order still this thread's?"""

    store: Store
    source: str
    paused: Callable[[], None] | None
    _mine: threading.local = field(default_factory=threading.local)

    def holds(self, claim: Claim) -> None:
        self._mine.claim = claim

    def __call__(self) -> None:
        try:
            if self.paused is not None:
                self.paused()
        except SourceUnavailableError as error:
            raise NotReceivedError(error.message, hint=error.hint, source=self.source) from error
        with self.store.reading() as tx:
            outbox.look(tx, self._mine.claim)


@dataclass(frozen=True, slots=True)
class Pushes:
    """One run's work on one base, from several threads; `away` is set by the first that got no answer."""

    store: Store
    source: Source
    run: Run
    writing: Writing
    gate: Gate
    ttl_s: float
    until: float
    away: threading.Event = field(default_factory=threading.Event)
    busy: set[int] = field(default_factory=set)  # what the threads are at

    def drain(self) -> list[Pushed]:
        """Take one after the other while there are any, and look for more while another thread is still busy."""
        done: list[Pushed] = []
        while not self.away.is_set() and time.monotonic() < self.until:
            claim = self._claim()
            if claim is not None:
                try:
                    done.append(self._one(claim))
                finally:
                    self.busy.discard(claim.submission.number)
            elif not self.busy:
                break
            else:
                self.away.wait(LOOK_S)
        return done

    def _claim(self) -> Claim | None:
        with self.store.reading() as tx:
            if self.source.id not in outbox.waiting(tx):
                return None
        holder = f"{socket.gethostname()}:{os.getpid()}:{self.run.id}"
        with self.store.transaction() as tx:
            claim = outbox.claim(tx, self.source.id, holder, self.ttl_s)
        if claim is not None:
            self.busy.add(claim.submission.number)
        return claim

    def _one(self, claim: Claim) -> Pushed:
        started = time.monotonic()
        try:
            self.gate.holds(claim)
            push_steps.push(self._pushing(claim))
        except SourceUnavailableError as error:
            self._away(claim, error)
        except LeaseLostError:
            LOG.warning("%s was taken over by another", claim.submission.id)
        except HubError as error:
            LOG.warning("%s: %s", claim.submission.id, error)
            said = error.words if isinstance(error, SourceRefusedError) else ""
            self._later(claim, said or f"{error.message}. {error.hint}")
        except Exception as error:
            LOG.exception("%s could not be pushed", claim.submission.id)
            self._later(claim, f"A fault of the hub: {type(error).__name__}. Its log tells more.")
        with self.store.reading() as tx:
            now = submissions.by_number(tx, claim.submission.number)
        return _pushed(now, time.monotonic() - started)

    def _pushing(self, claim: Claim) -> Pushing:
        own = self.source.settings
        if claim.submission.kind != "order":
            return push_parties.pushing(self.store, own, claim, self.writing, self.run.id)
        with self.store.reading() as tx:
            body, sent, outgoing = push_content.of(tx, own, claim.submission)
        books = Books(self.store, claim, self.writing, outgoing, sent, own.orders.chosen_key, self.run.id)
        return Pushing(self.store, own.orders, claim, books, body)

    def _away(self, claim: Claim, error: SourceError) -> None:
        LOG.warning("%s: %s", self.source.id, error)
        self.away.set()
        with self.store.transaction() as tx:
            outbox_waits.away(tx, claim)

    def _later(self, claim: Claim, said: str) -> None:
        """It is in trouble of its own: the others go on."""
        try:
            with self.store.transaction() as tx:
                now = outbox.check(tx, claim)
                if now.state in outbox.MOVING:
                    submissions.note(tx, now, words=said)
                outbox_waits.later(tx, claim, claim.attempts + 1)
        except LeaseLostError:
            LOG.warning("%s was taken over by another", claim.submission.id)


def may(store: Store, source: Source) -> bool:
    """Whether the base may be asked now; where not, what is due is let rest, and says why."""
    why = statement_asking.why_not(store, source, datetime.now(UTC))
    if why not in ("source_paused", "quiet_hours"):
        return True
    with store.transaction() as tx:
        outbox_waits.rest(tx, source.id, why, RESTS_S)
    return False


def work(
    store: Store, source: Source, clients: Clients, run: Run, *, ttl_s: float | None = None
) -> list[Pushed]:
    """Everything that is due now, by as many threads as the base allows sessions.

    `ttl_s` is for how long a claim lasts without a sign of life: longer than an answer may take.
    """
    if not may(store, source):
        return []
    asked = _once(store, source)
    with clients(asked) as client:
        gate = Gate(store, source.id, client.transport.gate)
        client.transport.gate = gate
        times = asked.settings.timeouts
        lasts = ttl_s or times.connect_s + times.read_s + BESIDE_THE_ANSWER_S
        until = time.monotonic() + SPENDS_AT_MOST_S
        pushes = Pushes(store, source, run, Writing(client), gate, lasts, until)
        threads = asked.settings.limits.sessions
        with ThreadPoolExecutor(threads, thread_name_prefix=f"push-{source.id}") as pool:
            works = [pool.submit(pushes.drain) for _ in range(threads)]
    done = [one for work in works for one in work.result()]
    _read_back(store, asked, clients, run, done)
    return done


def _read_back(store: Store, source: Source, clients: Clients, run: Run, done: Sequence[Pushed]) -> None:
    """What changed in the books by us is in the store at once."""
    changed: dict[Kind, set[str]] = {kind: set() for kind in KINDS}
    for one in done:
        if one.ref_key and one.state in ("confirmed", "cancelled"):
            changed[one.kind].add(one.ref_key)
    if any(changed.values()):
        with clients(source) as client:
            order_pull.fetch(store, client, source, run, changed["order"])
            party_pull.fetch(store, client, source, run, changed["counterparty"], changed["delivery_point"])


def _once(store: Store, source: Source) -> Source:
    """The source with every request made once, and beside a pull with one session of our own."""
    own = source.settings
    sessions = 1 if alone.is_read(store, own) else own.limits.sessions
    return replace(source, settings=replace(own, limits=replace(own.limits, attempts=1, sessions=sessions)))


def _pushed(now: Submission, seconds: float) -> Pushed:
    named = (now.ref_key, now.document_number)
    return Pushed(now.number, now.id, now.kind, now.state, now.why, *named, seconds)
