"""What was measured, as tables: each work beside the least that could do it."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from benchmarks.incremental import DATABASES, Bench

ROWS = (  # title, work, what it is held against
    ("package of the exchange plan, minimal reader", "package", ""),
    ("package of the exchange plan, Saldo", "pull", "package"),
    ("a tick of the sensor, nothing changed", "look", ""),
    ("a pass, nothing changed", "pull, at rest", ""),
    ("bare scan of (key, version), nothing differs", "scan", ""),
    ("census of shipping notes, nothing differs", "census", "scan"),
    ("bare scan, silent changes", "scan, some differ", ""),
    ("census, silent changes", "census, some differ", "scan, some differ"),
    ("comparison with the books, all equal", "agree", ""),
    ("comparison, 8 documents differ", "agree, some differ", "agree"),
    ("all balances derived", "derive_all", ""),
    ("balances derived that changed", "derive", "derive_all"),
)
COLUMNS = ("work", "database", "CPU s", "ratio", "wall s", "requests", "peak MiB", "at start")


def show(bench: Bench, console: Console) -> None:
    title = f"{bench.given.documents} documents, medians of {bench.given.passes} runs"
    table = Table(*COLUMNS, title=title)
    for column in table.columns[2:]:
        column.justify = "right"
    for title, work, limit in ROWS:
        for database in DATABASES:
            cost = bench.of(work, database)
            ratio = f"{cost['cpu_s'] / bench.of(limit, database)['cpu_s']:.2f}" if limit else ""
            table.add_row(
                title, database, f"{cost['cpu_s']:.2f}", ratio, f"{cost['wall_s']:.2f}",
                f"{cost['requests']:.0f}", f"{cost['peak_mib']:.0f}", f"{cost['start_mib']:.0f}",
            )  # fmt: skip
    console.print(table)
