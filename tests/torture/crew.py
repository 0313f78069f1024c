"""Workers of the hub as the driver commands them: started, killed, put to sleep, listened to."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, Protocol

LONGEST_S = 120.0  # of any step: what takes longer hangs
LOOK_S = 0.002


class HangsError(Exception):
    """A worker did not end."""


class Job(Protocol):
    """What a worker is to do, under a name."""

    @property
    def command(self) -> str: ...


@dataclass(slots=True)
class Worker:
    """`paused` while it is stopped by a signal."""

    job: Job
    process: Any
    answer: Connection
    paused: bool = False
    killed: bool = False

    @property
    def alive(self) -> bool:
        return bool(self.process.is_alive())

    def kill(self) -> None:
        """SIGKILL: nothing is said, closed or released. Nothing happens to one that has ended."""
        if self.alive:
            self.killed = True
            self.process.kill()
        self.process.join()

    def pause(self) -> None:
        if self.alive:
            self.paused = True
            os.kill(self.process.pid, signal.SIGSTOP)

    def resume(self) -> None:
        if self.paused and self.alive:
            os.kill(self.process.pid, signal.SIGCONT)
        self.paused = False

    def wait(self, seconds: float = LONGEST_S) -> Any | None:
        """What it said in the end; None where it was killed before."""
        self.resume()
        said = None
        if self.answer.poll(seconds):
            try:
                said = self.answer.recv()
            except EOFError:
                said = None
        elif self.alive:
            self.kill()
            raise HangsError(f"{self.job.command} did not end in {seconds:.0f} s")
        self.process.join()
        self.answer.close()
        return said


class Crew:
    """Starts workers out of one warm process, which takes milliseconds. `main` is a worker's whole life."""

    def __init__(self, main: Callable[[Any, Connection], None]) -> None:
        self._main = main
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([main.__module__])

    def start(self, job: Job) -> Worker:
        ours, theirs = self._context.Pipe(duplex=False)
        process = self._context.Process(target=self._main, args=(job, theirs), daemon=True)
        process.start()
        theirs.close()
        return Worker(job, process, ours)


def wait_until(seen: Callable[[], bool], worker: Worker, seconds: float = 10.0) -> bool:
    """Look again and again, as long as the worker lives; tells whether it was seen."""
    give_up = time.monotonic() + seconds
    while not seen():
        if time.monotonic() > give_up or not worker.alive:
            return seen()
        time.sleep(LOOK_S)
    return True
