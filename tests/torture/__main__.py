"""`python -m tests.torture`: tortures the hub and tells what was lost. Exits 1 unless nothing was."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from tests.torture import side_by_side
from tests.torture.databases import NAMES, database
from tests.torture.run import torture


def main() -> int:
    options = _options()
    told = ("--rounds", str(options.rounds), "--seed", str(options.seed))
    if options.database == "both":
        return side_by_side.run("tests.torture", told)
    side_by_side.hush()
    home = Path(tempfile.mkdtemp(prefix=f"saldo-torture-{options.database}-"))
    with database(options.database, home) as url:
        figures = torture(home, url, options.seed, options.rounds, lambda line: print(line, flush=True))
    print(figures.table(f"{options.database}, seed {options.seed}, {options.rounds} rounds"), flush=True)
    if figures.failed:
        again = f"python -m tests.torture {' '.join(told)} --database {options.database}"
        print(f"  what was landed and stored lies in {home}; again: {again}", flush=True)
        return 1
    shutil.rmtree(home, ignore_errors=True)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=(*NAMES, "both"), default="both")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
