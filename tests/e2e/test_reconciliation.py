"""Three producers, one statement: the hub's store, the base over OData, the base's own extension over SOAP."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from assets import ordinary, reconciliation
from assets.sync import Run
from connectors.odata import ODataClient
from schemas.reconciliation import Statement, StatementRequest, flaws
from schemas.reconciliation_differences import Comparison, compare
from simulator.life import Life
from simulator.server import Server
from store import balances
from tests.e2e.world import SOURCE, World, make_world

SETTLED_BY = ("shipping_note", "return_note", "bank_receipt", "cash_receipt", "offset")
NEEDED = ("currency", "contract", "settlement_key", *SETTLED_BY, "settlement_entry", "due_entry")


@dataclass
class Desk:
    """A hub that has pulled everything from a base with the extension."""

    world: World
    client: ODataClient
    life: Life

    def requests(self, days: int = 400) -> list[StatementRequest]:
        """One for each organisation, counterparty and currency that has a balance."""
        today = datetime.now(UTC).date() + timedelta(days=1)
        with self.world.store.reading() as tx:
            totals = balances.totals(tx, SOURCE)
        owners = sorted({(one.organization_id, one.counterparty_id, one.currency) for one in totals})
        return [
            StatementRequest(SOURCE, *owner, today - timedelta(days=days), today, by_contract=True)
            for owner in owners
        ]

    def balances(self) -> dict[tuple[str, str, str], int]:
        """What is shown, by organisation, counterparty and currency."""
        shown: dict[tuple[str, str, str], int] = defaultdict(int)
        with self.world.store.reading() as tx:
            for one in balances.totals(tx, SOURCE):
                shown[one.organization_id, one.counterparty_id, one.currency] += one.debt
        return shown

    def drawn(self, request: StatementRequest) -> Statement:
        return reconciliation.by_hub(self.world.store, request)

    def compared(self, request: StatementRequest) -> Comparison:
        store, source = self.world.store, self.world.source
        told = reconciliation.by_accounting_system(store, source, self.client, request)
        return compare(self.drawn(request), told.statement)

    def over_odata(self, request: StatementRequest) -> Comparison:
        store, source = self.world.store, self.world.source
        told = reconciliation.by_odata(store, source, self.client, request)
        return compare(self.drawn(request), told.statement)


@contextmanager
def opened(
    folder: Path, monkeypatch: pytest.MonkeyPatch, database_url: str, server: Server
) -> Iterator[Desk]:
    address = server.url.replace("/odata/standard.odata", "/ws/saldo.1cws")
    world = make_world(folder, monkeypatch, database_url, server, f'soap_url = "{address}"')
    wanted = [entity for entity in world.source.entities if entity.name in NEEDED]
    with ODataClient(world.source.settings) as client:
        ordinary.pull(world.store, client, world.source, Run("run-1", "test"), wanted)
        yield Desk(world, client, Life(world.base, seed=3))
    world.store.close()
    world.instance.dispose()


@pytest.fixture
def desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database_url: str, server: Server
) -> Iterator[Desk]:
    with opened(tmp_path, monkeypatch, database_url, server) as made:
        yield made


@pytest.fixture
def desk_on_any(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, any_database: str, server: Server
) -> Iterator[Desk]:
    with opened(tmp_path, monkeypatch, any_database, server) as made:
        yield made


def test_all_three_say_the_same_of_every_counterparty_and_of_the_balance(desk_on_any: Desk) -> None:
    desk, lines = desk_on_any, 0
    requests = desk.requests()
    shown = desk.balances()
    assert len(requests) > 10
    for request in requests:
        soap, odata = desk.compared(request), desk.over_odata(request)
        assert soap.differences == odata.differences == ()
        for statement in (soap.left, soap.right, odata.right):
            assert flaws(statement) == ()
        assert (soap.left.producer, soap.right.producer, odata.right.producer) == ("store", "soap", "odata")
        assert soap.left.parts == soap.right.parts == odata.right.parts
        assert soap.left.closing == shown[request.organization_id, request.counterparty_id, request.currency]
        lines += len(soap.left.lines)
    assert lines > 50
    together = replace(requests[0], by_contract=False)
    assert desk.compared(together).agrees
    assert desk.over_odata(together).agrees


def test_what_the_base_changed_behind_the_hubs_back_is_named_document_by_document(desk: Desk) -> None:
    edited, deleted, new = desk.life.silent_edit(), desk.life.silent_delete(), desk.life.new_shipment()
    kinds: dict[str, set[str]] = defaultdict(set)
    for request in desk.requests(days=2_000):
        found = desk.compared(request)
        assert found.unexplained == ()
        assert sum(x.amount for x in found.differences) == found.right.closing - found.left.closing
        assert told(found) == told(desk.over_odata(request))
        for kind, document, _ in told(found):
            kinds[document].add(kind)
    assert kinds.keys() == {edited.ref, deleted.ref, new.ref}
    assert kinds[edited.ref] <= {"amount", "sign"}
    assert (kinds[deleted.ref], kinds[new.ref]) == ({"missing_right"}, {"missing_left"})


def test_a_change_before_the_period_shows_as_an_opening_balance(desk: Desk) -> None:
    before = {x.document_id: x for one in desk.requests(days=2_000) for x in desk.drawn(one).lines}
    deleted = desk.life.silent_delete()
    day = date.fromisoformat(before[deleted.ref].at[:10]) + timedelta(days=1)
    later = [replace(request, first_on=day) for request in desk.requests(days=1)]
    found = [difference for request in later for difference in desk.compared(request).differences]
    assert [(x.kind, x.amount) for x in found] == [("opening", -before[deleted.ref].net)]


def told(found: Comparison) -> list[tuple[str, str, int]]:
    """Kind, document and amount of each difference."""
    return [
        (x.kind, line.document_id, x.amount)
        for x in found.differences
        if (line := x.left or x.right) is not None
    ]
