"""What somebody waits for, of one base: statements first, then files of documents; by one process at a time.

A process that is warm does not wait for Dagster, which takes longer to make a run than the work takes: the run
reports what was done for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

from assets import alone, document_files, statements
from assets.document_files import Done as Files
from assets.source import Source
from assets.statements import Clients, Done
from assets.sync import Run
from store.engine import Store


@dataclass(frozen=True, slots=True)
class Worked:
    statements: list[Done] = field(default_factory=list)
    files: Files = field(default_factory=Files)


def work(store: Store, source: Source, clients: Clients, run: Run) -> Worked:
    """Everything that is asked for now, and what a dead process has left; nothing where another one is at it."""
    with alone.drawing(store, source.settings, run.id) as lease:
        if lease is None:
            return Worked()
        return Worked(statements.work(store, source, clients, run), document_files.work(store, source, run))


_BEGUN: dict[str, Sequence[Future[Worked]]] = {}  # by run, until the run asks for it


def begun(run_id: str, works: Sequence[Future[Worked]]) -> None:
    """Say that the work of a run that is still to come is under way in this process, or done."""
    _BEGUN[run_id] = works


def outcome(run_id: str) -> Worked | None:
    """What a run finds begun, when it is done; None where it is to do the work itself. Errors: those of the work."""
    works = _BEGUN.pop(run_id, None)
    if works is None:
        return None
    done = [one.result() for one in works]
    files = Files()
    for one in done:
        files.asked += one.files.asked
        files.by_books += one.files.by_books
        files.by_hub += one.files.by_hub
        files.failed += one.files.failed
    return Worked([row for one in done for row in one.statements], files)
