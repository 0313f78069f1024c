"""What a piece of work costs in this process, and in the database's server where there is one."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import psutil

from benchmarks import servers

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Cost(Generic[T]):
    """`start_mib` is what the process held before the work began."""

    result: T
    cpu_s: float
    wall_s: float
    start_mib: float
    peak_mib: float

    def told(self, result: Any) -> dict[str, Any]:
        """As JSON for who started the process, with what that wants of the result."""
        names = ("cpu_s", "wall_s", "start_mib", "peak_mib")
        return {**{name: getattr(self, name) for name in names}, "result": result}


def measured(work: Callable[[], T], server_pid: int | None = None) -> Cost[T]:
    def cpu() -> float:
        own = resource.getrusage(resource.RUSAGE_SELF)
        return own.ru_utime + own.ru_stime + (servers.cpu_of(server_pid) if server_pid else 0.0)

    start_mib = psutil.Process().memory_info().rss / 2**20
    before, began = cpu(), time.perf_counter()
    result = work()
    spent, wall = cpu() - before, time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Cost(result, spent, wall, start_mib, peak)
