"""The hub's totals against the accounting system's own: what differs is named, what only lags is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from assets import named, ordinary
from assets.agree import Agreed, agree
from assets.source import Source
from assets.sync import Run
from connectors.odata import ODataClient
from schemas.errors import SourceContractError
from simulator.life import Life, NothingFitsError
from store import agreement
from tests.e2e.world import SOURCE, World

RUN = Run("run-1", "test")
SHIPMENT = "Document_РеализацияТоваровУслуг"
ENTRIES, BY_DUE_DATE = (
    "AccumulationRegister_РасчетыСКлиентами",
    "AccumulationRegister_РасчетыСКлиентамиПоСрокам",
)


@dataclass
class Desk:
    """A hub that has pulled everything, and the books it was pulled from."""

    world: World
    source: Source
    client: ODataClient
    life: Life

    def pull(self) -> object:
        return ordinary.pull(self.world.store, self.client, self.source, RUN)

    def agree(self, pull: Callable[[], object] | None = None) -> Agreed:
        return agree(
            self.world.store, self.client, self.source, kind="night", run=RUN, pull=pull or self.pull
        )

    def repair(self) -> None:
        with self.world.store.reading() as tx:
            wanted = {one.recorder_id: one.recorder_kind for one in agreement.open_documents(tx, SOURCE)}
        named.pull(self.world.store, self.client, self.source, named.records(self.source, wanted), RUN)

    def limited(self, **limits: int) -> Desk:
        settings = replace(self.source.settings, limits=replace(self.source.settings.limits, **limits))
        return replace(self, source=replace(self.source, settings=settings))

    def old_shipments(self) -> list[dict[str, Any]]:
        """Those dated before anything that a refresh looks at, the oldest first."""
        before = (datetime.now(UTC) - timedelta(days=90)).isoformat()
        posted = [one for one in self.world.base.iterate(SHIPMENT) if one["Posted"]]
        return sorted((one for one in posted if one["Date"] < before), key=lambda one: str(one["Date"]))

    def edit_an_old_shipment(self) -> dict[str, Any]:
        for shipment in self.old_shipments():
            with suppress(NothingFitsError):
                self.life.silent_edit(shipment["Ref_Key"])
                return shipment
        raise AssertionError("no old shipping note can be edited")

    def delete_an_old_shipment(self) -> str:
        shipment = str(self.old_shipments()[0]["Ref_Key"])
        with self.world.base.unregistered():
            self.world.base.delete(SHIPMENT, shipment)
        return shipment


@contextmanager
def opened(world: World) -> Iterator[Desk]:
    source = world.source
    with ODataClient(source.settings) as client:
        made = Desk(world, source, client, Life(world.base, 11))
        made.pull()
        yield made


@pytest.fixture
def desk(world: World) -> Iterator[Desk]:
    with opened(world) as made:
        yield made


@pytest.fixture
def desk_on_any(world_on_any: World) -> Iterator[Desk]:
    with opened(world_on_any) as made:
        yield made


def verdicts(found: Agreed) -> dict[str, str]:
    return {document.recorder_id: document.verdict for document in found.documents}


def test_a_hub_that_has_everything_agrees_at_the_cost_of_two_requests(desk_on_any: Desk) -> None:
    before = len(desk_on_any.world.server.requests)
    found = desk_on_any.agree(lambda: pytest.fail("nothing differs: there is nothing to pull"))
    assert (found.state, found.is_alarm, found.differences) == ("agreed", False, ())
    assert found.verified_through == found.found.moment
    assert found.found.compared > 20
    assert len(desk_on_any.world.server.requests) - before == found.found.requests == 2


def test_a_document_changed_without_a_word_is_named_until_it_is_repaired(desk_on_any: Desk) -> None:
    verified = desk_on_any.agree().verified_through
    shipment = desk_on_any.edit_an_old_shipment()
    for _ in range(2):  # red again and again, until somebody mends it
        found = desk_on_any.agree()
        assert found.state == "differs"
        assert found.is_alarm
        assert verdicts(found) == {shipment["Ref_Key"]: "differs"}
        assert found.verified_through == verified
        owners = {one.counterparty_id for one in found.differences}
        assert owners == {shipment["Контрагент_Key"]}
    with desk_on_any.world.store.reading() as tx:
        assert agreement.state_of(tx, SOURCE, shipment["Контрагент_Key"]).state == "differs"
        assert agreement.latest(tx, SOURCE) == found.found
    desk_on_any.repair()
    assert desk_on_any.agree().state == "agreed"


def test_what_the_next_pull_brings_is_no_discrepancy(desk: Desk) -> None:
    for _ in range(3):
        desk.life.new_shipment()
        desk.life.new_payment()
    found = desk.agree()
    assert (found.state, found.differences) == ("agreed", ())


def test_a_base_in_which_people_work_raises_no_alarm(desk_on_any: Desk) -> None:
    def pull_while_they_work() -> None:
        desk_on_any.pull()
        desk_on_any.life.new_payment()
        desk_on_any.life.new_shipment()

    desk_on_any.life.new_shipment()
    found = desk_on_any.agree(pull_while_they_work)
    assert not found.is_alarm
    assert found.state in ("agreed", "unsettled")
    assert desk_on_any.agree().state == "agreed"


def test_a_document_deleted_in_a_closed_period_is_named_as_missing_in_the_books(desk: Desk) -> None:
    gone = desk.delete_an_old_shipment()
    assert verdicts(desk.agree()) == {gone: "missing_in_books"}


def test_a_document_posted_into_a_closed_period_is_named_as_missing_in_the_hub(desk: Desk) -> None:
    date = str(desk.old_shipments()[0]["Date"])
    with desk.world.base.unregistered():
        new = desk.life.new_shipment(on=date).ref
    found = desk.agree()
    assert verdicts(found) == {new: "missing_in_hub"}
    desk.repair()
    assert desk.agree().state == "agreed"


def test_the_search_stops_at_its_budget_and_keeps_the_range(desk: Desk) -> None:
    desk.edit_an_old_shipment()
    found = desk.limited(agreement_requests=0).agree()
    assert found.state == "incomplete"
    assert found.is_alarm
    assert found.documents == ()
    (first, *_) = found.differences
    assert first.range_end == found.found.moment


def test_a_movement_in_quarantine_is_named_as_rejected(desk: Desk) -> None:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    shipment = desk.life.new_shipment(on=yesterday.strftime("%Y-%m-%dT12:00:00")).ref
    rows = desk.world.base.records(BY_DUE_DATE, shipment)
    spoiled = [{**row, "ДатаПлановогоПогашения": "0209-01-01T00:00:00"} for row in rows]
    desk.world.base.write_records(BY_DUE_DATE, shipment, SHIPMENT, spoiled)
    desk.pull()
    found = desk.agree()
    assert verdicts(found) == {shipment: "rejected"}
    assert found.state == "differs"


def test_a_figure_finer_than_its_currency_names_register_and_key(desk: Desk) -> None:
    shipment = desk.old_shipments()[0]
    rows = desk.world.base.records(ENTRIES, shipment["Ref_Key"])
    finer = [{**row, "Сумма": row["Сумма"] + type(row["Сумма"])("0.001")} for row in rows]
    desk.world.base.write_records(ENTRIES, shipment["Ref_Key"], SHIPMENT, finer)
    with pytest.raises(SourceContractError) as raised:
        desk.agree()
    assert ENTRIES in raised.value.message
    assert raised.value.context["key"] == rows[0]["АналитикаУчетаПоПартнерам_Key"]
    with desk.world.store.reading() as tx:
        (last, *_) = agreement.history(tx, SOURCE, 1)
    assert (last.state, last.differences) == ("failed", ())
    assert last.error
    assert ENTRIES in last.error
