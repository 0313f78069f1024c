"""What differs from the books is shown down to its documents; ops ask for a comparison or a repair."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from schemas.desk import Role
from schemas.types import Day, WallClock
from store import agreed, agreement, audit, operations
from store.agreement import Agreement, Difference, Document, State
from tests.unit.api.books import CONTRACT, KEY, ORGANIZATION, PARTY, READ_AT, Books, guid, record
from tests.unit.desk.signed_in import browser, htmx

NOTE, UNKNOWN = guid(701), guid(702)
MOMENT = WallClock("2026-11-22T09:00:00")


@pytest.fixture
def compared(books: Books) -> Books:
    books.parties()
    header = {"kind": "shipping_note", "number": "ЛГ00-000017", "dated_at": "2026-11-16T10:00:00"}
    books.put("document", [record("document", id=NOTE, currency="RUB", amount=1, posted=True, **header)])
    return books


def found(books: Books, *differences: Difference, state: State = "differs") -> Agreement:
    whole = Agreement(
        "ut11", "night", "run", READ_AT, None, MOMENT, 5, len(differences), 2, state, None, differences
    )
    with books.store.transaction() as tx:
        return agreement.save(tx, whole)


def differing(*documents: Document, key: str = KEY, **more: Any) -> Difference:
    return Difference("settlement_entry", "amount", key, "RUB", 910_00, 900_00, documents, **more)


def document(key: str, verdict: Any = "differs") -> Document:
    return Document(key, "shipping_note", WallClock("2026-11-16T10:00:00"), 100_00, 90_00, verdict)


def client(books: Books, role: Role = "ops", **more: Any) -> Any:
    return browser(books.store, books.settings, role=role, login=role, clock=lambda: books.now, **more)


def seen(books: Books, path: str = "/desk/agreement?base=ut11", role: Role = "accountant") -> str:
    answer = client(books, role).get(path)
    assert answer.status_code == 200, answer.text
    return re.sub(r"\s+", " ", answer.text)


def test_a_difference_leads_to_its_counterparty_its_documents_and_why(compared: Books) -> None:
    found(compared, differing(document(NOTE), document(UNKNOWN, "missing_in_hub")))
    page = seen(compared)
    assert f'href="/desk/counterparties/ut11:{PARTY}"' in page
    assert "Договор 17" in page
    assert (
        f'href="/desk/why/document/ut11%3A{NOTE}"' in page or f'href="/desk/why/document/ut11:{NOTE}"' in page
    )
    assert "Shipping note No. ЛГ00-000017 of 16 Nov 2026" in page
    assert "missing in the hub" in page
    assert "/desk/why/balance/ut11" in page
    assert "−10.00" in page
    assert "discrepancy" in page


def test_what_the_books_were_changing_is_no_discrepancy(compared: Books) -> None:
    found(compared, differing(document(NOTE, "unsettled")), state="unsettled")
    page = seen(compared)
    assert "still moving" in page
    assert "discrepancy" not in page


def test_a_key_of_nobody_and_a_range_are_told(compared: Books) -> None:
    stranger = differing(key=guid(799), range_start=WallClock("2026-01-01T00:00:00"), range_end=MOMENT)
    found(compared, stranger, state="incomplete")
    page = seen(compared)
    assert "Nobody&#39;s" in page
    assert "and others from 01 Jan 2026 to 22 Nov 2026" in page


def test_equal_books_are_a_calm_page_and_a_failure_keeps_what_was_before(compared: Books) -> None:
    assert "Nothing was compared yet" in seen(compared)
    found(compared, state="agreed")
    assert "Nothing differs" in seen(compared)
    failed = Agreement("ut11", "night", "run", READ_AT, None, MOMENT, 0, 0, 0, "failed", "1C refused: 401")
    with compared.store.transaction() as tx:
        agreement.save(tx, failed)
    page = seen(compared)
    assert "The last comparison failed" in page
    assert "Nothing differs" in page
    assert "401" not in page
    assert "401" in seen(compared, role="ops")


def test_comparisons_are_a_chart_once_something_differed(compared: Books) -> None:
    found(compared, state="agreed")
    assert "The last 1 comparison agreed." in seen(compared)
    found(compared, differing(document(NOTE)))
    assert "Figures that differed, by comparison" in seen(compared)


@pytest.mark.parametrize("what", ["compare", "repair"])
def test_ops_ask_once_and_watch_it_come(compared: Books, what: Any) -> None:
    found(compared, differing(document(NOTE)))
    ops = client(compared)
    first = ops.post(f"/desk/agreement/ut11/{what}", headers=htmx(ops))
    again = ops.post(f"/desk/agreement/ut11/{what}", headers=htmx(ops))
    assert first.status_code == 200
    assert re.findall(r'hx-get="([^"]+)"', first.text) == re.findall(r'hx-get="([^"]+)"', again.text)
    (address,) = re.findall(r'hx-get="([^"]+)"', first.text)
    with compared.store.transaction() as tx:
        operations.take(tx, what, "ut11", "run-1")
    assert "Reading from 1C" in ops.get(address, headers=htmx(ops)).text
    with compared.store.transaction() as tx:
        operations.succeed(tx, "run-1", compared.now)
    done = ops.get(address, headers=htmx(ops))
    assert done.headers["hx-redirect"] == "/desk/agreement?base=ut11"
    with compared.store.reading() as tx:
        told = audit.read(tx, limit=1)[0]
    assert (told.operation, told.key_number) == (
        {"compare": "compareWithBooks", "repair": "repairFromBooks"}[what],
        "user:ops",
    )


def test_what_fails_says_so_without_the_bases_words_to_accountants(compared: Books) -> None:
    ops = client(compared)
    first = ops.post("/desk/agreement/ut11/compare", headers=htmx(ops))
    (address,) = re.findall(r'hx-get="([^"]+)"', first.text)
    with compared.store.transaction() as tx:
        operations.take(tx, "compare", "ut11", "run-1")
        operations.fail(tx, "run-1", error="source_refused", hint="Tell the operator.")
    assert "Tell the operator." in ops.get(address, headers=htmx(ops)).text
    other = client(compared, "accountant")
    assert "Tell the operator." not in other.get(address, headers=htmx(other)).text


def test_accountants_do_not_launch_runs_and_nobody_launches_others(compared: Books) -> None:
    assert client(compared, "accountant").post("/desk/agreement/ut11/compare").status_code == 403
    assert client(compared).post("/desk/agreement/ut11/destroy").status_code == 404
    assert client(compared).post("/desk/agreement/nowhere/compare").status_code == 404
    assert client(compared).get("/desk/agreement/asked/00").status_code == 404


def test_a_change_in_an_agreed_period_is_shown_and_taken_as_agreed(compared: Books) -> None:
    compared.settle([("RUB", 900_00)], [])
    with compared.store.transaction() as tx:
        agreed.add(
            tx, "ut11", organization_id=ORGANIZATION, counterparty_id=PARTY, contract_id=CONTRACT,
            start_on=Day("2026-11-01"), end_on=Day("2026-11-30"), by="user:anna",
        )  # fmt: skip
    assert "as agreed" in seen(compared, "/desk/agreement/periods")
    compared.entries = 0
    movement = compared._movement("settlement_entry", currency="RUB", amount=950_00)
    compared.put("settlement_entry", [movement], READ_AT + timedelta(hours=1))
    with compared.store.transaction() as tx:
        agreed.detect(tx, "ut11")
        (change,) = agreed.open_changes(tx, "ut11")
    page = seen(compared, "/desk/agreement/periods")
    assert "1 change<" in page
    assert "950.00" in page
    assert "1 agreed period has changed since" in seen(compared, "/desk/today")
    accountant = client(compared, "accountant")
    address = f"/desk/agreement/periods/changes/{change.id}/accept"
    assert accountant.post(address).status_code == 303
    assert accountant.post(address).status_code == 404
    with compared.store.reading() as tx:
        assert agreed.open_changes(tx, "ut11") == []
        assert audit.read(tx, limit=1)[0].operation == "acceptAgreedChange"
