"""A pass that died anywhere is made good by the next one, also where the plan has nothing more to tell."""

from __future__ import annotations

from assets import exchange, ordinary, sync
from connectors import exchange as connector
from connectors import nodes
from connectors.odata import ODataClient
from simulator.life.life import Life
from store import landed
from tests.e2e.test_full_load import books_of, site_of
from tests.e2e.world import SOURCE, World

RUN = sync.Run("run-1", "test")


def test_what_a_dead_pass_landed_and_confirmed_is_mapped_by_the_next(world_by_plan: World) -> None:
    world = world_by_plan
    world.load()
    assert Life(world.base, seed=3).new_payment().registered
    with ODataClient(world.source.settings) as client:
        assert exchange.land_package(world.store, client, world.source, RUN).found  # and dies
        assert site_of(world) != books_of(world)
        ordinary.pull(world.store, client, world.source, sync.Run("run-2", "test"), ())
    assert site_of(world) == books_of(world)


def test_balances_of_a_pass_that_died_before_them_are_derived_by_the_next(world_by_plan: World) -> None:
    world = world_by_plan
    world.load()
    assert Life(world.base, seed=3).new_payment().registered
    with ODataClient(world.source.settings) as client:
        exchange.land_package(world.store, client, world.source, RUN)
        with world.store.reading() as tx:
            names = landed.unmapped(tx, SOURCE)
        for entity in world.source.entities:
            if entity.name in names:
                sync.map_entity(world.store, world.source, entity, RUN)  # and dies
        assert site_of(world) != books_of(world)
        ordinary.pull(world.store, client, world.source, sync.Run("run-2", "test"), ())
    assert site_of(world) == books_of(world)


def test_a_confirmation_of_a_dead_pass_forgets_nothing_that_happened_since(world_by_plan: World) -> None:
    world = world_by_plan
    world.load()
    life = Life(world.base, seed=3)
    life.new_shipment()
    with ODataClient(world.source.settings) as client:
        plan, code = world.source.settings.exchange_plan, world.source.settings.exchange_node
        dead = nodes.find(client, plan, code)
        connector.select_changes(client, dead, dead.next_no)  # landed; its confirmation is on its way
        life.new_payment()
        successor = nodes.find(client, plan, code)
        connector.select_changes(client, successor, successor.next_no)  # and dies before it lands this
        connector.confirm(client, dead, dead.next_no)
        assert connector.has_changes(client, nodes.find(client, plan, code))
