"""The panel of every page: what it says, when its bytes stay, and what a company owes together."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from store import agreement, balances, site_terms
from store.agreement import Agreement, Difference, Document
from tests.unit.api.books import CONTRACT, KEY, ORGANIZATION, PARTY, READ_AT, STRANGER, Books, guid, record

ADDRESS = f"/v1/counterparties/ut11:{PARTY}/summary"
BRANCH, DEEPER, BRANCH_KEY, DEEPER_KEY = (guid(number) for number in range(41, 45))


@pytest.fixture
def owing(books: Books) -> Books:
    """A debt of 100.00, of which 70.00 falls due today; nothing is overdue yet."""
    books.parties(limit=50_000)
    due = {"settled_id": guid(50), "settled_kind": "shipping_note", "arose_on": "2026-11-08", "debt": 7_000}
    later = {"settled_id": guid(51), "settled_kind": "shipping_note", "arose_on": "2026-11-20", "debt": 3_000}
    books.settle([("RUB", 10_000)], [due, later])
    return books


def asked(books: Books, address: str = ADDRESS) -> dict[str, Any]:
    with books.client() as client:
        answer = client.get(address)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_it_tells_debt_overdue_limit_and_free_credit_by_contract(owing: Books) -> None:
    owing.now += timedelta(days=1)
    answer = asked(owing)
    (contract,), (total,) = answer["contracts"], answer["totals"]
    assert (contract["contract"]["number"], contract["debt"], contract["overdue"]) == (
        "17",
        "100.00",
        "70.00",
    )
    assert (contract["credit_limit"], contract["credit_available"]) == ("500.00", "400.00")
    assert (total["organization"]["name"], total["currency"]) == ("Наша фирма", "RUB")
    assert (total["debt"], total["overdue"]) == ("100.00", "70.00")
    assert (answer["overdue_on"], answer["time_zone"]) == ("2026-11-23", "Europe/Moscow")


def test_nothing_in_it_moves_by_itself(owing: Books) -> None:
    with owing.client() as client:
        first = client.get(ADDRESS)
        owing.now += timedelta(minutes=59)
        second = client.get(ADDRESS)
        third = client.get(ADDRESS, headers={"If-None-Match": first.headers["ETag"]})
    assert (first.content, first.headers["ETag"]) == (second.content, second.headers["ETag"])
    assert (third.status_code, third.content) == (304, b"")
    assert third.headers["ETag"] == first.headers["ETag"]


def rename(books: Books) -> None:
    party = record("counterparty", id=PARTY, name="Другое имя", kind="company", status="active")
    books.put("counterparty", [party], READ_AT + timedelta(seconds=1))


def rename_the_seller(books: Books) -> None:
    seller = record("organization", id=ORGANIZATION, name="Иная фирма")
    books.put("organization", [seller], READ_AT + timedelta(seconds=1))


def change_the_limit(books: Books) -> None:
    contract = record("contract", id=CONTRACT, counterparty_id=PARTY, currency="RUB", credit_limit=1)
    books.put("contract", [contract], READ_AT + timedelta(seconds=1))


def set_terms(books: Books) -> None:
    with books.store.transaction() as tx:
        site_terms.add(
            tx, "ut11", "contract", CONTRACT, days=1, valid_from=date(2026, 1, 1), by="test", reason="test"
        )


def pay(books: Books) -> None:
    books.settle([("RUB", 4_000)], [{"settled_id": guid(50), "arose_on": "2026-11-08", "debt": 4_000}])


def find_nothing_new(books: Books) -> None:
    with books.store.transaction() as tx:
        balances.still_true(tx, "ut11", READ_AT + timedelta(seconds=1))


def agree(books: Books) -> None:
    compare(books, "agreed")


def differ(books: Books) -> None:
    found = Document(guid(50), "shipping_note", None, 1, 2, "differs")
    compare(books, "differs", Difference("settlement_entry", "amount", KEY, "RUB", 1, 2, (found,)))


def compare(books: Books, state: Any, *differences: Difference) -> None:
    moment: Any = "2026-11-22T00:00:00"
    with books.store.transaction() as tx:
        found = Agreement(
            "ut11", "now", "run", READ_AT, None, moment, 1, 0, 1, state, differences=differences
        )
        agreement.save(tx, found)


def pass_midnight(books: Books) -> None:
    """In Moscow: 21:00 UTC. The figures are stale by then; before it they are, too."""
    books.now = READ_AT.replace(hour=21)


def grow_stale(books: Books) -> None:
    books.now += timedelta(seconds=3_700)


CHANGES = (
    *(rename, rename_the_seller, change_the_limit, set_terms, pay, find_nothing_new, agree, differ),
    *(grow_stale, pass_midnight),
)


def test_every_change_is_seen_at_once(owing: Books) -> None:
    with owing.client() as client:
        before = client.get(ADDRESS)
        for change in CHANGES:
            change(owing)
            after = client.get(ADDRESS, headers={"If-None-Match": before.headers["ETag"]})
            assert (after.status_code, change) == (200, change)
            assert after.headers["ETag"] != before.headers["ETag"], change
            assert after.content != before.content, change
            before = after


def test_overdue_begins_at_midnight_of_the_accounting_time_zone_without_a_sync(owing: Books) -> None:
    owing.now = READ_AT.replace(hour=20, minute=59, second=59)
    with owing.client() as client:
        before = client.get(ADDRESS).json()["totals"][0]["overdue"]
        owing.now += timedelta(seconds=1)
        after = client.get(ADDRESS).json()["totals"][0]["overdue"]
    assert (before, after) == ("0.00", "70.00")


def test_other_settings_are_another_answer(owing: Books) -> None:
    with owing.client() as client, owing.with_terms(default_days=1).client() as stricter:
        first, second = client.get(ADDRESS), stricter.get(ADDRESS)
    assert first.headers["ETag"] != second.headers["ETag"]
    assert second.json()["totals"][0]["overdue"] == "100.00"


def test_what_the_client_has_is_compared_as_the_standard_says(owing: Books) -> None:
    with owing.client() as client:
        etag = client.get(ADDRESS).headers["ETag"]
        sent = {"*": 304, f'"other", {etag}': 304, f"W/{etag}": 304, '"other"': 200, "nonsense": 200, "": 200}
        found = {one: client.get(ADDRESS, headers={"If-None-Match": one}).status_code for one in sent}
    assert found == sent


def test_an_unknown_counterparty_is_not_unchanged(owing: Books) -> None:
    with owing.client() as client:
        etag = client.get(ADDRESS).headers["ETag"]
        for sent in (etag, "*"):
            answer = client.get(ADDRESS.replace(PARTY, STRANGER), headers={"If-None-Match": sent})
            assert (answer.status_code, answer.json()["code"]) == (404, "counterparty_not_found")


@pytest.fixture
def company(books: Books) -> Books:
    """A head office that owes 10.00, its branch 20.00, and a branch of that 40.00."""
    books.parties()
    heads = {PARTY: None, BRANCH: PARTY, DEEPER: BRANCH, STRANGER: None}
    rows = [record("counterparty", id=key, name=key[-2:], head_id=head) for key, head in heads.items()]
    books.put("counterparty", rows, READ_AT + timedelta(seconds=1))
    owners = {KEY: PARTY, BRANCH_KEY: BRANCH, DEEPER_KEY: DEEPER, guid(60): STRANGER}
    keys = [
        record("settlement_key", id=key, counterparty_id=party, organization_id=ORGANIZATION)
        for key, party in owners.items()
    ]
    books.put("settlement_key", keys, READ_AT + timedelta(seconds=1))
    amounts = zip((1_000, 2_000, 4_000, 8_000), owners, strict=True)
    debts = [("RUB", amount, key) for amount, key in amounts]
    items = [
        {"debt": amount, "arose_on": "2026-01-01", "settlement_key_id": key, "settled_id": guid(70 + place)}
        for place, (_, amount, key) in enumerate(debts)
    ]
    books.settle(debts, items)
    return books


def test_with_its_branches_a_company_owes_what_they_owe_together(company: Books) -> None:
    answer = asked(company, f"{ADDRESS}?include=branches")
    group = answer["group"]
    owed = {one["counterparty"]["id"]: one["totals"][0]["debt"] for one in group["branches"]}
    assert owed == {f"ut11:{PARTY}": "10.00", f"ut11:{BRANCH}": "20.00", f"ut11:{DEEPER}": "40.00"}
    assert group["branches"][0]["counterparty"]["id"] == f"ut11:{PARTY}"
    assert [(one["debt"], one["overdue"]) for one in group["totals"]] == [("70.00", "70.00")]
    assert [one["debt"] for one in answer["totals"]] == ["10.00"]


@pytest.mark.parametrize(("reach", "seen"), [("branch", [BRANCH]), ("subtree", [BRANCH, DEEPER])])
def test_a_key_adds_up_only_what_it_shows(company: Books, reach: Any, seen: list[str]) -> None:
    key = company.key(source="ut11", counterparty_id=BRANCH, reach=reach)
    with company.client(key) as client:
        answer = client.get(f"{ADDRESS.replace(PARTY, BRANCH)}?include=branches")
        above = client.get(f"{ADDRESS}?include=branches")
    assert [one["counterparty"]["id"] for one in answer.json()["group"]["branches"]] == [
        f"ut11:{one}" for one in seen
    ]
    assert above.status_code == 404


def test_a_company_differs_where_one_branch_does(company: Books) -> None:
    found = Document(guid(50), "shipping_note", None, 1, 2, "differs")
    compare(company, "agreed")
    compare(company, "differs", Difference("settlement_entry", "amount", DEEPER_KEY, "RUB", 1, 2, (found,)))
    group = asked(company, f"{ADDRESS}?include=branches")["group"]
    states = [one["agreement"]["state"] for one in group["branches"]]
    assert (group["agreement"]["state"], sorted(states)) == ("differs", ["agreed", "agreed", "differs"])
