from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.unit.api.books import CONTRACT, MEMO, ORGANIZATION, PARTY, STRANGER, guid
from tests.unit.api.papers import (
    BANK,
    BRANCH,
    CASH,
    INVOICE,
    NOTE,
    OF_BRANCH,
    ORDER,
    OTHERS,
    PERSON,
    RETURN,
    TAX,
    every,
    paper,
)
from tests.unit.api.shelf import Shelf, opened

NEWEST_FIRST = [OF_BRANCH, OTHERS, CASH, BANK, RETURN, TAX, NOTE, INVOICE, ORDER]


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def shelf(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    yield from opened(request, tmp_path_factory.mktemp("shelf"))


@pytest.fixture
def changing(shelf: Shelf) -> Iterator[Shelf]:
    """The same, for tests that change the documents."""
    yield shelf
    shelf.books.put("document", every())


def journal(shelf: Shelf, key: str | None = None, **asked: Any) -> dict[str, Any]:
    return shelf.get("/v1/documents", key, **asked)


def listed(shelf: Shelf, key: str | None = None, **asked: Any) -> list[str]:
    return shelf.ids("/v1/documents", key, **asked)


def test_the_journal_has_every_kind_and_no_drafts_the_newest_first(shelf: Shelf) -> None:
    assert listed(shelf) == NEWEST_FIRST


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"kind": "order"}, [ORDER]),
        ({"kind": ["bank_receipt", "cash_receipt"]}, [CASH, BANK]),
        ({"counterparty_id": f"ut11:{BRANCH}"}, [OF_BRANCH]),
        (
            {"counterparty_id": f"ut11:{PARTY}", "include": "branches"},
            [k for k in NEWEST_FIRST if k != OTHERS],
        ),
        ({"from": "2026-11-02", "to": "2026-11-03"}, [RETURN, TAX, NOTE]),
        ({"to": "2026-11-01"}, [INVOICE, ORDER]),
        ({"from": "2026-11-08"}, [OF_BRANCH]),
        ({"contract_id": f"ut11:{CONTRACT}"}, [CASH, BANK, RETURN, TAX, NOTE, INVOICE, ORDER]),
        ({"contract_id": f"ut11:{guid(999)}"}, []),
        ({"order_id": f"ut11:{ORDER}"}, [NOTE, INVOICE]),
        ({"organization_id": f"ut11:{ORGANIZATION}", "kind": "invoice"}, [INVOICE]),
        ({"organization_id": f"ut11:{guid(998)}"}, []),
        ({"status": "shipped"}, [NOTE]),
        ({"number": ORDER[-3:]}, [ORDER]),
        ({"source": "ut11"}, NEWEST_FIRST),
        ({"source": "silent"}, []),
    ],
)
def test_each_filter_narrows(shelf: Shelf, asked: dict[str, Any], expected: list[str]) -> None:
    assert listed(shelf, **asked) == expected


@pytest.mark.parametrize("limit", [1, 2, 4, 9, 50])
def test_pages_give_every_document_once(shelf: Shelf, limit: int) -> None:
    seen: list[str] = []
    answer = journal(shelf, limit=limit)
    while True:
        seen += [row["id"] for row in answer["items"]]
        if answer["next_cursor"] is None:
            break
        answer = journal(shelf, limit=limit, cursor=answer["next_cursor"])
    assert seen == [f"ut11:{one}" for one in NEWEST_FIRST]


def test_what_comes_in_while_pages_are_read_moves_nothing_else(changing: Shelf) -> None:
    first = journal(changing, limit=4)
    changing.books.put(
        "document", [*every(), paper(guid(300), dated_at="2026-11-09T10:00:00"), paper(guid(301))]
    )
    rest: list[str] = []
    cursor = first["next_cursor"]
    while cursor:
        answer = journal(changing, limit=2, cursor=cursor)
        rest += [row["id"].partition(":")[2] for row in answer["items"]]
        cursor = answer["next_cursor"]
    old = [one for one in rest if one != guid(301)]
    assert [row["id"].partition(":")[2] for row in first["items"]] + old == NEWEST_FIRST
    assert guid(301) in rest, "it lies behind the cursor"


def test_a_cursor_is_good_for_its_own_filters_only(shelf: Shelf) -> None:
    cursor = journal(shelf, limit=2, kind="order")["next_cursor"] or journal(shelf, limit=2)["next_cursor"]
    answer = shelf.client.get("/v1/documents", params={"cursor": cursor, "status": "shipped"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")
    assert answer.json()["errors"][0]["parameter"] == "cursor"


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"kind": "cheque"}, 400, "bad_request"),
        ({"fields": "id,internal_memo"}, 400, "bad_request"),
        ({"fields": ""}, 400, "bad_request"),
        ({"include": "branches"}, 400, "bad_request"),
        ({"include": "everything", "counterparty_id": f"ut11:{PARTY}"}, 400, "bad_request"),
        ({"updated_since": "2026-11-01T10:00:00"}, 400, "bad_request"),
        ({"updated_since": "0001-01-01T00:00:00+14:00"}, 400, "bad_request"),
        ({"limit": 0}, 400, "bad_request"),
        ({"limit": 201}, 400, "bad_request"),
        ({"number": "\x00"}, 400, "bad_request"),
        ({"from": "yesterday"}, 400, "bad_request"),
        ({"contract_id": "17"}, 400, "malformed_id"),
        ({"contract_id": f"elsewhere:{CONTRACT}"}, 404, "source_not_found"),
        ({"source": "elsewhere"}, 404, "source_not_found"),
        ({"counterparty_id": f"ut11:{guid(999)}"}, 404, "counterparty_not_found"),
    ],
)
def test_what_is_not_understood_is_refused(shelf: Shelf, asked: Any, status: int, code: str) -> None:
    answer = shelf.client.get("/v1/documents", params=asked)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text


