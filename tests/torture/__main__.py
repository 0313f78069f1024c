"""`python -m tests.torture`: tortures the hub and tells what was lost. Exits 1 unless nothing was."""

from __future__ import annotations

import argparse
import logging
import shutil
import subprocess
import sys
import tempfile
import threading
import warnings
from pathlib import Path
from typing import IO

from tests.torture.databases import NAMES, database
from tests.torture.run import torture


def main() -> int:
    options = _options()
    if options.database == "both":
        return _both(options)
    _hush()
    home = Path(tempfile.mkdtemp(prefix=f"saldo-torture-{options.database}-"))
    with database(options.database, home) as url:
        figures = torture(home, url, options.seed, options.rounds, lambda line: print(line, flush=True))
    print(figures.table(f"{options.database}, seed {options.seed}, {options.rounds} rounds"), flush=True)
    if figures.failed:
        print(f"  what was landed and stored lies in {home}; again: {_again(options)}", flush=True)
        return 1
    shutil.rmtree(home, ignore_errors=True)
    return 0


def _hush() -> None:
    """Servers that die in the midst of answers complain about it: here they are meant to."""
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL + 1)
    logging.getLogger("asyncio").setLevel(logging.CRITICAL + 1)
    warnings.simplefilter("ignore")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=(*NAMES, "both"), default="both")
    return parser.parse_args()


def _again(options: argparse.Namespace) -> str:
    return f"python -m tests.torture --rounds {options.rounds} --seed {options.seed} --database {options.database}"


def _both(options: argparse.Namespace) -> int:
    """Both at once, each in a process of its own; the tables come last, one after the other."""
    command = (
        sys.executable,
        "-m",
        "tests.torture",
        "--rounds",
        str(options.rounds),
        "--seed",
        str(options.seed),
    )
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


if __name__ == "__main__":
    sys.exit(main())
