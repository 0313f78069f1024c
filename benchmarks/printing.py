"""What printing a statement costs: two pages of 80 lines, both halves filled, another statement every time.

The limit is a bare Typst table of the same cells. The gate: every PDF of ours has two pages and its checksum on them.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from pypdf import PdfReader
from rich.console import Console
from rich.table import Table
from typst import Compiler

from benchmarks.measuring import measured
from printing.act import Act, draw
from printing.html import fragment
from printing.paper import Paper, Party
from printing.pdf import pdf
from printing.shown import shown
from printing.xlsx import xlsx
from schemas import reconciliation
from schemas.reconciliation import Balances, Posting, Statement, StatementRequest
from schemas.types import Day, WallClock

LINES, ROUNDS = 80, 30
BARE = b"""#let rows = json(bytes(sys.inputs.rows))
#set text(font: "Libertinus Serif", size: 7.8pt)
#set page(margin: 12mm)
#table(columns: 8, ..rows.flatten())
"""
PAPER = Paper(
    Party("ООО «Север»", "7701234567"), Party("ООО «Юг»", "7812345678"), "ru", "Europe/Moscow", mirrored=True
)


def run(console: Console) -> int:
    """In a process of its own, so that the first one is the first."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.printing"], capture_output=True, text=True, check=False
    )
    if done.returncode:
        console.print(f"[red]{done.stderr.strip().splitlines()[-1]}[/]")
        return 1
    told = json.loads(done.stdout)
    table = Table("work", "CPU ms", "x bare table", "wall ms", title=f"a statement of {LINES} lines")
    for name, cost in told.items():
        ratio = f"{cost['cpu_ms'] / told['bare table, PDF']['cpu_ms']:.2f}"
        table.add_row(name, f"{cost['cpu_ms']:.1f}", ratio, f"{cost['wall_ms']:.1f}")
    console.print(table)
    return 0


def _statement(seed: int) -> Statement:
    postings, closing = [], 0
    for place in range(LINES):
        on = date(2026, 7, 1) + timedelta(place)
        amount = (place * 7_919 + seed * 104_729) % 5_000_000 + 1
        closing += amount if place % 3 else -amount
        at, day = WallClock(f"{on.isoformat()}T10:00:00"), Day(on.isoformat())
        kind, amount = ("shipping_note", amount) if place % 3 else ("bank_receipt", -amount)
        postings.append(Posting("c", f"d{place}", kind, f"УТ00-{place:06d}", day, at, amount))
    request = StatementRequest("ut11", "o", "p", "RUB", date(2026, 7, 1), date(2026, 9, 30))
    as_of = datetime(2026, 10, 1, tzinfo=UTC)
    return reconciliation.draw(request, "store", as_of, Balances({}, {"c": closing}), postings)


def _bare(compiler: Compiler, act: Act) -> None:
    rows = [[*row["ours"].values(), *row["theirs"].values()] for row in shown(act)["sections"][0]["rows"]]
    compiler.compile(BARE, format="pdf", sys_inputs={"rows": json.dumps(rows)}, timestamp=0)


def _each(work: Callable[[Act], object], acts: list[Act]) -> dict[str, float]:
    work(acts[0])
    cost = measured(lambda: [work(act) for act in acts[1:]])
    return {"cpu_ms": cost.cpu_s / (len(acts) - 1) * 1000, "wall_ms": cost.wall_s / (len(acts) - 1) * 1000}


def _gate(act: Act) -> None:
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf(act))).pages]
    if len(pages) != 2 or any(act.checksum not in page for page in pages):
        raise SystemExit("a printed statement is not what it should be")


def main() -> None:
    statements = [_statement(seed) for seed in range(ROUNDS)]
    first = measured(lambda: pdf(draw(statements[:1], PAPER)))
    acts = [draw([statement], PAPER) for statement in statements]
    empty = [draw([statement], replace(PAPER, mirrored=False)) for statement in statements]
    _gate(acts[1])
    compiler = Compiler(ignore_system_fonts=True)
    told = {
        "bare table, PDF": _each(lambda act: _bare(compiler, act), acts),
        "PDF": _each(pdf, acts),
        "PDF, their half empty": _each(pdf, empty),
        "PDF, the first of a process": {"cpu_ms": first.cpu_s * 1000, "wall_ms": first.wall_s * 1000},
        "XLSX": _each(xlsx, acts),
        "page": _each(fragment, acts),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
