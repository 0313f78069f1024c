"""Files of documents that somebody asked for: every one of them is made, or fails with what to do, at once.

A base that is away lets nobody wait: what the hub can print is there, and its `origin` says who made it. Asked
again, the accounting system's own becomes the next version.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from assets import manners, web_service
from assets.printed_documents import AwayError, Printer
from assets.source import Source
from assets.sync import Run
from connectors.soap import SoapClient
from schemas.errors import NotPrintableError, SourceContractError, SourceRefusedError
from store import file_requests, health, operations, pauses
from store.engine import Store
from store.operations import FILE, Operation, Progress

TAKES_AT_MOST = timedelta(minutes=10)  # runs that die again and again
LATER = "Ask again later: only the accounting system prints this form."
WHY_NOT: dict[Progress, str] = {
    "source_paused": "The accounting system is not asked for now: the operator of the hub has paused it.",
    "quiet_hours": "The accounting system is left alone at these hours.",
    "source_unavailable": "The accounting system does not answer.",
}
REFUSED = "The accounting system does not print this. Ask the operator of the hub to look at it."
UNSOUND = "The document no longer counts, or does not add up in the books: ask the supplier about it."
BROKEN = "The hub could not make the file. Ask again; if it stays, tell the operator of the hub."


@dataclass(slots=True)
class Done:
    """How many files were asked for, and who made them."""

    asked: int = 0
    by_books: int = 0
    by_hub: int = 0
    failed: int = 0


def work(store: Store, source: Source, run: Run) -> Done:
    """Make every file that is asked for, also what a run that died has left.

    Errors: the first one that is the hub's own fault, when all others are made.
    """
    with store.transaction() as tx:
        old = tx.now - TAKES_AT_MOST
        operations.give_up(tx, FILE, source.id, "running", old, error="internal_error", hint=BROKEN)
        asked = operations.take(tx, FILE, source.id, run.id)
    done, broken = Done(asked=len(asked)), None
    with ExitStack() as leaving:
        opened: list[SoapClient] = []

        def soap() -> SoapClient:
            if not opened:
                client = web_service.opened(store, web_service.briefly(source.settings))
                opened.append(leaving.enter_context(client))
            return opened[0]

        printer = Printer(store, source, run.id, soap, _why_not(store, source) if asked else None)
        for one in asked:
            try:
                _make(printer, one, done)
            except Exception as error:
                if health.is_outage(error):
                    raise
                broken = broken or error
    if broken is not None:
        raise broken
    return done


def _make(printer: Printer, one: Operation, done: Done) -> None:
    """Let one operation succeed or fail: nothing of the base's own words reaches who asked."""
    began = datetime.now(UTC)
    try:
        row = printer.file(file_requests.of(one))
    except AwayError as away:
        _fail(printer, one, done, away.why, f"{WHY_NOT[away.why]} {LATER}")
    except NotPrintableError:
        _fail(printer, one, done, "not_printable", UNSOUND)
    except (SourceRefusedError, SourceContractError):
        _fail(printer, one, done, "source_refused", REFUSED)
    except Exception as error:
        if not health.is_outage(error):
            _fail(printer, one, done, "internal_error", BROKEN)
        raise
    else:
        done.by_books += row.origin == "accounting_system"
        done.by_hub += row.origin == "hub"
        with printer.store.transaction() as tx:
            operations.finish(tx, one.id, printer.run_id, {"file_id": row.id}, began)


def _fail(printer: Printer, one: Operation, done: Done, error: str, hint: str) -> None:
    done.failed += 1
    with printer.store.transaction() as tx:
        operations.fail_one(tx, one.id, printer.run_id, error=error, hint=hint)


def _why_not(store: Store, source: Source) -> Progress | None:
    with store.reading() as tx:
        if pauses.get(tx, source.id) is not None:
            return "source_paused"
    return "quiet_hours" if manners.in_quiet_hours(source.settings, datetime.now(UTC)) else None
