from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from store import runs
from tests.unit.api.books import CONTRACT, MEMO, ORGANIZATION, PARTY, READ_AT, STRANGER, Books, guid, record


def chain(books: Books, kind: str, record_id: str, status: int = 200) -> Any:
    with books.client() as client:
        answer = client.get(f"/v1/lineage/{kind}/{record_id}")
    assert answer.status_code == status, answer.text
    return answer.json()


def test_the_chain_leads_from_a_record_to_the_bytes(books: Books) -> None:
    with books.store.transaction() as tx:
        runs.start(tx, run_id="run", source="ut11", entity="counterparty", job="sync_parties")
    books.parties()
    found = chain(books, "counterparty", f"ut11:{PARTY}")
    assert (found["id"], found["kind"], found["entity"]) == (f"ut11:{PARTY}", "counterparty", "counterparty")
    assert (found["place"], found["gone_at"], found["mapping_digest"]) == (0, None, "test")
    assert len(found["page"]["sha256"]) == 64
    assert found["page"]["request"] == "/counterparty"
    assert datetime.fromisoformat(found["page"]["fetched_at"]) == READ_AT
    assert found["unit"]["keys"] is None
    assert found["run"]["job"] == "sync_parties"
    assert found["fields"]["name"] == "Покупатель"


def test_nothing_internal_is_in_the_chain(books: Books) -> None:
    books.parties()
    text = str(chain(books, "contract", f"ut11:{CONTRACT}"))
    assert MEMO not in text
    assert "internal_" not in text


def test_amounts_are_decimal_text_in_the_records_currency(books: Books) -> None:
    books.parties(limit=123_456)
    assert chain(books, "contract", f"ut11:{CONTRACT}")["fields"]["credit_limit"] == "1234.56"
    note = {
        "id": guid(50),
        "kind": "order",
        "dated_at": "2026-11-01T10:00:00",
        "currency": "JPY",
        "amount": 700,
    }
    books.put("document", [record("document", **note, settlement_currency="RUB", settlement_amount=55_01)])
    fields = chain(books, "document", f"ut11:{guid(50)}")["fields"]
    assert (fields["amount"], fields["settlement_amount"]) == ("700", "55.01")


def test_a_record_that_is_gone_names_the_page_that_no_longer_had_it(books: Books) -> None:
    books.put("organization", [record("organization", id=ORGANIZATION)])
    books.put("organization", [])
    found = chain(books, "organization", f"ut11:{ORGANIZATION}")
    assert found["gone_at"] is not None


@pytest.mark.parametrize(
    ("kind", "record_id", "status", "code"),
    [
        ("counterparty", f"ut11:{STRANGER}", 404, "record_not_found"),
        ("nothing", f"ut11:{PARTY}", 404, "record_not_found"),
        ("document_line", f"ut11:{PARTY}", 404, "record_not_found"),
        ("counterparty", f"other:{PARTY}", 404, "source_not_found"),
        ("counterparty", "nonsense", 400, "malformed_id"),
    ],
)
def test_what_is_not_there_is_a_problem(
    books: Books, kind: str, record_id: str, status: int, code: str
) -> None:
    books.parties()
    assert chain(books, kind, record_id, status)["code"] == code


def test_a_record_whose_page_is_lost_says_what_to_do(books: Books) -> None:
    books.parties()
    with books.store.transaction() as tx:
        tx.connection.exec_driver_sql("DELETE FROM landing_page")
    problem = chain(books, "counterparty", f"ut11:{PARTY}", 500)
    assert problem["code"] == "lineage_broken"
    assert "saldo verify" in problem["hint"]
