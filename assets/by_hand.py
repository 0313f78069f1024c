"""What people ask for at the desk: compare with the books, repair what differs, map again what is held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from assets import compare, on_demand, quarantine, sync
from assets.agree import Agreed
from assets.ordinary import Pulled
from assets.source import Source
from assets.sync import Run
from connectors.odata import ODataClient
from schemas.errors import HubError
from store import operations, pauses, rejections
from store.engine import Store, Tx
from store.operations import BY_HAND, Kind, Operation

ASKS_THE_BASE: tuple[Kind, ...] = ("compare", "repair")
GAVE_UP = "No run of the hub could begin. See whether its services run, then ask again."


@dataclass(frozen=True, slots=True)
class Done:
    """What a run read and mapped, and the comparison it ended with, where it made one."""

    pulled: Pulled
    agreed: Agreed | None = None


def look(store: Store, source: Source, now: datetime) -> int:
    """How much may begin now. What has waited too long is given up; what waits for the base says so."""
    with store.reading() as tx:
        asked = _open(tx, source)
        paused = pauses.get(tx, source.id) is not None
    if not asked:
        return 0
    old = now - on_demand.WAITS_AT_MOST
    if paused or any(one.created_at < old for one in asked):
        with store.transaction() as tx:
            _give_up(tx, source, now)
            if paused:
                _wait(tx, source)
            asked = _open(tx, source)
    return sum(1 for one in asked if not (paused and one.kind in ASKS_THE_BASE))


def work(store: Store, client: ODataClient, source: Source, run: Run) -> Done:
    """Do everything that is open, also what a run that died has left. Quiet hours do not count: a person asks.

    Errors: those of a pull. A base that does not answer lets what was asked wait; others end it.
    """
    with store.transaction() as tx:
        paused = pauses.get(tx, source.id) is not None
        if paused:
            _wait(tx, source)
        kinds = [kind for kind in BY_HAND if not (paused and kind in ASKS_THE_BASE)]
        for kind in kinds:
            operations.take(tx, kind, source.id, run.id)
        asked = [one for one in _open(tx, source) if one.run_id == run.id]
    done = _replay(store, source, [one for one in asked if one.kind == "replay"], run)
    of_base = [one for one in asked if one.kind in ASKS_THE_BASE]
    if not of_base:
        return done
    try:
        return _compare(store, client, source, of_base, run, done)
    except HubError as error:
        on_demand.note(store, run, error)
        raise


def _replay(store: Store, source: Source, asked: Sequence[Operation], run: Run) -> Done:
    """One that fails ends only itself. Errors: that of the last one that failed, when all were tried."""
    done, failed = Pulled(), None
    for one in asked:
        try:
            done.mapped[one.input["entity"]] = _map_again(store, source, one, run)
        except HubError as error:
            failed = error
            with store.transaction() as tx:
                operations.fail_one(tx, one.id, run.id, error="internal_error", hint=error.hint)
    if asked:
        done.balanced = sync.refresh_balances(store, source)
    if failed is not None:
        raise failed
    return Done(done)


def _map_again(store: Store, source: Source, one: Operation, run: Run) -> sync.Mapped:
    """Units that wait are mapped first: a correction is one."""
    entity, record = one.input["entity"], one.input.get("record")
    with store.reading() as tx:
        before = rejections.count(tx, source.id, entity)
    mapped = sync.map_entity(store, source, source.entity(entity), run)
    released = quarantine.replay(store, source, entity, run_id=run.id, record_id=record)
    _finish(store, run, [one], {"before": before, "after": released.after})
    return mapped


def _compare(
    store: Store, client: ODataClient, source: Source, asked: Sequence[Operation], run: Run, done: Done
) -> Done:
    pulled = done.pulled
    if any(one.kind == "repair" for one in asked):
        read = compare.repair(store, client, source, run)
        pulled = Pulled(None, read.landed, pulled.mapped | read.mapped, read.balanced)
    with store.transaction() as tx:
        for one in asked:
            operations.begin(tx, one.id, "comparing", {})
    agreed = compare.compare(store, client, source, run, kind="by_hand")
    result = {"agreement": agreed.found.id, "state": agreed.state, "differing": agreed.found.differing}
    _finish(store, run, asked, result)
    return Done(pulled, agreed)


def _finish(store: Store, run: Run, asked: Sequence[Operation], result: Mapping[str, object]) -> None:
    with store.transaction() as tx:
        for one in asked:
            operations.finish(tx, one.id, run.id, result, datetime.now(UTC))


def _open(tx: Tx, source: Source) -> list[Operation]:
    return [one for kind in BY_HAND for one in operations.open_(tx, kind, source.id)]


def _wait(tx: Tx, source: Source) -> None:
    for kind in ASKS_THE_BASE:
        operations.waits_for(tx, kind, source.id, "source_paused")


def _give_up(tx: Tx, source: Source, now: datetime) -> None:
    old, dead = now - on_demand.WAITS_AT_MOST, now - on_demand.TAKES_AT_MOST
    for kind in BY_HAND:
        given = {"error": "waited_too_long", "hint": GAVE_UP}
        operations.give_up(tx, kind, source.id, "pending", old, **given)
        operations.give_up(tx, kind, source.id, "running", dead, **given)
