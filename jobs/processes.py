"""Child processes that live and die together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from schemas.errors import StoreError

STOP_S = 10.0
# glibc gives each thread a heap of its own and keeps what it freed there: half as much memory with two.
LEAN = {"MALLOC_ARENA_MAX": "2"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(slots=True)
class Child:
    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def tail(self, lines: int = 12) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


@dataclass(slots=True)
class Family:
    """Starts children with their output in `logs`; leaving it stops every one of them."""

    logs: Path
    environ: Mapping[str, str]
    children: list[Child] = field(default_factory=list)

    def __enter__(self) -> Self:
        """SIGTERM now ends the block like Ctrl-C does: it would leave the children behind."""
        self.logs.mkdir(parents=True, exist_ok=True)
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for child in reversed(self.children):
            _signal(child, signal.SIGTERM)
        deadline = time.monotonic() + STOP_S
        for child in self.children:
            try:
                child.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                _signal(child, signal.SIGKILL)
                child.process.wait()

    def start(self, name: str, arguments: Sequence[str], environ: Mapping[str, str] = {}) -> Child:
        """Start `python ARGUMENTS` in a process group of its own, so that grandchildren stop with it."""
        log = self.logs / f"{name}.log"
        with log.open("wb") as output, _undisturbed():
            process = subprocess.Popen(  # noqa: S603
                [sys.executable, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**LEAN, **os.environ, **self.environ, **environ},
                start_new_session=True,
            )
            child = Child(name, process, log)
            self.children.append(child)
        return child

    def wait_for(self, what: str, ready: Callable[[], bool], timeout_s: float) -> None:
        """Wait until `ready`; a child that ends meanwhile, or the time running out, is an error."""
        deadline = time.monotonic() + timeout_s
        while not ready():
            self.check()
            if time.monotonic() > deadline:
                raise StoreError(
                    f"{what} did not answer within {timeout_s:.0f} s", hint=f"Read the logs in {self.logs}."
                )
            time.sleep(0.1)

    def check(self) -> None:
        """Raise if a child has ended: none of them ends by itself."""
        for child in self.children:
            if child.process.poll() is not None:
                raise StoreError(
                    f"{child.name} stopped with code {child.process.returncode}:\n{child.tail()}\n",
                    hint=f"The whole log is in {child.log}.",
                )


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Hold signals back until the block ends: a child that was started and not yet noted would be left."""
    caught: list[int] = []
    both = (signal.SIGINT, signal.SIGTERM)
    former = {number: signal.signal(number, lambda got, _frame: caught.append(got)) for number in both}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
    for late in caught:
        signal.raise_signal(late)


def _signal(child: Child, number: signal.Signals) -> None:
    if child.process.poll() is None:
        os.killpg(child.process.pid, number)
