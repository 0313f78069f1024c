"""What somebody waits for, of one base: statements first, then files of documents; by one process at a time."""

from __future__ import annotations

from dataclasses import dataclass, field

from assets import alone, document_files, handed, statements
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


def outcome(run_id: str) -> Worked | None:
    """What a run finds begun, when it is done; None where it is to do the work itself. Errors: those of the work."""
    done: list[Worked] | None = handed.outcome(run_id)
    if done is None:
        return None
    files = Files()
    for one in done:
        files.asked += one.files.asked
        files.by_books += one.files.by_books
        files.by_hub += one.files.by_hub
        files.failed += one.files.failed
    return Worked([row for one in done for row in one.statements], files)
