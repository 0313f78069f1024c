"""What is sent and kept unchanged has no difference; whatever single thing is changed is found."""

from __future__ import annotations

import copy
import json
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mappings.outgoing import outgoing
from schemas.orders import HUNDRED_PERCENT, Order, OrderLine, order, priced
from schemas.outgoing import Row
from simulator.company import amounts
from tests.unit.mappings import orders_to_write as some

OUT = outgoing(some.settings(), "order")
QUANTITIES = st.integers(1, 10**9).map(lambda thousandths: thousandths * 1_000)
PRICES = st.integers(0, 10**8).map(lambda hundredths: hundredths * 10_000)
LINES = st.builds(
    some.line,
    quantity=QUANTITIES,
    price=PRICES,
    unit_id=st.sampled_from([None, some.PIECE, some.BOX]),
    discount=st.integers(0, HUNDRED_PERCENT),
    vat_percent=st.sampled_from([None, 0, 10_000_000, 20_000_000, 7_000_000]),
)
TOLD = {one.name for one in OUT.fields if not one.compared}
COMMENTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"), max_size=20)


@st.composite
def orders(draw: st.DrawFn) -> Order:
    lines: list[OrderLine] = draw(st.lists(LINES, min_size=1, max_size=4))
    return some.order(*lines, prices_include_vat=draw(st.booleans()), comment=draw(COMMENTS))


@given(orders())
def test_what_is_sent_adds_up_to_the_approved_amount_to_the_kopeck(placed: Order) -> None:
    row = OUT.build(some.facts(), order(placed.body()))
    lines: list[dict[str, Any]] = row["Товары"]  # type: ignore[assignment]
    assert row["СуммаДокумента"] == sum(one["СуммаСНДС"] for one in lines) == Decimal(placed.amount) / 100
    for one in lines:
        gross = one["Цена"] * one["КоличествоУпаковок"]
        discount = one.get("СуммаРучнойСкидки", Decimal(0))
        assert abs(gross - discount - one["Сумма"]) <= Decimal("0.005")


@given(QUANTITIES, PRICES, st.sampled_from([0, 5, 7, 10, 18, 20, 22]), st.booleans())
def test_sums_and_vat_of_a_line_are_what_the_books_compute(
    quantity: int, price: int, rate: int, includes_vat: bool
) -> None:
    """Held against the simulated trade, which shares no code with us: whole hundredths, half a kopeck up."""
    line = some.line(quantity=quantity, price=price, vat_percent=rate * 1_000_000)
    ours = priced(line, 2, prices_include_vat=includes_vat)
    amount = amounts.line_amount(price // 10_000, quantity // 1_000)
    vat = amounts.vat_within(amount, rate) if includes_vat else amounts.vat_on_top(amount, rate)
    assert (ours.amount, ours.vat) == (amount, vat)


@given(orders(), st.data())
def test_every_single_change_is_found_and_nothing_else(placed: Order, data: st.DataObject) -> None:
    sent = OUT.build(some.facts(), placed)
    kept: Row = json.loads(json.dumps(sent, default=str))  # numbers as texts, as some bases write them
    assert OUT.differences(sent, kept) == ()
    changed = copy.deepcopy(kept)
    place, row = data.draw(st.sampled_from([("", changed), *_lines(changed)]))
    name = data.draw(st.sampled_from(sorted(set(row) - {"Товары"})))
    row[name] = _another(name, row[name])
    found = {one.field for one in OUT.differences(sent, changed)}
    if name in TOLD:
        assert found == set()
    elif name == "LineNumber":
        assert found == {place.rstrip("/"), f"Товары/{row[name]}"}
    else:
        assert found == {place + name}


def _lines(row: Row) -> list[tuple[str, Row]]:
    lines: list[Row] = row["Товары"]  # type: ignore[assignment]
    return [(f"Товары/{one['LineNumber']}/", one) for one in lines]


def _another(name: str, value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if name.endswith("_Key"):
        return some.OTHER
    if name.startswith("Дата"):
        return "2027-01-01T00:00:00"
    if name == "LineNumber":
        return "99"
    try:
        return str(Decimal(value) + Decimal("0.01"))
    except ArithmeticError:
        return f"{value}."
