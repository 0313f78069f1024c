"""Orders as Dagster, the warm worker and the command line see them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import dagster as dg
import pytest

from assets import order_pull, report_unknown_orders
from assets.hub import Hub
from assets.report_orders import THROUGH
from assets.sync import Run
from jobs import cli
from jobs.definitions import defs
from jobs.orders import job_name
from jobs.worker import Worker
from schemas.submissions import identity
from store.submissions import Submission
from store.tables_of_orders import OUTBOX, SUBMISSION
from tests.e2e.ordering import ORDER, PARTY, SOURCE, Open, Ordering, ordering
from tests.e2e.test_worker import until

__all__ = ["ordering"]


@pytest.fixture
def world(ordering: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ordering:
    """The same with a settings file, as Dagster and the command read it."""
    made = ordering(red_after_s=600)
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / f"{SOURCE}.toml").write_text(
        f'id = "{SOURCE}"\ntitle = "Base"\nbase_url = "{made.server.url}"\nuser = "{made.server.user}"\n'
        'password_env = "TEST_PASSWORD"\ntime_zone = "Europe/Moscow"\nhistory_from = 2025-01-01\n'
        "[orders]\naccept = true\nchosen_key = true\nred_after_s = 600\n",
        encoding="utf-8",
    )
    told = f'[hub]\ndatabase_url = "{made.store.engine.url}"\nlanding_url = "file://{tmp_path / "landing"}"\n'
    (tmp_path / "saldo.toml").write_text(told, encoding="utf-8")
    monkeypatch.setenv("SALDO_CONFIG", str(tmp_path / "saldo.toml"))
    monkeypatch.setenv("TEST_PASSWORD", made.server.password)
    return made


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


def hub() -> Hub:
    return Hub(settings_path=os.environ["SALDO_CONFIG"])


def refused(world: Ordering) -> Submission:
    world.fault("refuse", "/Post", message="Недостаточно товара на складе")
    one = world.queued()
    world.push()
    return one


def long_ago(world: Ordering) -> None:
    with world.store.transaction() as tx:
        before = tx.now - timedelta(hours=1)
        tx.connection.execute(SUBMISSION.update().values(since=before))
        tx.connection.execute(OUTBOX.update().values(next_at=before))


def tick(instance: dg.DagsterInstance, cursor: str | None = None) -> dg.SensorResult:
    sensor = next(one for one in defs().sensors or () if one.name == f"{SOURCE}_orders_sensor")
    assert isinstance(sensor, dg.SensorDefinition)
    with dg.build_sensor_context(instance=instance, resources={"hub": hub()}, cursor=cursor) as context:
        result = sensor(context)
    assert isinstance(result, dg.SensorResult)
    return result


def test_the_job_pushes_and_tells_and_its_check_is_red_for_what_stays(
    world: Ordering, instance: dg.DagsterInstance
) -> None:
    bad = refused(world)
    long_ago(world)
    world.queued("S-2")
    result = defs().resolve_job_def(job_name(SOURCE)).execute_in_process(instance=instance)
    (made,) = result.asset_materializations_for_node(f"{SOURCE}__orders")
    assert (made.metadata["hub/pushed"].value, made.metadata["hub/confirmed"].value) == (1, 1)
    checks = {one.check_name: one for one in result.get_asset_check_evaluations()}
    told = str(checks[THROUGH].metadata["hub/next_action"].value)
    assert not checks[THROUGH].passed
    assert f"saldo orders again {bad.number}" in told
    assert PARTY not in told


def test_chosen_orders_are_sent_again_by_their_job(world: Ordering, instance: dg.DagsterInstance) -> None:
    one = refused(world)
    job = defs().resolve_job_def(f"{SOURCE}_orders_again")
    config = {
        "ops": {f"{SOURCE}_orders_again_pass": {"config": {"numbers": [one.number], "reason": "in stock"}}}
    }
    assert job.execute_in_process(instance=instance, run_config=config).success
    assert world.now(one).state == "confirmed"
    again = job.execute_in_process(instance=instance, run_config=config, raise_on_error=False)
    assert not again.success  # it is not refused any more


def test_the_doorbell_rings_only_for_what_no_worker_took(
    world: Ordering, instance: dg.DagsterInstance
) -> None:
    world.queued()
    first = tick(instance)
    assert not first.run_requests
    assert len(first.asset_events) == 1
    assert tick(instance, first.cursor).asset_events == []
    long_ago(world)
    assert len(tick(instance, first.cursor).run_requests or ()) == 1


def test_the_warm_worker_pushes_an_order_within_moments(
    world: Ordering, instance: dg.DagsterInstance
) -> None:
    job = defs().resolve_job_def(job_name(SOURCE))
    own = hub()
    worker = Worker(own, [world.source], {job.name: job}, instance)
    worker.look()
    assert not worker.is_running
    one = world.queued()
    worker.look()
    until(lambda: world.now(one).state == "confirmed", within_s=5)

    def reported() -> bool:
        worker.look()
        return instance.get_runs_count() == 1 and not worker.is_running

    until(reported)
    (run,) = instance.get_runs()
    assert (run.job_name, run.status) == (job.name, dg.DagsterRunStatus.SUCCESS)
    assert worker.end()
    own.store.close()


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    code = cli.main(["orders", *arguments])
    out = capsys.readouterr()
    assert code == (1 if out.err else 0)
    return out.out + out.err


def test_the_command_lists_shows_and_settles(world: Ordering, capsys: pytest.CaptureFixture[str]) -> None:
    one = refused(world)
    number = str(one.number)
    assert "posting_refused" in said(capsys, "show", number)
    shown = said(capsys, "show", number)
    assert "Недостаточно товара на складе" in shown
    assert "refused" in shown
    assert f"orders again {number}" in " ".join(said(capsys, "list", "--state", "rejected").split())
    assert "not uncertain" in said(capsys, "absent", number, "--reason", "looked")
    assert "rejected -> queued" in said(capsys, "again", number, "--reason", "in stock")
    world.push()
    assert "asked to cancel" in said(capsys, "cancel", number, "--reason", "the customer rang")
    world.push()
    (paper,) = world.papers()
    assert paper["DeletionMark"]
    assert "cancelled" in said(capsys, "show", number)
    assert "no orders" in said(capsys, "list", "--state", "uncertain")


def test_an_older_backup_is_seen_at_once(world: Ordering, capsys: pytest.CaptureFixture[str]) -> None:
    """The storefront sends the order again, and the hub finds it in the books."""
    one = world.queued()
    world.push()
    with world.store.transaction() as tx:
        for table in ("outbox", "push_attempt", "submission_step", "submission_version", "submission"):
            tx.connection.exec_driver_sql(f"DELETE FROM {table}")
    assert "unknown here" in said(capsys, "list")
    again = world.queued()
    assert again.id == one.id == identity(SOURCE, "order", PARTY, "S-1")
    world.push()
    assert world.states(again) == ["sending", "created", "posted", "confirmed"]
    assert ("create", "done") not in world.attempts(again)
    assert len(world.papers()) == 1


def test_what_was_forgotten_and_then_cancelled_is_not_lost_from_sight(world: Ordering) -> None:
    one = world.queued()
    world.push()
    with world.store.transaction() as tx:
        ended = {"state": "cancelled", "ref_key": None}
        tx.connection.execute(SUBMISSION.update().where(SUBMISSION.c.number == one.number).values(**ended))
    found = report_unknown_orders.known(world.store, world.source)
    assert not found.passed
    assert "| S-1 |" in str(found.metadata["hub/next_action"].value)
    assert "| cancelled |" in str(found.metadata["hub/next_action"].value)


def test_a_second_document_of_an_order_that_came_late_is_seen(world: Ordering) -> None:
    world.queued()
    world.push()
    (paper,) = world.papers()
    assert report_unknown_orders.known(world.store, world.source).passed
    second = "11111111-1111-1111-1111-111111111111"
    world.base.write(ORDER, [{**paper, "Ref_Key": second, "Number": "S-LATE", "Posted": False}])
    run = Run("late", "late")
    with world.client(world.source) as client:
        order_pull.fetch(world.store, client, world.source, run, {second})
    found = report_unknown_orders.known(world.store, world.source)
    assert not found.passed
    assert "S-LATE" in str(found.metadata["hub/next_action"].value)
