"""Orders at the desk: found, read, decided by whoever keeps the books, settled by whoever operates the hub."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from desk.orders.found import seen
from store import approval_rules, audit, outbox_attempts, submissions
from store.submissions import Submission
from tests.unit.api import papers
from tests.unit.api.books import CONTRACT, ORGANIZATION, PARTY, STRANGER, Books, guid, record
from tests.unit.desk.order_books import ITEM, PETR, SOURCE, VERA, OrderBooks
from tests.unit.desk.signed_in import htmx

Client = TestClient[Litestar]
WORDS = "Товар «Чайник» не доступен: не хватает 4 шт."


@pytest.fixture
def desk(books: Books) -> OrderBooks:
    return OrderBooks.of(books)


@pytest.fixture
def vera(desk: OrderBooks) -> Iterator[Client]:
    with desk.browser() as client:
        yield client


def read(client: Client, address: str) -> str:
    """What the page says, in one line."""
    answer = client.get(address)
    assert answer.status_code == 200, (answer.status_code, answer.text)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.text)))


def page_of(client: Client, one: Submission) -> str:
    return read(client, f"/desk/orders/{one.id}")


def took(client: Client, one: Submission, to: str, step: str = "decide", **said: str) -> Any:
    told = {"seen": seen(one), "reason": "called Anna", **said}
    return client.post(f"/desk/orders/{one.id}/{step}", data={"to": to, **told})


def offered(client: Client, one: Submission) -> set[str]:
    return set(re.findall(r'data-opens="do-([a-z]+)"', client.get(f"/desk/orders/{one.id}").text))


def listed(client: Client, address: str) -> list[str]:
    text = client.get(address).text
    return re.findall(r'data-row href="/desk/orders/[0-9a-f-]{36}">([^<]+)<', text)


def test_orders_are_listed_by_what_is_to_be_done_and_found_by_any_number_or_name(
    desk: OrderBooks, vera: Client
) -> None:
    desk.to("confirmed", "Z-1", document_number="УТ00-000777")
    desk.to("rejected", "Z-2", why="posting_refused", said=WORDS)
    desk.placed("Z-3", 90_000_00)
    refused, last = desk.placed("Z-4", 95_000_00), desk.placed("Z-5")
    assert took(vera, refused, "refuse").status_code == 303
    page = read(vera, "/desk/orders")
    assert "To decide 1" in page
    assert "Trouble 1" in page
    for asked, found in {
        "": ["Z-5", "Z-4", "Z-3", "Z-2", "Z-1"],
        "?view=decide": ["Z-3"],
        "?view=trouble": ["Z-2"],
        "?view=confirmed": ["Z-1"],
        "?view=closed": ["Z-4"],
        "?view=trouble&state=uncertain": [],
        "?q=ут00-000777": ["Z-1"],
        "?q=z-2": ["Z-2"],
        f"?q={last.number}": ["Z-5"],
        "?q=покупат": ["Z-5", "Z-4", "Z-3", "Z-2", "Z-1"],
        f"?counterparty=ut11:{STRANGER}": [],
    }.items():
        assert listed(vera, f"/desk/orders{asked}") == found, asked
    part = vera.get("/desk/orders?q=Z-2", headers=htmx(vera))
    assert "<html" not in part.text
    assert part.headers["hx-replace-url"] == "/desk/orders?q=Z-2"


def test_a_held_order_shows_every_figure_and_leaves_by_a_persons_word(desk: OrderBooks, vera: Client) -> None:
    desk.placed("Z-1", 3_000_00)
    held = desk.placed("Z-2", 90_000_00)
    page = page_of(vera, held)
    for told in ("On hold", "Credit limit: broken", "10,000.00", "3,000.00", "103,000.00", "50,000.00"):
        assert told in page, told
    assert offered(vera, held) == {"release", "refuse", "cancel"}
    assert took(vera, held, "release", reason=" ").status_code == 422
    assert took(vera, held, "approve").status_code == 409
    assert desk.now(held).state == "held"
    assert took(vera, held, "release").headers["location"] == f"/desk/orders/{held.id}"
    assert (desk.now(held).state, desk.now(held).why) == ("queued", "released")
    assert took(vera, held, "refuse").status_code == 409, "what somebody else decided stands"
    with desk.store.reading() as tx:
        (noted,) = audit.read(tx, limit=5, operation="releaseOrder")
    assert (noted.subject, noted.key_number) == (held.id, "user:accountant-en")
    assert "called Anna" in page_of(vera, held)


def test_approval_is_given_on_behalf_by_name_and_reason(desk: OrderBooks, vera: Client) -> None:
    rule = desk.needs_approval(2_000_00)
    assert desk.placed("Z-1").state == "queued"
    waits, other = desk.placed("Z-2", 2_000_00), desk.placed("Z-3", 2_000_00)
    page = page_of(vera, waits)
    assert "Orders of 2,000.00 RUB and more" in page
    assert "by the contract" in page
    assert f"approval rule {rule}" not in page
    assert took(vera, waits, "approve").status_code == 303
    assert took(vera, other, "decline", reason="not in the budget").status_code == 303
    assert desk.now(waits).approved_digest == waits.digest
    assert (desk.now(other).state, desk.now(other).why) == ("rejected", "declined")
    assert "accountant-en" in page_of(vera, waits)
    assert "not in the budget" in page_of(vera, other)
    assert offered(vera, desk.now(other)) == {"cancel"}


def test_cancelling_is_immediate_before_sending_and_a_wish_afterwards(desk: OrderBooks, vera: Client) -> None:
    first, later = desk.placed("Z-1"), desk.to("confirmed", "Z-2", ref_key=guid(900))
    assert took(vera, first, "cancel").status_code == 303
    assert desk.now(first).state == "cancelled"
    assert offered(vera, first) == set()
    assert took(vera, later, "cancel", reason="ordered twice").status_code == 303
    assert desk.now(later).state == "confirmed"
    page = page_of(vera, later)
    assert "Somebody wants it cancelled." in page
    assert "ordered twice" in page
    assert offered(vera, later) == set()


def test_what_the_books_refused_is_told_in_their_words_and_sent_again_by_operators(desk: OrderBooks) -> None:
    refused = desk.to("rejected", "Z-1", why="posting_refused", said=WORDS)
    with desk.browser() as vera:
        assert WORDS in page_of(vera, refused)
        assert offered(vera, refused) == {"cancel"}
        assert took(vera, refused, "again", "settle").status_code == 403
        assert "1C refused 1 order" in read(vera, "/desk/today")
    with desk.browser("ops") as olga:
        assert offered(olga, refused) == {"again", "cancel"}
        assert took(olga, refused, "found", "settle").status_code == 422
        assert took(olga, refused, "again", "settle").status_code == 303
    assert desk.now(refused).state == "queued"
    assert desk.is_waited_for()


def test_an_unclear_order_is_settled_by_who_looked(desk: OrderBooks) -> None:
    absent = desk.to("uncertain", "Z-1", why="unclear_answer")
    unclear = desk.to("uncertain", "Z-2", why="unclear_answer")
    owner = {"counterparty_id": PARTY, "contract_id": CONTRACT, "organization_id": ORGANIZATION}
    document = {
        "kind": "order",
        "dated_at": "2099-11-22T12:00:00",
        "currency": "RUB",
        "posted": True,
        **owner,
    }
    rows = [
        record("document", id=guid(901), number="УТ00-000130", amount=120_000, **document),
        record("document", id=guid(902), number="17", **document | {"counterparty_id": STRANGER}),
    ]
    desk.books.put("document", rows)
    desk.to("confirmed", "Z-3", ref_key=guid(903))
    with desk.browser("ops") as olga:
        assert took(olga, absent, "absent", "settle").status_code == 303
        assert desk.now(absent).state == "queued"
        assert guid(901) in olga.get(f"/desk/orders/{unclear.id}").text
        for wrong in ("", "УТ00-999999", "17", f"/desk/documents/ut11:{guid(902)}", guid(903)):
            assert took(olga, unclear, "found", "settle", document=wrong).status_code == 422, wrong
        assert took(olga, unclear, "found", "settle", document="УТ00-000130").status_code == 303
    assert (desk.now(unclear).state, desk.now(unclear).ref_key) == ("created", guid(901))


def test_what_became_of_an_order_in_1c_stands_beside_what_was_approved(
    desk: OrderBooks, vera: Client
) -> None:
    one = desk.to("confirmed", "Z-1", document_number="УТ00-000130", ref_key=guid(901))
    owner = {"counterparty_id": PARTY, "contract_id": CONTRACT, "organization_id": ORGANIZATION}
    given = {
        "dated_at": "2026-11-22T12:00:00",
        "currency": "RUB",
        "posted": True,
        "contact_id": VERA,
        **owner,
    }
    order = {"id": guid(901), "kind": "order", "number": "УТ00-000130", "amount": 960_00, **given}
    note = {"id": guid(902), "kind": "shipping_note", "number": "УТ00-000500", "amount": 480_00, **given}
    line = {"line_no": 1, "item_id": ITEM, "price": 120_000_000, "vat": 160_00, "amount": 960_00}
    lines = [
        record("document_line", document_id=guid(901), quantity=8_000_000, **line),
        record("document_line", document_id=guid(902), quantity=4_000_000, **line),
    ]
    documents = [
        record("document", **order),
        record("document", order_id=guid(901), base_id=guid(901), **note),
    ]
    papers.put(desk.books, "document", documents, document_line=lines)
    page = page_of(vera, one)
    for told in (
        "1C took it as it was approved, and has changed it since.",
        "Amount 1,200.00 960.00",
        "Quantity Line 1: Чайник 10 8",
        "Чайник 8 4",
        "Shipping note No. УТ00-000500",
    ):
        assert told in page, told
    document = vera.get(f"/desk/documents/ut11:{guid(902)}").text
    assert f'href="/desk/orders/{one.id}">Z-1' in document


def test_every_request_is_there_with_what_came_back_for_operators_only(desk: OrderBooks) -> None:
    one = desk.to("uncertain", "Z-1", why="unclear_answer")
    body = '{"value": "<b>кусок"}'.encode()
    kept = desk.store.blobs.write(body)
    with desk.store.transaction() as tx:
        number = outbox_attempts.begin(tx, one.number, 1, "create")
        outbox_attempts.end(tx, number, "unclear", "/odata/Document_X", 230, kept.sha256)
    address = f"/desk/orders/{one.id}/attempts/{number}"
    with desk.browser("ops") as olga:
        assert "Asked to create it /odata/Document_X" in page_of(olga, one)
        assert "&lt;b&gt;кусок" in olga.get(address).text
        assert olga.get(f"{address}/bytes").content == body
        assert olga.get(f"/desk/orders/{one.id}/attempts/{number + 1}").status_code == 404
    with desk.browser() as vera:
        assert "Asked to create it" not in page_of(vera, one)
        assert vera.get(address).status_code == 403


def test_a_page_that_follows_an_order_loads_again_when_it_went_on(desk: OrderBooks, vera: Client) -> None:
    one = desk.placed()
    address = html.unescape(
        re.findall(r'hx-get="(/desk/orders/[^"]+/standing[^"]+)"', vera.get(f"/desk/orders/{one.id}").text)[0]
    )
    same = vera.get(address, headers=htmx(vera))
    assert "hx-redirect" not in same.headers
    assert "It waits for its turn" in same.text
    with desk.store.transaction() as tx:
        submissions.step(tx, one, "sending", by="saldo push")
    assert vera.get(address, headers=htmx(vera)).headers["hx-redirect"] == f"/desk/orders/{one.id}"


def test_rules_of_approval_are_set_and_ended_beside_the_orders_of_a_counterparty(
    desk: OrderBooks, vera: Client
) -> None:
    desk.placed("Z-9")
    party = f"/desk/counterparties/ut11:{PARTY}/orders"
    before = read(vera, party)
    for told in ("Z-9", "40,000.00", "None: what it orders goes on at once."):
        assert told in before, told
    said = {"counterparty": f"ut11:{PARTY}", "amount": "1 500,50", "currency": "rub", "contact": PETR}
    for wrong in (
        {"amount": "x"},
        {"currency": ""},
        {"currency": "XXX1"},
        {"contact": guid(7)},
        {"reason": ""},
    ):
        assert vera.post("/desk/orders/rules", data={**said, "reason": "why", **wrong}).status_code == 422, (
            wrong
        )
    assert vera.post("/desk/orders/rules", data={**said, "reason": "new man"}).headers["location"] == party
    everybody = {"base": SOURCE, "amount": "", "currency": "", "reason": "inventory"}
    assert vera.post("/desk/orders/rules", data=everybody).headers["location"] == "/desk/orders/rules"
    page = read(vera, party)
    assert "Orders of 1,500.50 RUB and more · Покупатель · ordered by Пётр Лунин" in page
    assert "Every order · everybody" in page
    with desk.store.reading() as tx:
        (newest, _) = approval_rules.list_(tx, SOURCE)
    end = f"/desk/orders/rules/{newest.id}/end"
    assert vera.post(end, data={"reason": "counted"}).headers["location"] == "/desk/orders/rules"
    assert vera.post(end, data={"reason": "counted"}).status_code == 409
    assert "counted" in read(vera, "/desk/orders/rules")
    assert desk.placed("Z-1", 1_000_00).state == "queued"


def test_what_is_no_order_is_a_calm_page(vera: Client) -> None:
    for given in ("x", "Z-1", guid(1), f"ut11:{guid(1)}", "%00", "9" * 200):
        assert vera.get(f"/desk/orders/{given}").status_code in (400, 404), given
