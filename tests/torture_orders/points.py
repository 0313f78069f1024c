"""Moments between two durable things in a worker's life, and what a signal does to it at one of them.

Durable are a commit of the store and a request to the accounting system. The worker's own code knows nothing of it:
this wraps what it calls.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

import requests

from connectors.transport import Transport
from store.engine import Store

FALLS_ASLEEP_S = 0.1  # a thread runs on for a moment after the signal, when another one takes it


@dataclass(frozen=True, slots=True)
class Strike:
    """What happens when the worker comes to a point for the n-th time."""

    point: str
    nth: int = 1
    signal: int = signal.SIGKILL

    def __str__(self) -> str:
        return f"{signal.Signals(self.signal).name} at {self.point!r} ({self.nth})"


@dataclass(slots=True)
class Points:
    """`passed` names them in the order in which they came."""

    strike: Strike | None = None
    passed: list[str] = field(default_factory=list)
    _counts: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def reach(self, name: str) -> None:
        with self._lock:
            self.passed.append(name)
            self._counts[name] += 1
            struck = self.strike is not None and (name, self._counts[name]) == (
                self.strike.point,
                self.strike.nth,
            )
        if struck and self.strike is not None:
            os.kill(os.getpid(), self.strike.signal)
            time.sleep(FALLS_ASLEEP_S)

    def plan(self, *, how: int = signal.SIGKILL) -> list[Strike]:
        """One strike for each point that was passed."""
        counts: Counter[str] = Counter()
        found = []
        for name in self.passed:
            counts[name] += 1
            found.append(Strike(name, counts[name], how))
        return found

    def watch_store(self, store: Store) -> None:
        """Before and after each commit. What dies within a transaction is what dies before its commit."""
        dialect: Any = store.engine.dialect
        commit = dialect.do_commit

        def watched(connection: Any) -> None:
            self.reach("before a commit")
            commit(connection)
            self.reach("after a commit")

        dialect.do_commit = watched

    def watch_requests(self) -> None:
        """Before the fence is looked at, right before a request leaves, and when its answer is there."""
        once, points = Transport._once, self

        def watched(transport: Transport, lane: Any, ask: Any) -> Any:
            points.reach(f"before the fence of {name(ask.method, ask.target)}")
            return once(transport, lane, ask)

        Transport._once = watched  # type: ignore[method-assign]

    def session(self) -> requests.Session:
        return _Session(self)


class _Session(requests.Session):
    def __init__(self, points: Points) -> None:
        super().__init__()
        self._points = points

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        what = name(str(request.method), str(request.url))
        self._points.reach(f"before {what}")
        answer = super().send(request, **kwargs)
        self._points.reach(f"after {what}")
        return answer


def name(method: str, target: str) -> str:
    """A request without what differs from order to order: `POST Document_ЗаказКлиента`, `POST Post`."""
    path = unquote(target).rpartition("standard.odata")[2].partition("?")[0].strip("/")
    entity_set, _, function = path.partition("/")
    keyed = " by key" if "(" in entity_set and not function else ""
    return f"{method} {(function or entity_set).partition('(')[0] or 'the service'}{keyed}"
