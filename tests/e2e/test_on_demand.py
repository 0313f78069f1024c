"""The storefront asks for fresher data of one counterparty: from the POST to the figure (BS-08)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from uuid import uuid4

import dagster as dg
import pytest
from litestar import Litestar
from litestar.testing import TestClient

from api.app import create_app
from assets import on_demand
from simulator.faults import Fault
from simulator.life.life import Life
from simulator.server import Server
from store import operations, pauses
from tests.e2e.test_full_load import books_of, site_of
from tests.e2e.test_sensors import ring
from tests.e2e.world import SOURCE, World, make_world

PLAN = ('changes = "exchange"', 'exchange_plan = "ДляODATA"', 'exchange_node = "002"')


@pytest.fixture(params=[pytest.param((), id="by window"), pytest.param(PLAN, id="by plan")])
def loaded(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    any_database: str,
    server: Server,
) -> Iterator[World]:
    """A world that is fully read, on either database, that learns of changes in either way."""
    world = make_world(tmp_path, monkeypatch, any_database, server, *request.param)
    world.load()
    yield world
    world.store.close()
    world.instance.dispose()


@contextmanager
def storefront(world: World) -> Iterator[TestClient[Litestar]]:
    with TestClient(create_app(world.settings, world.store), raise_server_exceptions=False) as client:
        client.headers["Authorization"] = f"Bearer {world.api_key()}"
        yield client


def ask(client: TestClient[Litestar], counterparty: str) -> Any:
    address = f"/v1/counterparties/{SOURCE}:{counterparty}/sync"
    answer = client.post(address, headers={"Idempotency-Key": str(uuid4())})
    assert answer.status_code == 202, answer.text
    assert answer.headers["Location"] == f"/v1/operations/{answer.json()['id']}"
    assert int(answer.headers["Retry-After"]) > 0
    return answer.json()


def how_is(client: TestClient[Litestar], operation: Any) -> Any:
    answer = client.get(f"/v1/operations/{operation['id']}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def clock(world: World, seconds: int = 3600) -> str:
    """So long ago, by the books' clock."""
    at = datetime.now(world.source.settings.time_zone) - timedelta(seconds=seconds)
    return at.replace(tzinfo=None).isoformat(timespec="seconds")


def payer(world: World, event: Any) -> str:
    row = world.base.read(event.entity_set, event.ref)
    assert row is not None
    return str(row["Контрагент_Key"])


def debts(client: TestClient[Litestar], counterparty: str) -> list[tuple[Any, ...]]:
    answer = client.get(f"/v1/counterparties/{SOURCE}:{counterparty}/balance").json()
    return [(one["contract"], one["currency"], one["debt"]) for one in answer["contracts"]]


def test_a_payment_of_a_second_ago_is_in_the_balance_when_the_operation_has_succeeded(loaded: World) -> None:
    payment = Life(loaded.base, seed=11).new_payment(on=clock(loaded, seconds=1))
    who = payer(loaded, payment)
    with storefront(loaded) as client:
        before = debts(client, who)
        asked_at = datetime.now(UTC)
        operation = ask(client, who)
        assert (operation["state"], operation["progress"]) == ("pending", "queued")
        assert isinstance(ring(loaded, "on_demand"), dg.RunRequest)
        assert loaded.pull("on_demand").success
        ended = how_is(client, operation)
        assert (ended["state"], ended["progress"], ended["error"]) == ("succeeded", "done", None)
        assert datetime.fromisoformat(ended["as_of"]) >= asked_at
        assert debts(client, who) != before
    mine = {key: debt for key, debt in books_of(loaded).items() if key[1] == who}
    assert {key: debt for key, debt in site_of(loaded).items() if key[1] == who} == mine
    assert ring(loaded, "on_demand") == dg.SkipReason("nobody asks")


