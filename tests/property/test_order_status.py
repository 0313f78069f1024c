"""How far an order is does not depend on what became known first, and follows from quantities and sums alone."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.order_status import Goods, Ordered, Paper, Progress, progress
from store import submissions
from store.engine import Store
from tests.migrated import migrate
from tests.unit.assets.telling_desk import Company
from tests.unit.assets.test_order_status import (
    OF_ORDER,
    WANTED,
    confirmed,
    goods,
    ordered,
    put,
)
from tests.unit.store.desk import Desk

ITEMS = st.sampled_from(["a", "b"])
GOODS = st.lists(st.builds(Goods, ITEMS, st.integers(0, 3)), max_size=3).map(tuple)
NOTES = st.lists(st.tuples(GOODS, st.integers(0, 9), st.integers(0, 9)), max_size=3)
RETURNS = st.lists(st.tuples(st.integers(0, 2), GOODS, st.integers(0, 9)), max_size=2)


def papers(
    notes: list[tuple[tuple[Goods, ...], int, int]],
    returns: list[tuple[int, tuple[Goods, ...], int]],
    *,
    invoiced: bool,
) -> list[Paper]:
    found = [
        Paper(id=f"n{n}", kind="shipping_note", base_id="order", currency="RUB", amount=a, paid=p, goods=g)
        for n, (g, a, p) in enumerate(notes)
    ]
    found += [
        Paper(id=f"r{n}", kind="return_note", base_id=f"n{of}", currency="RUB", amount=a, goods=g)
        for n, (of, g, a) in enumerate(returns)
    ]
    bill = Paper(id="i", kind="invoice", base_id="order", currency="RUB", amount=5)
    return [*found, bill] if invoiced else found


@given(GOODS, NOTES, RETURNS, st.booleans(), st.booleans(), st.integers(0, 9), st.randoms())
def test_papers_in_any_order_give_one_status_and_it_is_true(
    wanted: tuple[Goods, ...],
    notes: list[tuple[tuple[Goods, ...], int, int]],
    returns: list[tuple[int, tuple[Goods, ...], int]],
    stands: bool,
    invoiced: bool,
    prepaid: int,
    chance: random.Random,
) -> None:
    order = Ordered(stands=stands, closed=False, amount=5, goods=wanted, paid={}, prepaid=prepaid)
    every = papers(notes, returns, invoiced=invoiced)
    found = progress(order, every)
    chance.shuffle(every)
    assert progress(order, every) == found
    assert all(0 <= one.returned <= one.shipped for one in found.items)
    assert all(units > 0 for units in found.owed.values())
    assert_true(order, found, invoiced=invoiced)


def assert_true(order: Ordered, found: Progress, *, invoiced: bool) -> None:
    left = any(one.shipped < one.ordered for one in found.items)
    shipped = any(one.shipped for one in found.items)
    match found.status:
        case "shipped_in_part":
            assert shipped
            assert left
            assert order.stands
        case "shipped":
            assert shipped
            assert found.owed
        case "paid":
            assert (shipped and not found.owed) or order.prepaid >= order.amount
        case "cancelled":
            assert not shipped
            assert not order.stands or not any(one.quantity for one in order.goods)
        case "confirmed" | "invoiced":
            assert (found.status == "invoiced") == invoiced
            assert not shipped
            assert order.stands


def happenings(company: Company) -> list[Callable[[], object]]:
    note = {"base_id": "n1", "base_kind": "shipping_note"}
    return [
        partial(confirmed, company),
        partial(ordered, company),
        partial(put, company, "invoice", "bill", status="issued", amount=5_000, **OF_ORDER),
        partial(put, company, "shipping_note", "n1", goods("n1", WANTED[:1]), **OF_ORDER),
        partial(put, company, "shipping_note", "n2", goods("n2", WANTED[1:]), **OF_ORDER),
        partial(put, company, "return_note", "back", goods("back", WANTED[:1]), **note),
        partial(put, company, "bank_receipt", "money", amount=4_000),
    ]


@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chance=st.randoms(use_true_random=False))
def test_what_becomes_known_in_any_order_gives_the_same_status(tmp_path: Path, chance: random.Random) -> None:
    url = f"sqlite:///{tmp_path / uuid.uuid4().hex}.db"
    migrate(url)
    store = Store.open(url, f"memory://{uuid.uuid4().hex}")
    company = Company.founded(Desk(store))
    for kind in ("order", "invoice", "return_note"):
        company.put(kind)
    company.tell()
    every = happenings(company)
    chance.shuffle(every)
    for happens in every:
        happens()
        if chance.random() < 0.5:
            company.tell()
    company.tell()
    with store.reading() as tx:
        found = submissions.by_number(tx, 1)
    store.close()
    assert found.status == "paid"
