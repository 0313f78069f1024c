"""`python -m tests.torture_orders`: tortures the way of orders into the books. Exits 1 unless each is there once.

The books keep the reference that the hub chose, or not: by the seed, one way on SQLite and the other on PostgreSQL.
`--without look` or `--without fence` takes a guard out of the workers: then it must fail.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from tests.torture import side_by_side
from tests.torture.side_by_side import NAMES
from tests.torture_orders.databases import database
from tests.torture_orders.guards import GUARDS
from tests.torture_orders.run import torture


def main() -> int:
    options = _options()
    told = ["--rounds", str(options.rounds), "--seed", str(options.seed)]
    told += ["--keys", options.keys] if options.keys else []
    told += [word for guard in options.without for word in ("--without", guard)]
    if options.database == "both":
        return side_by_side.run("tests.torture_orders", told)
    side_by_side.hush()
    home = Path(tempfile.mkdtemp(prefix=f"saldo-torture-orders-{options.database}-"))
    keys = options.keys or ("chosen", "own")[(options.seed + NAMES.index(options.database)) % 2]
    how = {"chosen_keys": keys == "chosen", "without": tuple(options.without)}
    with database(options.database, home) as used:
        figures = torture(
            home, used, options.seed, options.rounds, lambda line: print(line, flush=True), **how
        )
    print(figures.table(f"{options.database}: {' '.join(told)}, {keys} keys"), flush=True)
    if figures.failed:
        again = f"python -m tests.torture_orders {' '.join(told)} --database {options.database}"
        print(f"  the store and the books lie in {home}; again: {again}", flush=True)
        return 1
    shutil.rmtree(home, ignore_errors=True)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.torture_orders", description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=(*NAMES, "both"), default="both")
    parser.add_argument("--keys", choices=("chosen", "own"))
    parser.add_argument("--without", choices=tuple(GUARDS), action="append", default=[])
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
