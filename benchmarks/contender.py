"""One load in a process of its own: `python -m benchmarks.contender minimal|saldo FILE`, FILE being JSON.

Prints one JSON line: what it cost after start-up, and the gate (the sum of all line amounts, in kopecks).
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

import psutil


def main() -> None:
    name, given = sys.argv[1], json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    prepare = {"minimal": _minimal, "saldo": _saldo}[name]
    load = prepare(given)
    start_mib = psutil.Process().memory_info().rss / 2**20
    before, began = _cpu(), time.perf_counter()
    gate = load()
    cost = {"wall_s": time.perf_counter() - began, "cpu_s": _cpu() - before, "gate": gate}
    cost["start_mib"] = start_mib
    cost["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(cost))


def _cpu() -> float:
    own = resource.getrusage(resource.RUSAGE_SELF)
    return own.ru_utime + own.ru_stime


def _minimal(given: dict[str, Any]) -> Any:
    from benchmarks import minimal

    months = [tuple(month) for month in given["months"]]
    return lambda: minimal.load(given["base"], given["user"], given["password"], given["database"], months)


def _saldo(given: dict[str, Any]) -> Any:
    """The real path: a Dagster run over the landing and site assets of every kind of document."""
    home = Path(given["home"])
    (home / "sources").mkdir(parents=True)
    (home / "sources" / "bench.toml").write_text(
        f'id = "bench"\ntitle = "bench"\nbase_url = "{given["base"]}"\nuser = "{given["user"]}"\n'
        f'password_env = "BENCH_PASSWORD"\ntime_zone = "Europe/Moscow"\nselect = "all"\n'
        f"history_from = {given['history_from']}\n[limits]\nsessions = {given['sessions']}\n",
        encoding="utf-8",
    )
    settings = home / "saldo.toml"
    settings.write_text(
        f'[hub]\ndatabase_url = "{given["database"]}"\nlanding_url = "file://{home / "landing"}"\n',
        encoding="utf-8",
    )
    os.environ |= {"SALDO_CONFIG": str(settings), "BENCH_PASSWORD": given["password"]}
    import dagster as dg

    from assets.source import sources
    from jobs.definitions import defs
    from schemas import TABLES, settings_file
    from store import control, migrations
    from store.engine import Store

    migrations.upgrade(given["database"])
    known = settings_file.load(settings, os.environ)
    (source,) = sources(known)
    names = [entity.name for entity in source.family("documents")]
    job = defs().resolve_job_def("bench_full_load")
    instance = dg.DagsterInstance.ephemeral()
    reference = [dg.AssetKey(["bench", stage, "currency"]) for stage in ("landing", "site")]
    assert job.execute_in_process(instance=instance, asset_selection=reference).success
    selection = [dg.AssetKey(["bench", stage, name]) for name in names for stage in ("landing", "site")]

    def load() -> int:
        assert job.execute_in_process(instance=instance, asset_selection=selection).success
        store = Store.open(known.database_url, known.landing_url)
        with store.reading() as tx:
            return control.sum_of(tx, TABLES["document_line"], "amount", "bench")

    return load


if __name__ == "__main__":
    main()
