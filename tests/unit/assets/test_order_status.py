"""The status of an order comes from the documents in the store, is told once for each change, and nothing is missed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pytest
from sqlalchemy import update

from assets import healing
from schemas import TABLES
from schemas.source import Scope
from store import order_differences, order_status, order_timeline, submissions
from store.events import Event
from store.submissions import Submission
from store.tables_of_orders import SUBMISSION
from tests import pushed_orders
from tests.unit.assets.telling_desk import MOSCOW, NOON, Company
from tests.unit.store.desk import DOCUMENT, LINE, SOURCE, Desk, Row, document, row

PIECE = 10**6
WANTED = (("nail", 10, 1_000), ("hammer", 2, 4_000))
AMOUNT = list(LINE.fields).index("amount")
ALLOCATION = TABLES["allocation"]
ORDER, OF_ORDER = "order", {"order_id": "order", "base_id": "order", "base_kind": "order"}


@pytest.fixture
def company(desk: Desk) -> Company:
    company = Company.founded(desk)
    company.put("order")
    company.put("invoice")
    assert company.heard() == []
    return company


def goods(key: str, lines: Iterable[tuple[str, int, int]], **fields: Any) -> list[Row]:
    """Lines of (item, pieces, amount)."""
    return [
        row(
            LINE,
            document_id=key,
            line_no=place,
            item_id=item,
            quantity=pieces * PIECE,
            price=amount * 10**4 // pieces,
            amount=amount,
            **fields,
        )
        for place, (item, pieces, amount) in enumerate(lines, 1)
    ]


def put(company: Company, kind: str, key: str, lines: Sequence[Row] = (), **fields: Any) -> None:
    """Read one document of the books, as it is now."""
    given = {"kind": kind, "number": key, "counterparty_id": "anna", "contract_id": "of-anna"}
    given |= {"organization_id": "us", "amount": sum(line[AMOUNT] for line in lines)} | fields
    unit = company.desk.land(Scope(keys=(key,)), repr((given, lines)).encode(), entity=kind)
    company.desk.merge(unit, {DOCUMENT: [document(key, **given)], LINE: list(lines)}, entity=kind)


def ordered(company: Company, lines: Sequence[Row] = (), **fields: Any) -> None:
    put(company, "order", ORDER, lines or goods(ORDER, WANTED), **fields)


def confirmed(company: Company) -> Submission:
    with company.desk.store.transaction() as tx:
        return pushed_orders.confirm(tx, SOURCE, "WEB-1", pushed_orders.content("anna", *WANTED), ORDER)


def status(company: Company) -> str | None:
    with company.desk.store.reading() as tx:
        return submissions.by_number(tx, 1).status


def told(company: Company) -> list[str]:
    found: list[Event] = [one for one in company.heard() if one.type == "order.status.changed"]
    return [one.data["status"] for one in found]


def test_an_order_is_followed_from_its_confirmation_to_the_last_kopeck(company: Company) -> None:
    confirmed(company)
    ordered(company)
    assert (told(company), status(company)) == ([], "confirmed"), "the event of its state tells that"
    put(company, "invoice", "bill", status="issued", amount=5_000, **OF_ORDER)
    assert told(company) == ["invoiced"]
    put(company, "shipping_note", "n1", goods("n1", WANTED[:1]), **OF_ORDER)
    assert told(company) == ["shipped_in_part"]
    put(company, "shipping_note", "n2", goods("n2", WANTED[1:]), **OF_ORDER)
    assert told(company) == ["shipped"]
    put(company, "bank_receipt", "money", amount=5_000)
    assert told(company) == ["paid"]
    assert told(company) == []
    put(company, "bank_receipt", "money", amount=5_000, posted=False)
    assert told(company) == ["shipped"], "what is taken back is told too"


def test_documents_that_came_before_the_order_was_confirmed_count(company: Company) -> None:
    put(company, "shipping_note", "n1", goods("n1", WANTED), **OF_ORDER)
    company.heard()
    confirmed(company)
    assert told(company) == ["shipped"]


def test_a_shipping_note_of_two_orders_ships_of_each_its_own_lines(company: Company) -> None:
    confirmed(company)
    ordered(company)
    lines = [*goods("n1", WANTED[:1], order_id=ORDER), *goods("n1", [("hammer", 2, 4_000)], order_id="other")]
    put(company, "shipping_note", "n1", [lines[0], (lines[1][0], 2, *lines[1][2:])])
    assert told(company) == ["shipped_in_part"]


def test_what_came_back_was_shipped_and_is_not_owed(company: Company) -> None:
    confirmed(company)
    ordered(company)
    put(company, "shipping_note", "n1", goods("n1", WANTED), **OF_ORDER)
    put(company, "return_note", "back", goods("back", WANTED[1:]), base_id="n1", base_kind="shipping_note")
    assert told(company) == ["shipped"]
    put(company, "bank_receipt", "money", amount=1_000)
    assert told(company) == ["paid"]
    with company.desk.store.reading() as tx:
        progress = order_status.of(tx, submissions.by_number(tx, 1))
    assert progress is not None
    items = [(one.item_id, one.ordered, one.shipped, one.returned) for one in progress.items]
    assert items == [("hammer", 2 * PIECE, 2 * PIECE, 2 * PIECE), ("nail", 10 * PIECE, 10 * PIECE, 0)]


def test_a_prepayment_that_names_the_order_pays_it(company: Company) -> None:
    confirmed(company)
    ordered(company)
    told(company)
    named = {"document_id": "money", "line_no": 1, "base_id": ORDER, "base_kind": "order", "amount": 5_000}
    given = {"kind": "bank_receipt", "counterparty_id": "anna", "amount": 5_000}
    unit = company.desk.land(Scope(keys=("money",)), entity="bank_receipt")
    held = {DOCUMENT: [document("money", **given)], ALLOCATION: [row(ALLOCATION, **named)]}
    company.desk.merge(unit, held, entity="bank_receipt", nested=(ALLOCATION,))
    assert told(company) == ["paid"]
    put(company, "shipping_note", "n1", goods("n1", WANTED[:1]), **OF_ORDER)
    assert told(company) == ["shipped_in_part"]
    put(company, "shipping_note", "n2", goods("n2", WANTED[1:]), **OF_ORDER)
    assert told(company) == ["paid"]


def test_an_order_that_the_books_withdraw_is_cancelled_until_it_counts_again(company: Company) -> None:
    confirmed(company)
    ordered(company)
    told(company)
    for mark in ({"deletion_mark": True}, {"posted": False}):
        ordered(company, **mark)
        assert told(company) == ["cancelled"]
        ordered(company)
        assert told(company) == ["confirmed"]


def test_a_status_that_nobody_marked_is_found_by_night(company: Company) -> None:
    confirmed(company)
    ordered(company)
    told(company)
    with company.desk.store.transaction() as tx:
        tx.connection.execute(update(SUBMISSION).values(status="shipped"))
    assert told(company) == []
    healed = healing.heal(company.desk.store, company.settings, company.source, NOON)
    assert (healed.orders, status(company)) == (1, "confirmed")


def test_every_change_grows_the_version_of_the_orders_events_by_one(company: Company) -> None:
    confirmed(company)
    ordered(company)
    put(company, "shipping_note", "n1", goods("n1", WANTED), **OF_ORDER)
    put(company, "bank_receipt", "money", amount=5_000)
    versions = [one.version for one in company.heard() if one.type.startswith("order.")]
    ordered(company, deletion_mark=True)
    put(company, "shipping_note", "n1", goods("n1", WANTED), posted=False, **OF_ORDER)
    versions += [one.version for one in company.heard() if one.type.startswith("order.")]
    assert versions == list(range(1, len(versions) + 1))
    assert status(company) == "cancelled"


def test_the_timeline_has_what_happened_on_the_portal_on_the_way_and_in_the_books(company: Company) -> None:
    confirmed(company)
    ordered(company)
    put(company, "shipping_note", "n1", goods("n1", WANTED[:1]), at="2026-11-20T10:00:00", **OF_ORDER)
    fewer = goods(ORDER, [("nail", 8, 800)])
    ordered(company, [*fewer, (ORDER, 2, *goods(ORDER, WANTED[1:], cancelled=True)[0][2:])], amount=800)
    ordered(company, [*fewer], amount=800, deletion_mark=True)
    put(
        company,
        "shipping_note",
        "n1",
        goods("n1", WANTED[:1]),
        at="2026-11-20T10:00:00",
        posted=False,
        **OF_ORDER,
    )
    with company.desk.store.reading() as tx:
        submission = submissions.by_number(tx, 1)
        found = order_timeline.of(tx, submission, MOSCOW)
        changes = order_differences.of(tx, submission)
    assert [one.at for one in found] == sorted(one.at for one in found)
    states = [one.step.after for one in found if one.step is not None]
    assert states == list(pushed_orders.WAY)
    assert [one.what for one in found if one.what != "step"] == [
        "document",
        "placed",
        "edited",
        "withdrawn",
    ]
    (note,) = (one for one in found if one.document is not None)
    assert (note.document.number, note.reason) == ("n1", "unposted")
    (edited,) = (one for one in found if one.what == "edited")
    assert [(one.kind, one.field, one.before, one.after) for one in edited.differences] == [
        ("changed", "amount", 5_000, 800),
        ("changed", "quantity", 10 * PIECE, 8 * PIECE),
        ("changed", "amount", 1_000, 800),
        ("cancelled", None, None, None),
    ]
    assert [(one.kind, one.line) for one in changes] == [
        ("changed", None),
        ("changed", 1),
        ("changed", 1),
        ("removed", 2),
    ]
