"""One torture on both databases at once, each in a process of its own; the tables come last, one after the other."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import warnings
from collections.abc import Sequence
from typing import IO

NAMES = ("sqlite", "postgresql")


def hush() -> None:
    """Servers that die in the midst of answers complain about it: here they are meant to."""
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL + 1)
    logging.getLogger("asyncio").setLevel(logging.CRITICAL + 1)
    logging.getLogger("saldo").setLevel(logging.CRITICAL + 1)
    warnings.simplefilter("ignore")


def run(module: str, arguments: Sequence[str]) -> int:
    """The worse of the two ends."""
    command = (sys.executable, "-m", module, *arguments)
    runs = [
        (name, subprocess.Popen((*command, "--database", name), stdout=subprocess.PIPE, text=True))
        for name in NAMES
    ]
    tables: dict[str, list[str]] = {name: [] for name in NAMES}
    listeners = [
        threading.Thread(target=_listen, args=(name, run.stdout, tables[name])) for name, run in runs
    ]
    for listener in listeners:
        listener.start()
    for listener in listeners:
        listener.join()
    for name in NAMES:
        print("\n".join(tables[name]), flush=True)
    return max(run.wait() for _, run in runs)


def _listen(name: str, lines: IO[str] | None, table: list[str]) -> None:
    """Pass progress on as it comes; keep the rest."""
    for line in lines or ():
        if line[:1].isdigit() or line[:1] == "!":
            print(f"{name:<11}{line}", end="", flush=True)
        else:
            table.append(line.rstrip("\n"))
