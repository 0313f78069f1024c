"""What people do with an order in the books comes back: its status, its timeline, what they changed."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from assets import report_unknown_orders, sync, telling
from assets.land import Reading
from assets.sync import Run
from connectors.odata import ODataClient
from schemas.orders import MICRO, OrderLine, order
from schemas.submissions import identity
from simulator.company.firm import ORDER
from simulator.life import Life
from store import events, order_differences, order_timeline, submissions
from store.standing_documents import DOCUMENT
from store.submissions import Submission
from store.tables_of_orders import SUBMISSION
from tests import pushed_orders
from tests.contract.simulator.test_simulator_order_life import placed, read
from tests.e2e.ordering import PARTY, Open, ordering
from tests.e2e.world import SOURCE, World

__all__ = ["ordering"]
FOLLOWED = ("order", "invoice", "shipping_note", "bank_receipt", "settlement_entry", "due_entry")


@dataclass
class Sold:
    """An order of the portal in the books of a company that the hub follows."""

    world: World
    life: Life
    ref: str
    submission: Submission
    seen: int = 0

    def pull(self) -> list[str]:
        """Read what may have changed, and give the statuses that are told."""
        run, source = Run(uuid.uuid4().hex, "pull"), self.world.source
        with ODataClient(source.settings) as client:
            for entity in map(source.entity, FOLLOWED):
                reading = Reading(full=entity.name == "order")
                sync.land_entity(self.world.store, client, entity, reading, run)
                sync.map_entity(self.world.store, source, entity, run)
        sync.refresh_balances(self.world.store, source)
        return self.told()

    def told(self) -> list[str]:
        telling.tell(self.world.store, self.world.settings, self.world.source, datetime.now(UTC))
        with self.world.store.reading() as tx:
            found = events.read(tx, after=self.seen)
        self.seen = max((one.id for one in found), default=self.seen)
        return [one.data["status"] for one in found if one.type == "order.status.changed"]


@pytest.fixture
def sold(world: World) -> Sold:
    ref = placed(world.base, 1, by_order=False)
    world.base.write(ORDER, [{**read(world.base, ORDER, ref), "Статус": "КОбеспечению"}])
    world.load()
    paper = read(world.base, ORDER, ref)
    lines = tuple(
        OrderLine(
            item_id=line["Номенклатура_Key"],
            quantity=2 * MICRO,
            price=60 * MICRO,
            amount=12_000,
            vat=2_000,
        )
        for line in paper["Товары"]
    )
    party = paper["Контрагент_Key"]
    said = pushed_orders.content(party, lines=lines, amount=24_000, contract_id=paper["Договор_Key"])
    with world.store.transaction() as tx:
        said = order({**said.body(), "organization_id": paper["Организация_Key"]})
        found = pushed_orders.confirm(tx, SOURCE, "WEB-1", said, ref)
    return Sold(world, Life(world.base, seed=1), ref, found)


def test_an_order_is_billed_shipped_in_parts_and_paid(sold: Sold) -> None:
    assert sold.pull() == []
    sold.life.invoice_order(sold.ref)
    assert sold.pull() == ["invoiced"]
    sold.life.ship_order(sold.ref, lines="1")
    assert sold.pull() == ["shipped_in_part"]
    sold.life.ship_order(sold.ref)
    assert sold.pull() == ["shipped"]
    sold.life.pay_order_of_portal(sold.ref)
    assert sold.pull() == ["paid"]
    assert sold.pull() == []
    with sold.world.store.reading() as tx:
        zone = sold.world.source.settings.time_zone
        found = order_timeline.of(tx, submissions.by_number(tx, sold.submission.number), zone)
    kinds = sorted(one.document.kind for one in found if one.document is not None)
    assert kinds == ["bank_receipt", "invoice", "shipping_note", "shipping_note"]
    (money,) = (one for one in found if one.document is not None and one.document.kind == "bank_receipt")
    assert money.paid == {"RUB": 24_000}


def test_what_a_manager_changes_is_told_against_what_was_approved(sold: Sold) -> None:
    sold.pull()
    with sold.world.store.reading() as tx:
        assert order_differences.of(tx, sold.submission) == ()
    sold.life.edit_order(sold.ref, quantity="5")
    sold.life.edit_order(sold.ref, cancel="2")
    assert sold.pull() == []
    with sold.world.store.reading() as tx:
        found = order_differences.of(tx, sold.submission)
        zone = sold.world.source.settings.time_zone
        edits = [one for one in order_timeline.of(tx, sold.submission, zone) if one.what == "edited"]
    assert [(one.kind, one.field, one.line) for one in found] == [
        ("changed", "amount", None),
        ("changed", "quantity", 1),
        ("changed", "amount", 1),
        ("changed", "vat", 1),
        ("cancelled", None, 2),
    ]
    assert (found[0].before, found[0].after) == (24_000, 30_000)
    assert [one.differences for one in edits] == [found], "both changes were read at once"
    sold.life.cancel_order(sold.ref)
    assert sold.pull() == ["cancelled"]


def test_the_journal_has_a_pushed_order_at_once(ordering: Open) -> None:
    world = ordering()
    one = world.queued()
    world.push()
    with world.store.reading() as tx:
        (row,) = tx.connection.execute(select(DOCUMENT).where(DOCUMENT.c.kind == "order")).all()
    assert (row.id, row.number) == (world.now(one).ref_key, world.now(one).document_number)
    with world.store.reading() as tx:
        assert order_differences.of(tx, world.now(one)) == ()


def test_an_order_that_a_restored_backup_forgot_is_told_by_its_reference(ordering: Open) -> None:
    world = ordering()
    world.queued("S-1")
    world.push()
    assert report_unknown_orders.known(world.store, world.source).passed
    with world.store.transaction() as tx:
        forgotten = {"id": identity(SOURCE, "order", PARTY, "another"), "reference": "another"}
        tx.connection.execute(SUBMISSION.update().values(forgotten))
    check = report_unknown_orders.known(world.store, world.source)
    assert not check.passed
    assert "| S-1 | " in str(check.metadata["hub/next_action"].value)
