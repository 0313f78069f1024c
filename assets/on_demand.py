"""Bringing counterparties up to date because somebody asked: all that wait become one small pull (BS-08)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from assets import concerning, manners, ordinary
from assets.ordinary import Pulled
from assets.source import Source
from assets.sync import Run
from connectors.odata import ODataClient
from schemas.errors import (
    BrakeError,
    HubError,
    SourceContractError,
    SourceRefusedError,
    SourceUnavailableError,
)
from store import operations, pauses
from store.engine import Store, Tx
from store.operations import SYNC, Progress

FEW = 5  # of more counterparties than these the ordinary windows cost less than their lists of keys
WAITS_AT_MOST = timedelta(minutes=10)
TAKES_AT_MOST = timedelta(hours=1)  # runs that die again and again
LATER = "Ask again later; what is at hand says by as_of how old it is."
OPERATOR = "Tell the operator of the hub; ordinary pulls go on, and as_of says how old the figures are."
WHY_NOT: dict[Progress, str] = {
    "source_paused": "The accounting system is not read for now: the operator of the hub has paused it.",
    "quiet_hours": "The accounting system is left alone at these hours.",
    "source_unavailable": "The accounting system does not answer.",
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many operations are open, and why none of them may begin now, for a person."""

    count: int
    reason: str | None


def look(store: Store, source: Source, now: datetime) -> Waiting:
    """What is asked for. What has waited too long is given up; the others say what they wait for."""
    with store.reading() as tx:
        asked = operations.open_(tx, SYNC, source.id)
    if not asked:
        return Waiting(0, None)
    why = _why_not(store, source, now)
    old = [one for one in asked if one.created_at < now - WAITS_AT_MOST]
    if old or why:
        with store.transaction() as tx:
            if why:
                operations.waits_for(tx, SYNC, source.id, why)
            given_up = _give_up(tx, source, now, why or old[0].progress)
        return Waiting(len(asked) - given_up, why and WHY_NOT[why])
    return Waiting(len(asked), None)


def pull(store: Store, client: ODataClient, source: Source, run: Run) -> Pulled:
    """Work on everything that is open, also on what a run that died has left.

    Errors: those of a pull. A base that does not answer lets what was asked wait; others end it.
    """
    why = _why_not(store, source, datetime.now(UTC))
    with store.transaction() as tx:
        asked = operations.take(tx, SYNC, source.id, run.id)
        if why:
            operations.put_back(tx, run.id, why)
    if why or not asked:
        return Pulled()
    began = datetime.now(UTC)
    counterparties = sorted({one.counterparty_id for one in asked if one.counterparty_id})
    try:
        done = _read(store, client, source, counterparties, run)
    except HubError as error:
        note(store, run, error)
        raise
    with store.transaction() as tx:
        operations.succeed(tx, run.id, began)
    return done


def _read(
    store: Store, client: ODataClient, source: Source, counterparties: Sequence[str], run: Run
) -> Pulled:
    """By the exchange plan what it tells; what is read by windows only as far as it concerns these.

    The ordinary windows where there are many, where this was never read, or where the base does not answer
    such questions.
    """
    done = Pulled()
    if source.exchanged:
        done = ordinary.pull(store, client, source, run, source.exchanged)
    by_window = [one for one in concerning.concerned(source) if one.name not in done.landed]
    if not by_window:
        return done
    narrow = Pulled()
    if len(counterparties) <= FEW and concerning.can(store, source):
        try:
            narrow = concerning.pull(store, client, source, counterparties, run)
        except SourceRefusedError:
            narrow = ordinary.pull(store, client, source, run, by_window)
    else:
        narrow = ordinary.pull(store, client, source, run, by_window)
    return Pulled(
        done.exchanged,
        done.landed | narrow.landed,
        done.mapped | narrow.mapped,
        narrow.balanced or done.balanced,
    )


def _why_not(store: Store, source: Source, now: datetime) -> Progress | None:
    with store.reading() as tx:
        if pauses.get(tx, source.id) is not None:
            return "source_paused"
    return "quiet_hours" if manners.in_quiet_hours(source.settings, now) else None


def _give_up(tx: Tx, source: Source, now: datetime, progress: Progress) -> int:
    why = WHY_NOT.get(progress, "No run of the hub could begin.")
    error = progress if progress in WHY_NOT else "waited_too_long"
    hint, broken = f"{why} {LATER}", f"The hub could not read. {OPERATOR}"
    late = operations.give_up(tx, SYNC, source.id, "pending", now - WAITS_AT_MOST, error=error, hint=hint)
    dead = operations.give_up(
        tx, SYNC, source.id, "running", now - TAKES_AT_MOST, error="internal_error", hint=broken
    )
    return len(late) + len(dead)


def note(store: Store, run: Run, error: HubError) -> None:
    """What a failure means for what was asked: no error of the base is shown to who asked."""
    with store.transaction() as tx:
        if isinstance(error, SourceUnavailableError):
            operations.put_back(tx, run.id, "source_unavailable")
        elif isinstance(error, BrakeError):
            hint = f"So much would change that a person has to look at it first. {OPERATOR}"
            operations.fail(tx, run.id, error="change_too_large", hint=hint)
        elif isinstance(error, SourceRefusedError | SourceContractError):
            hint = f"The accounting system refuses to be read, or answers what cannot be read. {OPERATOR}"
            operations.fail(tx, run.id, error="source_refused", hint=hint)
        else:
            operations.fail(tx, run.id, error="internal_error", hint=f"The hub could not read. {OPERATOR}")
