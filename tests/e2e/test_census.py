"""Counting every record against the books: what nobody told the hub of is found in one pass, on both databases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import pytest

from assets import named, ordinary
from assets.agree import agree
from assets.census import Counted, census
from assets.source import Source
from assets.sync import Run
from connectors.odata import ODataClient
from schemas.errors import SourceError, StoreError
from simulator.life import Life, NothingFitsError
from store import census as tally
from store import records, rejections
from store.record_tables import STORED
from tests.e2e.world import SOURCE, World

RUN = Run("run-1", "test")
SHIPMENT = "Document_РеализацияТоваровУслуг"
DUES = "AccumulationRegister_РасчетыСКлиентамиПоСрокам"


@dataclass
class Desk:
    """A hub that has pulled everything; `read` are the keys that censuses had read again."""

    world: World
    source: Source
    client: ODataClient
    life: Life
    read: list[str] = field(default_factory=list)

    def count(self, name: str) -> Counted:
        entity = self.source.entity(name)

        def pull_keys(keys: Sequence[str], types: Mapping[str, str]) -> None:
            self.read += keys
            wanted = [named.Named(entity, tuple(keys), types)]
            named.pull(self.world.store, self.client, self.source, wanted, RUN)

        return census(self.world.store, self.client, self.source, entity, run=RUN, pull_keys=pull_keys)

    def shipments(self) -> list[dict[str, Any]]:
        """Those dated before anything that a refresh looks at."""
        before = (datetime.now(UTC) - timedelta(days=90)).isoformat()
        posted = [one for one in self.world.base.iterate(SHIPMENT) if one["Posted"]]
        return sorted((one for one in posted if one["Date"] < before), key=lambda one: str(one["Date"]))

    def requests(self) -> list[str]:
        return [unquote(target) for _, target, _ in self.world.server.requests]

    def stored(self, name: str, key: str) -> Any:
        table = self.source.entity(name).table
        with self.world.store.reading() as tx:
            return records.get(tx, table, SOURCE, (key,))

    def is_gone(self, name: str, key: str) -> bool:
        stored = STORED[self.source.entity(name).table]
        head = next(iter(self.source.entity(name).table.key))
        with self.world.store.reading() as tx:
            rows = tx.connection.execute(stored.select().where(stored.c[head] == key)).mappings().all()
        assert rows
        return all(row["gone_at"] is not None for row in rows)


@contextmanager
def opened(world: World) -> Iterator[Desk]:
    source = world.source
    with ODataClient(source.settings) as client:
        ordinary.pull(world.store, client, source, RUN)
        yield Desk(world, source, client, Life(world.base, 11))


@pytest.fixture
def desk(world: World) -> Iterator[Desk]:
    with opened(world) as made:
        yield made


@pytest.fixture
def desk_on_any(world_on_any: World) -> Iterator[Desk]:
    with opened(world_on_any) as made:
        yield made


def test_a_hub_that_has_everything_is_counted_and_nothing_is_read_again(desk_on_any: Desk) -> None:
    for entity in desk_on_any.source.entities:
        found = desk_on_any.count(entity.name)
        assert (found.keys, found.differing_days) == ((), 0), entity.name
        with desk_on_any.world.store.reading() as tx:
            assert found.records == records.count(tx, entity.table, SOURCE, entity.name)
            (written,) = tally.history(tx, SOURCE, entity.name, 5)
        assert (written.records, written.appeared, written.vanished) == (found.records, 0, 0)
    assert desk_on_any.read == []


def test_deleted_changed_moved_and_new_documents_are_found_in_one_pass(desk_on_any: Desk) -> None:
    gone, changed, moved, copied, *_ = desk_on_any.shipments()
    base = desk_on_any.world.base
    new = {**copied, "Ref_Key": "0000abcd-0000-4000-8000-000000000001", "Number": "UT-NEW"}
    with base.unregistered():
        base.delete(SHIPMENT, gone["Ref_Key"])
        base.write(SHIPMENT, [{**changed, "Комментарий": "behind the hub's back"}])
        base.write(SHIPMENT, [{**moved, "Date": f"{moved['Date'][:4]}-12-31T12:00:00"}, new])
    before = len(desk_on_any.requests())
    found = desk_on_any.count("shipping_note")
    assert found.vanished == (gone["Ref_Key"],)
    assert found.changed == (changed["Ref_Key"],)
    assert found.moved == (moved["Ref_Key"],)
    assert found.appeared == (new["Ref_Key"],)
    asked = desk_on_any.requests()[before:]
    by_key = [one for one in asked if "$filter=Ref_Key eq" in one]
    rest = [one for one in asked if one not in by_key and "$count" not in one]
    assert all("$select=Date,Ref_Key,DataVersion&" in one for one in rest), "nothing is read whole again"
    assert sum(one.count("guid'") for one in by_key) == len(desk_on_any.read) == 4
    assert desk_on_any.is_gone("shipping_note", gone["Ref_Key"])
    assert desk_on_any.stored("shipping_note", changed["Ref_Key"]).internal_memo == "behind the hub's back"
    assert desk_on_any.stored("shipping_note", moved["Ref_Key"]).dated_at.endswith("12-31T12:00:00")
    assert desk_on_any.stored("shipping_note", new["Ref_Key"]) is not None
    assert desk_on_any.count("shipping_note").keys == ()
    with desk_on_any.world.store.reading() as tx:
        last, first = tally.history(tx, SOURCE, "shipping_note", 2)
    assert (first.appeared, first.vanished, first.changed) == (1, 1, 2)
    assert (last.appeared, last.vanished, last.changed, last.differing_days) == (0, 0, 0, 0)


def test_movements_of_a_deleted_document_go_with_it(desk_on_any: Desk) -> None:
    gone = desk_on_any.shipments()[0]["Ref_Key"]
    with desk_on_any.world.base.unregistered():
        desk_on_any.world.base.delete(SHIPMENT, gone)
    for name in ("settlement_entry", "due_entry"):
        assert desk_on_any.count(name).vanished == (gone,)
        assert desk_on_any.is_gone(name, gone)
        assert desk_on_any.count(name).keys == ()


def test_a_movement_changed_so_that_all_sums_stay_is_found(desk: Desk) -> None:
    """A debt that is due later now: no total tells, no version changed."""
    events = iter(desk.life.silent_movement_edit, None)
    changed = next(event.ref for event in events if event is not None and "is due" in event.what)
    assert changed in desk.count("due_entry").changed
    due = {row["ДатаПлановогоПогашения"][:10] for row in desk.world.base.records(DUES, changed)}
    table = STORED[desk.source.entity("due_entry").table]
    with desk.world.store.reading() as tx:
        wanted = table.select().where(table.c.recorder_id == changed)
        assert {row["due_on"] for row in tx.connection.execute(wanted).mappings()} <= {None, *due}
    assert desk.count("due_entry").keys == ()


def test_a_catalogue_is_counted_by_its_keys(desk: Desk) -> None:
    name = "Catalog_Контрагенты"
    one, other, *_ = list(desk.world.base.iterate(name))
    with desk.world.base.unregistered():
        desk.world.base.write(name, [{**one, "Description": "ООО Новое имя"}])
    assert desk.count("counterparty").changed == (one["Ref_Key"],)
    assert desk.stored("counterparty", one["Ref_Key"]).name == "ООО Новое имя"
    assert desk.stored("counterparty", other["Ref_Key"]) is not None


def test_a_record_in_quarantine_is_no_news_until_it_changes(desk_on_any: Desk) -> None:
    bad = desk_on_any.shipments()[0]
    spoiled = {**bad, "Date": "0209-03-05T10:00:00"}
    with desk_on_any.world.base.unregistered():
        desk_on_any.world.base.write(SHIPMENT, [spoiled])
    assert desk_on_any.count("shipping_note").keys == (bad["Ref_Key"],)
    assert rejected(desk_on_any) == 1
    assert desk_on_any.count("shipping_note").keys == (), "it is known, and still the same"
    with desk_on_any.world.base.unregistered():
        desk_on_any.world.base.write(SHIPMENT, [bad])
    assert bad["Ref_Key"] in desk_on_any.count("shipping_note").keys
    assert rejected(desk_on_any) == 0
    assert not desk_on_any.is_gone("shipping_note", bad["Ref_Key"])


def rejected(desk: Desk) -> int:
    with desk.world.store.reading() as tx:
        return rejections.summary(tx, SOURCE, "shipping_note").count


def test_a_record_deleted_while_in_quarantine_leaves_it(desk: Desk) -> None:
    bad = {**desk.shipments()[0], "Ref_Key": "0000abcd-0000-4000-8000-000000000002"}
    with desk.world.base.unregistered():
        desk.world.base.write(SHIPMENT, [{**bad, "Date": "0209-03-05T10:00:00"}])
        desk.count("shipping_note")
        assert rejected(desk) == 1
        desk.world.base.delete(SHIPMENT, bad["Ref_Key"])
    desk.count("shipping_note")
    assert rejected(desk) == 0


def test_a_count_that_fails_half_way_settles_what_it_read(desk: Desk) -> None:
    gone, date = (desk.shipments()[0][name] for name in ("Ref_Key", "Date"))
    with desk.world.base.unregistered():
        desk.world.base.delete(SHIPMENT, gone)

    limits = replace(desk.client.source.limits, page_rows=10)
    client = ODataClient(replace(desk.client.source, limits=limits))

    class Breaking:
        """The client, whose base goes away after the first documents."""

        source = client.source

        def read(self, *asked: Any, **how: Any) -> Iterator[Any]:
            for unit in client.read(*asked, **how):
                if (unit.scope.start or "") > date:
                    raise SourceError("the base is away", hint="wait")
                yield unit

    def pull_keys(keys: Sequence[str], types: Mapping[str, str]) -> None:
        desk.read += keys

    entity = desk.source.entity("shipping_note")
    broken: Any = Breaking()
    with client, pytest.raises(SourceError, match="away"):
        census(desk.world.store, broken, desk.source, entity, run=RUN, pull_keys=pull_keys)
    assert desk.read == [gone]
    with desk.world.store.reading() as tx:
        (written,) = tally.history(tx, SOURCE, "shipping_note", 5)
    assert 0 < written.records < desk.world.base.count(SHIPMENT)


def test_a_changed_movement_that_a_comparison_named_waits_for_its_repair(desk: Desk) -> None:
    for shipment in desk.shipments():
        with suppress(NothingFitsError):
            desk.life.silent_edit(shipment["Ref_Key"])
            break
    agree(
        desk.world.store,
        desk.client,
        desk.source,
        kind="night",
        run=RUN,
        pull=lambda: ordinary.pull(desk.world.store, desk.client, desk.source, RUN),
    )
    found = desk.count("due_entry")
    assert found.held == found.changed == (shipment["Ref_Key"],)
    assert desk.read == []
    settings = replace(desk.source.settings, repair="auto")
    mending = replace(desk, source=replace(desk.source, settings=settings))
    assert mending.count("due_entry").held == ()
    assert mending.read == [shipment["Ref_Key"]]
    assert mending.count("due_entry").keys == ()


def test_a_record_that_cannot_be_had_is_asked_for_again_and_is_no_news(desk: Desk) -> None:
    bad = desk.shipments()[0]
    with desk.world.base.unregistered():
        desk.world.base.write(SHIPMENT, [{**bad, "Комментарий": "spoiled"}])
    desk.world.server.change(poison={bad["Ref_Key"]: "error"})
    assert desk.count("shipping_note").changed == (bad["Ref_Key"],)
    assert rejected(desk) == 1
    found = desk.count("shipping_note")
    assert (found.changed, found.again) == ((), (bad["Ref_Key"],))
    desk.world.server.change(poison={})
    desk.count("shipping_note")
    assert rejected(desk) == 0
    assert desk.stored("shipping_note", bad["Ref_Key"]).internal_memo == "spoiled"


def test_a_store_that_lacks_nearly_everything_is_not_filled_record_by_record(desk: Desk) -> None:
    table = STORED[desk.source.entity("due_entry").table]
    with desk.world.store.transaction() as tx:
        tx.connection.execute(table.delete())
    limits = replace(desk.source.settings.limits, page_rows=10)
    settings = replace(desk.source.settings, limits=limits)
    with pytest.raises(StoreError, match="not in the store") as raised:
        replace(desk, source=replace(desk.source, settings=settings)).count("due_entry")
    assert "saldo sync --full" in raised.value.hint
    assert desk.read == []
