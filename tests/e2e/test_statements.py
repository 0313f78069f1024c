"""Statements because somebody asked: from the row to both drawings, whatever the accounting system does meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assets import keys, ordinary, statement_drawing
from assets.sync import Run
from connectors.odata import ODataClient
from schemas.statements import Asked
from simulator.faults import Fault
from simulator.life import Life
from simulator.server import Server
from store import (
    balances,
    events,
    operations,
    pauses,
    retention,
    statement_choices,
    statement_keeping,
    statement_requests,
    statements,
)
from store.operations import Operation
from store.statements import StatementRow
from tests.e2e.world import SOURCE, World, make_world

NEEDED = (
    *("currency", "organization", "counterparty", "contract", "settlement_key"),
    *("shipping_note", "return_note", "bank_receipt", "cash_receipt", "offset"),
    *("settlement_entry", "due_entry"),
)


@contextmanager
def hub(
    folder: Path, monkeypatch: pytest.MonkeyPatch, database_url: str, server: Server, *, soap: bool
) -> Iterator[World]:
    address = server.url.replace("/odata/standard.odata", "/ws/saldo.1cws")
    lines = (f'soap_url = "{address}"',) if soap else ()
    world = make_world(folder, monkeypatch, database_url, server, *lines)
    wanted = [entity for entity in world.source.entities if entity.name in NEEDED]
    with ODataClient(world.source.settings) as client:
        ordinary.pull(world.store, client, world.source, Run("run-1", "test"), wanted)
    yield world
    world.store.close()
    world.instance.dispose()


@pytest.fixture
def world_of_soap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, any_database: str, server: Server
) -> Iterator[World]:
    with hub(tmp_path, monkeypatch, any_database, server, soap=True) as made:
        yield made


@pytest.fixture
def extended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str, server: Server
) -> Iterator[World]:
    with hub(tmp_path, monkeypatch, database_url, server, soap=True) as made:
        yield made


@pytest.fixture
def world_of_odata(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str, server: Server
) -> Iterator[World]:
    with hub(tmp_path, monkeypatch, database_url, server, soap=False) as made:
        yield made


def questions(world: World, count: int = 1) -> list[Asked]:
    """What may be asked of those who owe the most."""
    today = datetime.now(UTC).date() + timedelta(days=1)
    with world.store.reading() as tx:
        totals = sorted(balances.totals(tx, SOURCE), key=lambda one: -one.debt)
    owners = dict.fromkeys((one.organization_id, one.counterparty_id, one.currency) for one in totals)
    return [
        Asked(
            source=SOURCE,
            organization_id=organization,
            counterparty_id=counterparty,
            currencies=(currency,),
            first_on=today - timedelta(days=400),
            last_on=today,
            by_contract=True,
        )
        for organization, counterparty, currency in list(owners)[:count]
    ]


def ask(world: World, asked: Asked) -> Operation:
    with world.store.transaction() as tx:
        return statement_requests.ask(tx, asked, "user:ito")


def how_is(world: World, operation: Operation) -> tuple[Operation, StatementRow | None]:
    with world.store.reading() as tx:
        now = operations.get(tx, operation.id)
        assert now is not None
        row = statements.get(tx, statement_requests.statement_id(now) or "")
        return now, row


def drawn(world: World, asked: Asked) -> StatementRow:
    operation = ask(world, asked)
    assert world.pull("statements").success
    ended, row = how_is(world, operation)
    assert (ended.state, ended.progress, ended.error) == ("succeeded", "done", None)
    assert row is not None
    assert ended.as_of == row.as_of
    return row


def told(world: World) -> list[tuple[str, str]]:
    with world.store.reading() as tx:
        return [
            (one.subject_id, one.data.get("verdict", one.type))
            for one in events.read(tx)
            if one.type.startswith("statement.")
        ]


def test_the_hubs_is_there_before_any_run_and_the_other_is_compared_in_one(world_of_soap: World) -> None:
    world = world_of_soap
    (asked,) = questions(world)
    operation = ask(world, asked)
    requests = len(world.server.requests)
    assert statement_drawing.draw_waiting(world.store, world.source) == 1
    assert statement_drawing.draw_waiting(world.store, world.source) == 0
    now, first = how_is(world, operation)
    assert (now.state, now.progress) == ("running", "comparing")
    assert first is not None
    assert (first.verdict, first.shown, first.created_by) == ("pending", "hub", "user:ito")
    assert len(world.server.requests) == requests
    assert ask(world, asked).id == operation.id
    result = world.pull("statements")
    (event,) = result.asset_materializations_for_node(f"{SOURCE}__statements")
    assert event.metadata["hub/statements"].value == 1
    assert asked.counterparty_id not in str(event.metadata)
    row = how_is(world, operation)[1]
    assert row is not None
    assert (row.id, row.verdict, row.shown, row.why) == (first.id, "agrees", "books", None)
    assert told(world) == [(row.id, "agrees")]
    with world.store.reading() as tx:
        both = statements.drawings(tx, row)
    assert [one[0].producer for one in both.values()] == ["soap", "store"]
    again = drawn(world, asked)
    assert (again.id, again.checksum, again.as_of) == (row.id, row.checksum, row.as_of)
    assert again.confirmed_at is not None
    assert len(world.server.requests) - requests < 10


def test_without_the_extension_it_comes_over_odata_and_its_bytes_stay(world_of_odata: World) -> None:
    world = world_of_odata
    (asked,) = questions(world)
    row = drawn(world, asked)
    assert (row.verdict, row.shown) == ("agrees", "books")
    with world.store.reading() as tx:
        assert {one.producer for one in statements.shown(tx, row)} == {"odata"}
    dropped = retention.drop(world.store, datetime.now(UTC) + timedelta(days=1), dry_run=True)
    assert drawn(world, asked).id == row.id  # its bytes are landed too, and nothing names them
    more = retention.drop(world.store, datetime.now(UTC) + timedelta(days=1), dry_run=True)
    assert more.units == dropped.units + 1


def test_what_the_books_say_more_is_another_statement_with_its_document(world_of_odata: World) -> None:
    world = world_of_odata
    shipment = Life(world.base, seed=3).new_shipment()
    books = world.base.read(shipment.entity_set, shipment.ref)
    assert books is not None
    owners = books["Организация_Key"], books["Контрагент_Key"]
    with world.store.reading() as tx:
        settled_in = statement_choices.currencies_of(tx, SOURCE, *owners)
    today = datetime.now(UTC).date() + timedelta(days=1)
    first_on = today - timedelta(days=30)
    row = drawn(
        world,
        Asked(
            source=SOURCE,
            organization_id=owners[0],
            counterparty_id=owners[1],
            currencies=settled_in,
            first_on=first_on,
            last_on=today,
        ),
    )
    assert (row.verdict, row.differences) == ("differs", 1)
    with world.store.reading() as tx:
        found = [one for compared in statements.comparisons(tx, row) for one in compared.differences]
    assert [one.right.document_id for one in found if one.right] == [shipment.ref]
    assert world.pull("refresh_settlements").success
    agrees = drawn(world, row.asked)
    assert (agrees.number, agrees.verdict) == (row.number + 1, "agrees")


def test_while_the_base_is_away_the_hubs_is_given_and_the_other_follows(world_of_soap: World) -> None:
    world = world_of_soap
    first, second = questions(world, 2)
    world.server.faults.add(Fault("drop", times=0))
    row = drawn(world, first)
    assert (row.verdict, row.shown, row.why, row.is_draft) == ("pending", "hub", "source_unavailable", True)
    assert row.compare_at is not None
    assert row.asked_at is not None
    assert told(world) == [(row.id, "pending")]
    requests = len(world.server.requests)
    other = drawn(world, second)  # so soon after, nobody asks again
    assert (other.why, other.asked_at) == ("source_unavailable", None)
    assert len(world.server.requests) == requests
    world.server.faults.clear()
    with world.store.transaction() as tx:
        for one in (row, other):
            statement_keeping.waits(tx, one, "source_unavailable", tx.now, tx.now - timedelta(minutes=2))
    assert world.pull("statements").success
    assert sorted(told(world)[2:]) == sorted([(row.id, "agrees"), (other.id, "agrees")])


def test_a_paused_base_is_not_asked_and_follows_when_it_is_resumed(extended: World) -> None:
    world = extended
    (asked,) = questions(world)
    requests = len(world.server.requests)
    with world.store.transaction() as tx:
        pauses.pause(tx, SOURCE, by="the administrator", reason="month end is being closed")
    row = drawn(world, asked)
    assert (row.verdict, row.why) == ("pending", "source_paused")
    assert world.pull("statements").success
    assert len(world.server.requests) == requests
    with world.store.transaction() as tx:
        pauses.resume(tx, SOURCE)
    assert world.pull("statements").success
    with world.store.reading() as tx:
        now = statements.get(tx, row.id)
    assert now is not None
    assert now.verdict == "agrees"


def test_a_refusal_is_kept_from_who_asked_and_shown_to_ops(extended: World) -> None:
    world = extended
    (asked,) = questions(world)
    world.server.faults.add(Fault("soap_fault", match="ws/", message="Секретная причина", times=0))
    operation = ask(world, asked)
    result = world.pull("statements")
    ended, row = how_is(world, operation)
    assert row is not None
    assert (ended.state, row.verdict, row.why) == ("succeeded", "pending", "source_refused")
    (check,) = result.get_asset_check_evaluations()
    assert (check.passed, check.asset_key) == (False, keys.statements(SOURCE))
    assert f"`saldo check {SOURCE}`" in str(check.metadata["hub/next_action"].value)
    assert "Секретная" not in str(ended) + str(check.metadata)


def test_before_anything_was_pulled_a_request_fails_with_what_to_do(world: World) -> None:
    today = datetime.now(UTC).date()
    asked = Asked(
        source=SOURCE,
        organization_id="",
        counterparty_id="nobody",
        currencies=("RUB",),
        first_on=today,
        last_on=today,
    )
    operation = ask(world, asked)
    assert statement_drawing.draw_waiting(world.store, world.source) == 0
    assert world.pull("statements").success
    ended, row = how_is(world, operation)
    assert (ended.state, ended.error, row) == ("failed", "not_drawn", None)
    assert ended.hint
    assert told(world) == [(operation.id, "statement.failed")]


def test_a_months_end_is_drawn_at_once_and_then_compared(extended: World) -> None:
    world = extended
    asked = [ask(world, one) for one in questions(world, 12)]
    assert len(asked) > 5
    assert statement_drawing.draw_waiting(world.store, world.source) == len(asked)
    assert world.pull("statements").success
    verdicts = {row.verdict for one in asked if (row := how_is(world, one)[1])}
    assert verdicts == {"agrees"}
