"""Programmable hostility: what goes wrong, in which requests, how often."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

Kind = Literal[
    "status",  # an error answer: `status`, `code`, `message` in one of the four `shape`s
    "html",  # a login page with `status`, 200 unless told
    "body",  # `body` in place of the answer's
    "malformed",  # JSON that breaks off inside a value, with a fitting Content-Length
    "truncate",  # the connection breaks in the middle of the body
    "drop",  # the connection breaks before any answer
    "drop_after",  # the connection breaks when the work is done and nothing of the answer was sent
    "delay",  # the answer comes after `delay_s`
    "shift",  # `$skip` is moved by `rows`: a page repeats, or rows moved between two pages
]


@dataclass(frozen=True, slots=True)
class Fault:
    kind: Kind
    match: str = ""  # a piece of the decoded address; nothing: every request
    times: int = 1  # 0: for ever
    after: int = 0  # how many matching requests pass unharmed first
    method: str = ""
    status: int = 500
    shape: Literal[1, 2, 3, 4] = 2
    code: int = -1
    message: str = "Произошла внутренняя ошибка OData сервиса"
    body: bytes = b""
    content_type: str = "application/json;charset=utf-8"
    delay_s: float = 0.0
    rows: int = 0

    def fits(self, method: str, target: str) -> bool:
        return self.match in target and self.method in ("", method)


class Faults:
    """Waiting faults; each request takes the first that fits, and only that one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []

    def add(self, *faults: Fault) -> None:
        with self._lock:
            self._waiting.extend(faults)

    def clear(self) -> None:
        with self._lock:
            self._waiting.clear()

    def __iter__(self) -> Iterator[Fault]:
        with self._lock:
            return iter(tuple(self._waiting))

    def __len__(self) -> int:
        return len(self._waiting)

    def take(self, method: str, target: str) -> Fault | None:
        with self._lock:
            for place, fault in enumerate(self._waiting):
                if not fault.fits(method, target):
                    continue
                if fault.after:
                    self._waiting[place] = replace(fault, after=fault.after - 1)
                    continue
                self._waiting[place : place + 1] = _left(fault)
                return fault
        return None


def _left(fault: Fault) -> Iterable[Fault]:
    if fault.times == 0:
        return (fault,)
    return (replace(fault, times=fault.times - 1),) if fault.times > 1 else ()
