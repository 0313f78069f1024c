from __future__ import annotations

from dataclasses import dataclass

from schemas.types import WallClock
from store import runs
from tests.unit.store.desk import SOURCE, Desk


@dataclass(frozen=True)
class Counts:
    read: int = 10
    inserted: int = 1
    changed: int = 2
    unchanged: int = 6
    gone: int = 3
    rejected: int = 1


RUN = {"run_id": "run-1", "source": SOURCE, "entity": "invoice"}


def test_a_run_is_told_from_start_to_end(desk: Desk) -> None:
    with desk.store.transaction() as tx:
        runs.start(tx, job="sync_documents", **RUN)
    with desk.store.transaction() as tx:
        marks = {"watermark_before": None, "watermark_after": WallClock("2026-03-01T00:00:00")}
        runs.landed(tx, pages=3, bytes=5_000_000_000, source_seconds=1.5, **marks, **RUN)
    with desk.store.transaction() as tx:
        runs.mapped(tx, job="sync_documents", counts=Counts(), total={"RUB": "12.30"}, **RUN)
    with desk.store.reading() as tx:
        (run,) = runs.latest(tx, SOURCE)
        assert runs.find(tx, "run-1", SOURCE, "invoice") == run
    assert (run.state, run.job, run.pages, run.bytes) == ("degraded", "sync_documents", 3, 5_000_000_000)
    assert (run.read, run.inserted, run.changed, run.unchanged, run.gone, run.rejected) == (10, 1, 2, 6, 3, 1)
    assert (run.watermark_before, run.watermark_after) == (None, "2026-03-01T00:00:00")
    assert run.control_total == {"RUB": "12.30"}
    assert run.finished_at is not None
    assert run.finished_at >= run.started_at


def test_a_run_that_rejected_nothing_is_done(desk: Desk) -> None:
    with desk.store.transaction() as tx:
        runs.mapped(tx, job="replay_invoice", counts=Counts(rejected=0), total={}, **RUN)
        (run,) = runs.latest(tx, SOURCE, "invoice")
    assert (run.state, run.job) == ("done", "replay_invoice")


def test_a_failed_run_says_why_and_may_start_again(desk: Desk) -> None:
    with desk.store.transaction() as tx:
        runs.start(tx, job="sync", **RUN)
        runs.fail(tx, error="The base refused. Check the password", **RUN)
        (failed,) = runs.latest(tx, SOURCE)
        runs.start(tx, job="sync", **RUN)
        (again,) = runs.latest(tx, SOURCE)
    assert (failed.state, failed.error) == ("failed", "The base refused. Check the password")
    assert (again.state, again.error, again.finished_at) == ("started", None, None)


def test_the_newest_runs_come_first(desk: Desk) -> None:
    for number in range(3):
        with desk.store.transaction() as tx:
            runs.start(tx, run_id=f"run-{number}", source=SOURCE, entity="invoice", job="sync")
    with desk.store.reading() as tx:
        assert [run.run_id for run in runs.latest(tx, SOURCE, "invoice", limit=2)] == ["run-2", "run-1"]
        assert runs.latest(tx, "other") == []