def test_by_windows_only_what_concerns_the_counterparties_is_read_also_what_went(world: World) -> None:
    world.load()
    life = Life(world.base, seed=5)
    gone, other = life.new_shipment(on=clock(world)), life.new_shipment(on=clock(world))
    who = [payer(world, gone), payer(world, other)]
    asked_before = len(world.server.requests)
    with storefront(world) as client:
        for round_ in range(2):
            if round_:
                life.unpost(gone.ref)
                life.delete(other.ref)
            asked_now = [ask(client, one) for one in who]
            assert world.pull("on_demand").success
            assert {how_is(client, one)["state"] for one in asked_now} == {"succeeded"}
            for one in who:
                books = {key: debt for key, debt in books_of(world).items() if key[1] == one}
                assert {key: debt for key, debt in site_of(world).items() if key[1] == one} == books
    asked = [unquote(target) for _, target, _ in world.server.requests[asked_before:]]
    assert all("guid'" in target for target in asked if "?" in target), asked


@pytest.fixture
def known(world: World) -> tuple[World, str]:
    """A world that knows its counterparties and nothing else, and one of them."""
    assert world.pull(only=("currency", "counterparty")).success
    return world, str(next(iter(world.base.iterate("Catalog_Контрагенты")))["Ref_Key"])


def test_a_paused_base_makes_it_wait_and_then_end_with_a_hint(known: tuple[World, str]) -> None:
    world, who = known
    with storefront(world) as client:
        operation = ask(client, who)
        with world.store.transaction() as tx:
            pauses.pause(tx, SOURCE, by="the administrator", reason="month end is being closed")
        assert isinstance(ring(world, "on_demand"), dg.SkipReason)
        waiting = how_is(client, operation)
        assert (waiting["state"], waiting["progress"]) == ("pending", "source_paused")
        assert "month end" not in str(waiting)
        assert world.pull("on_demand").success  # a run that was on its way reads nothing
        assert how_is(client, operation)["progress"] == "source_paused"
        later = datetime.now(UTC) + on_demand.WAITS_AT_MOST + timedelta(seconds=1)
        assert on_demand.look(world.store, world.source, later).count == 0
        ended = how_is(client, operation)
        assert (ended["state"], ended["error"]["code"]) == ("failed", "source_paused")
        assert ended["error"]["hint"]


def test_a_base_that_does_not_answer_lets_it_wait_and_one_that_refuses_ends_it(
    known: tuple[World, str],
) -> None:
    world, who = known
    with storefront(world) as client:
        operation = ask(client, who)
        world.server.faults.add(Fault("drop", match="odata", times=0))
        assert not world.pull("on_demand").success
        waiting = how_is(client, operation)
        assert (waiting["state"], waiting["progress"]) == ("pending", "source_unavailable")
        assert ask(client, who)["id"] == operation["id"]
        world.server.faults.clear()
        world.server.change(hide_sets=frozenset({"Catalog_ДоговорыКонтрагентов"}))
        assert isinstance(ring(world, "on_demand"), dg.SkipReason)  # not at once after a failure
        assert not world.pull("on_demand").success
        ended = how_is(client, operation)
        assert (ended["state"], ended["error"]["code"]) == ("failed", "source_refused")
        assert "Catalog" not in ended["error"]["hint"]


def test_what_a_killed_run_has_left_is_taken_up_again(known: tuple[World, str]) -> None:
    world, who = known
    with storefront(world) as client:
        operation = ask(client, who)
        with world.store.transaction() as tx:
            assert len(operations.take(tx, operations.SYNC, SOURCE, "a run that was killed")) == 1
        assert how_is(client, operation)["state"] == "running"
        assert ask(client, who)["id"] != operation["id"]  # that one may have read before
        assert isinstance(ring(world, "on_demand"), dg.RunRequest)
        with world.store.transaction() as tx:
            assert len(operations.take(tx, operations.SYNC, SOURCE, "the next run")) == 2
            assert operations.succeed(tx, "a run that was killed", datetime.now(UTC)) == 0
            assert operations.succeed(tx, "the next run", datetime.now(UTC)) == 2
        assert how_is(client, operation)["state"] == "succeeded"
