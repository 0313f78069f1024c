"""Programmable hostility: what goes wrong, in which requests, how often, by script or by chance."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Literal

Kind = Literal[
    "status",  # an error answer: `status`, `code`, `message` in one of the four `shape`s
    "html",  # a login page with `status`, 200 unless told
    "body",  # `body` in place of the answer's
    "malformed",  # JSON that breaks off inside a value, with a fitting Content-Length
    "truncate",  # the connection breaks in the middle of the body
    "drop",  # the connection breaks before any answer
    "drop_after",  # the connection breaks when the work is done and nothing of the answer was sent
    "delay",  # the answer comes after `delay_s`, and so does the work
    "linger",  # the work is done at once, its answer comes after `delay_s`
    "soap_fault",  # a SOAP fault with `message`, in the version the call was made in
    "retype",  # the true answer under `content_type`
    "shift",  # `$skip` is moved by `rows`: a page repeats, or rows moved between two pages
    "refuse",  # of a write: the last of its handlers refuses with `message`, and nothing is written
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
    done: bool = False  # the work is done before another answer than its own is given

    def fits(self, method: str, target: str) -> bool:
        return self.match in target and self.method in ("", method)


def _gateway(status: int, title: str) -> Fault:
    page = f"<html>\n<head><title>{status} {title}</title></head>\n<body>nginx</body>\n</html>\n"
    return Fault("body", status=status, body=page.encode(), content_type="text/html")


READY: dict[str, Fault] = {
    "pool": Fault("status", status=406, shape=3, message="Истекло время ожидания сеанса"),
    "locked": Fault(
        "status",
        status=403,
        shape=3,
        message="Начало сеанса с информационной базой запрещено. Идет обновление.",
    ),
    "unauthorized": Fault("status", status=401, shape=4, message="Идентификация пользователя не выполнена"),
    "bad_gateway": _gateway(502, "Bad Gateway"),
    "unavailable": _gateway(503, "Service Unavailable"),
    "licence": Fault("status", shape=4, message="Не обнаружено свободной лицензии!"),
    "memory": Fault("status", message="Недостаточно памяти для получения результата запроса к базе данных"),
    "error": Fault("status"),
    "html": Fault("html"),
    "malformed": Fault("malformed"),
    "truncate": Fault("truncate"),
    "drop": Fault("drop"),
    "drop_after": Fault("drop_after"),
    "delay": Fault("delay", delay_s=0.05),
    "linger": Fault("linger", delay_s=0.05),
}

WRITES: dict[str, Fault] = {
    "refuse": Fault("refuse", message="Запись отклонена обработчиком: период закрыт для изменений"),
    "bad_gateway_after": replace(_gateway(502, "Bad Gateway"), done=True),
    "gateway_timeout_after": replace(_gateway(504, "Gateway Time-out"), done=True),
    "error_after": Fault("status", shape=4, message="Внутренняя ошибка сервера приложений", done=True),
}
_KNOWN = READY | WRITES


def ready(name: str, match: str = "", times: int = 1, after: int = 0, method: str = "") -> Fault:
    """One of `READY` or `WRITES`, for requests whose address contains `match`."""
    return replace(_KNOWN[name], match=match, times=times, after=after, method=method)


@dataclass(slots=True)
class _Chance:
    """Strikes by seed and number of the request, so that the same requests meet the same faults."""

    seed: int
    rate: float
    kinds: Sequence[str]
    match: str
    method: str
    asked: int = 0

    def draw(self, method: str, target: str) -> str:
        if self.match not in target or self.method not in ("", method):
            return ""
        self.asked += 1
        draw = Random(f"{self.seed}/{self.asked}").random
        return self.kinds[int(draw() * len(self.kinds))] if draw() < self.rate else ""


class Faults:
    """Waiting faults; each request takes the first that fits, else one by chance, and only that one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []
        self._chance: _Chance | None = None
        self.lingering = 0  # answers that were kept back, their work done
        self.struck: Counter[str] = Counter()  # by kind, or by name where it was a ready-made one by chance

    def add(self, *faults: Fault) -> None:
        with self._lock:
            self._waiting.extend(faults)

    def clear(self) -> None:
        """Forget what waits; chance goes on until `stop`."""
        with self._lock:
            self._waiting.clear()

    def chance(
        self, seed: int, rate: float, kinds: Sequence[str] = tuple(READY), match: str = "", method: str = ""
    ) -> None:
        """From now on each request fails with a probability, in one of the ways that `kinds` names."""
        unknown = [kind for kind in kinds if kind not in _KNOWN]
        if unknown or not kinds:
            raise ValueError(f"unknown faults {unknown}: give some of {', '.join(_KNOWN)}")
        with self._lock:
            self._chance = _Chance(seed, rate, tuple(kinds), match, method)

    def stop(self) -> None:
        """No more faults by chance."""
        with self._lock:
            self._chance = None

    def __iter__(self) -> Iterator[Fault]:
        with self._lock:
            return iter(tuple(self._waiting))

    def __len__(self) -> int:
        return len(self._waiting)

    def take(self, method: str, target: str) -> Fault | None:
        with self._lock:
            found = self._scripted(method, target)
            if found is not None:
                self.struck[found.kind] += 1
                return found
            name = self._chance.draw(method, target) if self._chance else ""
            if not name:
                return None
            self.struck[name] += 1
            return _KNOWN[name]

    def _scripted(self, method: str, target: str) -> Fault | None:
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