def test_the_last_day_there_is_has_an_end(shelf: Shelf) -> None:
    assert listed(shelf, **{"from": "0001-01-01", "to": "9999-12-31"}) == NEWEST_FIRST


def test_a_row_tells_what_the_document_says_and_what_it_refers_to(shelf: Shelf) -> None:
    (row,) = journal(shelf, kind="bank_receipt")["items"]
    assert row.pop("updated_at").endswith("+03:00")
    assert row == {
        "id": f"ut11:{BANK}",
        "kind": "bank_receipt",
        "number": BANK[-3:],
        "dated_at": "2026-11-04T10:00:00+03:00",
        "state": "ready",
        "withdrawn_reason": None,
        "status": "cleared",
        "amount": "70.00",
        "currency": "RUB",
        "settlement_amount": None,
        "settlement_currency": None,
        "vat": None,
        "counterparty": {"id": f"ut11:{PARTY}", "name": "Покупатель"},
        "organization": {"id": f"ut11:{ORGANIZATION}", "name": "Наша фирма"},
        "contract": {"id": f"ut11:{CONTRACT}", "number": "17", "name": "Договор 17"},
        "order": None,
        "base": None,
        "external_number": "77",
        "external_on": "2026-11-04",
        "due_on": None,
        "purpose": "за товар",
        "portal_order": None,
    }
    (invoice,) = journal(shelf, kind="invoice")["items"]
    order = {
        "id": f"ut11:{ORDER}",
        "kind": "order",
        "number": ORDER[-3:],
        "dated_at": "2026-11-01T09:00:00+03:00",
    }
    assert (invoice["order"], invoice["base"]) == (order, order)
    (tax,) = journal(shelf, kind="tax_invoice")["items"]
    assert tax["vat"] == "15.00"


def test_fields_give_these_and_no_others(shelf: Shelf) -> None:
    rows = journal(shelf, fields="number, amount", kind="order")["items"]
    assert rows == [{"id": f"ut11:{ORDER}", "number": ORDER[-3:], "amount": "100.00"}]


def test_the_answer_says_how_far_it_may_be_trusted(shelf: Shelf) -> None:
    answer = journal(shelf)
    assert {one["source"] for one in answer["sources"]} == {"ut11", "silent"}
    assert journal(shelf, source="silent")["sources"][0]["freshness"]["state"] == "never"
    assert answer["sources"][0]["agreement"] == {"state": "unknown", "verified_through": None}


def test_nothing_internal_leaves(shelf: Shelf) -> None:
    assert MEMO not in shelf.ask("/v1/documents").text


def test_a_key_of_a_company_sees_exactly_its_documents(shelf: Shelf) -> None:
    of_branch = shelf.books.key(source="ut11", counterparty_id=BRANCH, reach="branch")
    subtree = shelf.books.key(source="ut11", counterparty_id=PARTY, reach="subtree")
    own = shelf.books.key(source="ut11", counterparty_id=PARTY, contact_id=PERSON, reach="own")
    stranger = shelf.books.key(source="ut11", counterparty_id=STRANGER, reach="company")
    assert listed(shelf, of_branch) == [OF_BRANCH]
    assert listed(shelf, subtree) == [one for one in NEWEST_FIRST if one != OTHERS]
    assert listed(shelf, own) == [ORDER], "what this person placed"
    assert listed(shelf, stranger) == [OTHERS]
    assert listed(shelf, stranger, order_id=f"ut11:{ORDER}") == []
    assert listed(shelf, of_branch, counterparty_id=f"ut11:{BRANCH}", include="branches") == [OF_BRANCH]
    answer = shelf.ask("/v1/documents", of_branch, counterparty_id=f"ut11:{PARTY}")
    unknown = shelf.ask("/v1/documents", of_branch, counterparty_id=f"ut11:{guid(999)}")
    drop = ("request_id", "instance")
    ours, theirs = ({k: v for k, v in one.json().items() if k not in drop} for one in (answer, unknown))
    assert ours == theirs
    assert answer.status_code == 404


def test_what_others_wrote_is_no_link(changing: Shelf) -> None:
    """The branch ships what the head office ordered: its key tells nothing of that order."""
    ship = paper(guid(302), counterparty_id=BRANCH, order_id=ORDER, base_id=ORDER, base_kind="order")
    changing.books.put("document", [*every(), ship])
    of_branch = changing.books.key(source="ut11", counterparty_id=BRANCH, reach="branch")
    row = next(one for one in journal(changing, of_branch)["items"] if one["id"].endswith(guid(302)))
    assert (row["order"], row["base"]) == (None, None)
    assert row["contract"] == {"id": f"ut11:{CONTRACT}", "number": None, "name": None}
    row = next(one for one in journal(changing)["items"] if one["id"].endswith(guid(302)))
    assert row["order"]["number"] == ORDER[-3:]
