"""Prices and stock from the base's virtual tables to the site, and what of them is no longer there."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from assets import sync
from assets.land import Reading
from assets.sync import Run
from connectors import probe
from connectors.odata import ODataClient
from schemas import TABLES
from simulator.base import Base
from simulator.edm import ZERO_GUID
from simulator.life import Life
from store import records, runs
from store.record_tables import STORED
from tests.e2e.test_full_load import books_of, site_of
from tests.e2e.world import SOURCE, World

PRICES = "InformationRegister_ЦеныНоменклатуры"
SLICE = f"{PRICES}_RecordType/SliceLast"
STOCK = "AccumulationRegister_ТоварыНаСкладах"
CATALOGUE = ("currency", "price_kind", "price", "characteristic", "warehouse", "stock")


def living(world: World, table: str) -> list[dict[str, Any]]:
    found = STORED[TABLES[table]]
    with world.store.reading() as tx:
        rows = tx.connection.execute(found.select().where(found.c.gone_at.is_(None))).mappings()
        return [dict(row) for row in rows]


def prices_of(world: World) -> dict[tuple[str, str], Decimal]:
    return {
        (row["item_id"], row["price_kind_id"]): Decimal(row["price"]).scaleb(-6)
        for row in living(world, "price")
    }


def prices_in(base: Base, at: str) -> dict[tuple[str, str], Decimal]:
    """The latest of each at this moment, by another way than the slice: zero is none."""
    found: dict[tuple[str, str], tuple[str, Decimal]] = {}
    for one in base.iterate(PRICES):
        key = one["Номенклатура_Key"], one["ВидЦены_Key"]
        if one["Period"] <= at:
            found[key] = max(found.get(key, ("", Decimal())), (one["Period"], one["Цена"]))
    return {key: price for key, (_, price) in found.items() if price}


CATALOGS = ("Catalog_ВидыЦен", "Catalog_Склады", "Catalog_ХарактеристикиНоменклатуры")
Place = tuple[str, str, str, str]


def stock_of(world: World) -> dict[Place, tuple[Decimal, Decimal]]:
    return {
        (row["item_id"], row["warehouse_id"], row["purpose_id"], row["characteristic_id"]): (
            Decimal(row["on_hand"]).scaleb(-6),
            Decimal(row["to_ship"]).scaleb(-6),
        )
        for row in living(world, "stock")
    }


def stock_in(base: Base) -> dict[Place, tuple[Decimal, Decimal]]:
    sums: dict[Place, list[Decimal]] = defaultdict(lambda: [Decimal(), Decimal()])
    for one in base.iterate(STOCK):
        sign = 1 if one["RecordType"] == "Receipt" else -1
        told = (one[name].replace(ZERO_GUID, "") for name in ("Назначение_Key", "Характеристика_Key"))
        place = (one["Номенклатура_Key"], one["Склад_Key"], *told)
        sums[place][0] += sign * one["ВНаличии"]
        sums[place][1] += sign * one["КОтгрузке"]
    return {place: (on_hand, to_ship) for place, (on_hand, to_ship) in sums.items() if on_hand or to_ship}


def test_prices_and_stock_are_those_of_the_books_and_follow_them(world_on_any: World) -> None:
    world, base, life = world_on_any, world_on_any.base, Life(world_on_any.base, seed=5)
    now = base.now()
    assert world.pull(only=CATALOGUE).success
    assert prices_of(world) == prices_in(base, now.isoformat())
    assert stock_of(world) == stock_in(base)
    assert len(prices_of(world)) > 50
    assert {bool(purpose) for *_, purpose, _ in stock_of(world)} == {True, False}
    (blue,) = {sort for *_, sort in stock_of(world)} - {""}
    assert [(row["id"], row["name"]) for row in living(world, "characteristic")] == [(blue, "Синий")]
    assert sum(row["for_sale"] for row in living(world, "price_kind")) == 3
    assert [row["name"] for row in living(world, "price_kind") if row["currency"] is None] == ["Служебные"]

    withdrawn, dearer, *_ = sorted(prices_of(world))
    life.change_price(*withdrawn, price="0")
    life.change_price(*dearer, price="77.70")
    of_itself = {item for item, *_, sort in stock_of(world) if not sort} - {
        item for item, _, purpose, sort in stock_of(world) if purpose or sort
    }
    sold_out = next(
        place for place, (_, to_ship) in stock_of(world).items() if place[0] in of_itself and not to_ship
    )
    clear(base, sold_out)
    life.ship_goods()
    assert world.pull("refresh_prices").success
    assert world.pull("refresh_stock").success
    assert withdrawn not in prices_of(world)
    assert prices_of(world)[dearer] == Decimal("77.70")
    assert prices_of(world) == prices_in(base, base.now().isoformat())
    assert sold_out not in stock_of(world)
    assert stock_of(world) == stock_in(base)


def clear(base: Base, place: Place) -> None:
    """Write off all that a warehouse has of an item."""
    item, warehouse, *_ = place
    rests: dict[str, Decimal] = defaultdict(Decimal)
    for one in base.iterate(STOCK):
        if (one["Номенклатура_Key"], one["Склад_Key"]) == (item, warehouse):
            rests[one["Серия_Key"]] += (1 if one["RecordType"] == "Receipt" else -1) * one["ВНаличии"]
    moved = [
        {
            "Period": base.now().isoformat(),
            "RecordType": "Expense",
            "Номенклатура_Key": item,
            "Склад_Key": warehouse,
            "Серия_Key": series,
            "ВНаличии": rest,
        }
        for series, rest in rests.items()
    ]
    slip = "00000000-0000-4000-8000-000000000001"
    base.write_records(STOCK, slip, "Document_РасходныйОрдерНаТовары", moved)


def test_a_price_of_tomorrow_is_not_shown_today(world: World) -> None:
    assert world.pull(only=CATALOGUE).success
    before = prices_of(world)
    item, kind = next(iter(before))
    currency = next(row["Валюта_Key"] for row in world.base.iterate(PRICES))
    tomorrow = (datetime.fromisoformat(world.base.now().isoformat()) + timedelta(days=1)).isoformat()
    row = {"Номенклатура_Key": item, "ВидЦены_Key": kind, "Цена": Decimal("9.99")}
    recorder = "00000000-0000-4000-8000-000000000002"
    planned = [{**row, "Period": tomorrow, "Валюта_Key": currency}]
    world.base.write_records(PRICES, recorder, "Document_УстановкаЦенНоменклатуры", planned)
    assert world.pull(only=("price",)).success
    assert prices_of(world) == before


def test_a_base_that_does_not_publish_prices_and_stock_is_read_all_the_same(world: World) -> None:
    world.server.change(hide_sets=frozenset({PRICES, STOCK, *CATALOGS}))
    result = world.pull()
    assert result.success
    assert site_of(world) == books_of(world)
    assert not any(living(world, table) for table in CATALOGUE[1:])
    with world.store.reading() as tx:
        said = {one.entity: one.error for one in runs.latest(tx, SOURCE, limit=100)}
    assert all("not published" in (said[name] or "") for name in CATALOGUE[1:])
    assert world.pull("night").success
    findings = probe.check(
        world.settings.sources[0], world.source.needs(), optional=world.source.optional_sets
    )
    assert [one for one in findings if not one.ok] == []
    told = {one.subject for one in findings if "the site shows nothing of it" in one.message}
    assert told == {SLICE, f"{STOCK}/Balance", *CATALOGS}


def test_a_set_that_is_needed_is_missed_all_the_same(world: World) -> None:
    world.server.change(hide_sets=frozenset({"Catalog_Номенклатура"}))
    findings = probe.check(
        world.settings.sources[0], world.source.needs(), optional=world.source.optional_sets
    )
    assert "Catalog_Номенклатура" in {one.subject for one in findings if not one.ok}


def test_what_was_shown_stays_when_the_base_stops_publishing_it(world: World) -> None:
    assert world.pull(only=CATALOGUE).success
    before = prices_of(world)
    world.server.change(hide_sets=frozenset({PRICES}))
    settings = world.settings.sources[0]
    with ODataClient(settings) as client:
        landed = sync.land_entity(
            world.store, client, world.source.entity("price"), Reading(), Run("second", "test")
        )
    assert landed.absent is not None
    assert landed.units == 0
    assert prices_of(world) == before
    with world.store.reading() as tx:
        assert records.count(tx, TABLES["price"], SOURCE, "price") == len(before)
