from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from store import access_rules, audit, balances, site_terms, trading
from tests.unit.api.books import CONTRACT, PARTY, STRANGER, Books, guid, record
from tests.unit.desk.signed_in import browser, htmx

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
PAGE = f"/desk/counterparties/ut11:{PARTY}"
RULES = f"{PAGE}/rules"
WHY = {"reason": "Letter 7"}
Client = TestClient[Litestar]


@pytest.fixture
def owing(books: Books) -> Books:
    books.parties()
    books.settle([("RUB", 700_00)], [{"settled_id": guid(9), "arose_on": "2026-11-01", "debt": 700_00}])
    return books


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Books, Client]]:
    """For tests in which nothing is set."""
    folder = tmp_path_factory.mktemp("refused")
    books = Books.open(f"sqlite:///{folder}/store.db", folder / "landing")
    books.parties()
    yield books, desk(books)
    books.store.close()


def desk(books: Books, **more: Any) -> Client:
    return browser(books.store, books.settings, clock=lambda: NOW, **more)


def sent(client: Client, address: str, **form: object) -> Any:
    return client.post(address, data={**WHY, **form})


def done(answer: Any) -> None:
    assert (answer.status_code, answer.headers["location"]) == (303, RULES), answer.text


def audited(books: Books, operation: str) -> list[tuple[str, dict[str, Any]]]:
    with books.store.reading() as tx:
        entries = audit.read(tx, limit=10, operation=operation, counterparty_id=PARTY)
    return [(entry.key_number, json.loads(entry.details)) for entry in entries]


def test_access_is_set_by_hand_seen_and_ended(owing: Books) -> None:
    client = desk(owing)
    done(sent(client, f"{PAGE}/access", state="blocked", last_on="2026-11-30"))
    with owing.store.reading() as tx:
        (one,) = access_rules.overrides(tx, "ut11", PARTY)
    assert (one.state, one.set_by, one.reason) == ("blocked", "user:vera", "Letter 7")
    assert one.expires_at == datetime(2026, 11, 30, 21, tzinfo=UTC)  # the midnight after, in Moscow
    text = client.get(RULES).text
    assert "Site blocked" in text
    assert "Letter 7" in text
    assert "through 30 Nov 2026" in text
    assert "user:" not in text  # people read a login, not what the audit calls them
    assert "Set by hand." in client.get(PAGE).text
    done(sent(client, f"{PAGE}/access/{one.id}/end", reason="They paid"))
    text = client.get(RULES).text
    assert "No rule concerns this counterparty." in text
    assert "They paid" in text  # what was set before stays to be seen
    told = {"state": "blocked", "expires_at": "2026-12-01T00:00:00+03:00"}
    assert audited(owing, "setAccess") == [("user:vera", told)]
    assert [who for who, _ in audited(owing, "endAccessOverride")] == ["user:vera"]


def test_terms_are_set_for_a_contract_or_for_all(owing: Books) -> None:
    client = desk(owing)
    done(sent(client, f"{PAGE}/terms", days="10", valid_from="2026-01-01", contract=CONTRACT))
    done(sent(client, f"{PAGE}/terms", days="5", valid_from="2026-01-01"))
    with owing.store.reading() as tx:
        found = site_terms.of_counterparty(tx, "ut11", PARTY)
    assert {(one.subject, one.subject_id, one.days) for one in found} == {
        ("contract", CONTRACT, 10),
        ("counterparty", PARTY, 5),
    }
    text = client.get(PAGE).text
    assert "10 days" in text  # of the contract, from now on
    assert "set by hand" in text
    text = client.get(f"{PAGE}/items").text
    assert "11 Nov 2026" in text  # ten days after the first
    done(sent(client, f"{PAGE}/terms/{found[0].id}/end"))
    assert len(audited(owing, "setPaymentTerms")) == 2
    assert len(audited(owing, "endPaymentTerms")) == 1


def test_trading_is_suspended_from_today_and_resumed(owing: Books) -> None:
    client = desk(owing)
    done(sent(client, f"{PAGE}/trading", from_on="", to_on="2026-12-31"))
    with owing.store.reading() as tx:
        (one,) = trading.list_(tx, "ut11", PARTY)
    assert (date.fromisoformat(one.from_on), one.to_on) == (date(2026, 11, 22), "2026-12-31")
    assert "Suspended by hand." in client.get(PAGE).text
    done(sent(client, f"{PAGE}/trading/{one.id}/end"))
    assert "Traded with" in client.get(RULES).text
    assert len(audited(owing, "suspendTrading")) == len(audited(owing, "endSuspension")) == 1


@pytest.mark.parametrize(
    ("part", "form", "told"),
    [
        ("access", {"state": "blocked", "reason": "  "}, "Nobody would know later why."),
        ("access", {"state": "blocked", "reason": "x" * 1001}, "The reason is too long."),
        ("access", {"state": "ajar"}, "There is no such state of access."),
        ("access", {"state": "blocked", "last_on": "2026-11-21"}, "It would end before it begins."),
        ("access", {"state": "blocked", "last_on": "tomorrow"}, "This is no day."),
        ("access", {"state": "blocked", "last_on": "9999-12-31"}, "This is no day."),
        ("terms", {"days": "-1", "valid_from": "2026-01-01"}, "This is no number of days."),
        ("terms", {"days": "3651", "valid_from": "2026-01-01"}, "This is no number of days."),
        ("terms", {"days": "٣", "valid_from": "2026-01-01"}, "This is no number of days."),
        ("terms", {"days": "3", "valid_from": ""}, "This is no day."),
        ("terms", {"days": "3", "valid_from": "2026-01-01", "contract": guid(77)}, "no such contract"),
        ("trading", {"from_on": "2026-12-02", "to_on": "2026-12-01"}, "It would end before it begins."),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_set(
    refused: tuple[Books, Client], part: str, form: dict[str, str], told: str
) -> None:
    books, client = refused
    answer = client.post(f"{PAGE}/{part}", data={**WHY, **form}, headers=htmx(client))
    assert answer.status_code == 422
    assert told in answer.text
    assert answer.headers["hx-retarget"] == "#alerts"
    with books.store.reading() as tx:
        assert audit.read(tx, limit=1, counterparty_id=PARTY) == []


def test_what_has_ended_or_is_anothers_is_not_ended_here(owing: Books) -> None:
    told_of = {"kind": "company", "status": "active"}
    rows = [record("counterparty", id=key, name=key[-2:], **told_of) for key in (PARTY, STRANGER)]
    owing.put("counterparty", rows)
    with owing.store.transaction() as tx:
        theirs = access_rules.add_override(tx, "ut11", STRANGER, state="blocked", by="a", reason="b")
        ours = access_rules.add_override(tx, "ut11", PARTY, state="blocked", by="a", reason="b")
    client = desk(owing)
    assert sent(client, f"{PAGE}/access/{theirs}/end").status_code == 404
    done(sent(client, f"{PAGE}/access/{ours}/end"))
    assert sent(client, f"{PAGE}/access/{ours}/end").status_code == 409
    with owing.store.reading() as tx:
        assert len(access_rules.overrides(tx, "ut11", STRANGER)) == 1


@pytest.mark.parametrize("part", ["access", "terms", "trading", "sync"])
def test_nothing_is_set_for_who_is_not_there_nor_without_the_forms_token(
    refused: tuple[Books, Client], part: str
) -> None:
    form = {**WHY, "state": "open", "days": "1", "valid_from": "2026-01-01"}
    client = refused[1]
    nobody = f"/desk/counterparties/ut11:{guid(77)}/{part}"
    assert client.post(nobody, data=form).status_code == 404
    assert client.post(f"{PAGE}/{part}", data=form, headers={"x-csrf-token": ""}).status_code == 403


def test_the_rule_that_restricts_is_told(owing: Books) -> None:
    with owing.store.transaction() as tx:
        access_rules.add_rule(
            tx, "ut11", state="balance_only", days=5, currency="RUB", amount=500_00, by="a", reason="b"
        )
    at = datetime(2026, 12, 1, 9, tzinfo=UTC)
    fresh = browser(owing.store, owing.settings, clock=lambda: at)
    text = fresh.get(RULES).text
    assert "too old to restrict" in text  # the figures are of November
    with owing.store.transaction() as tx:
        balances.still_true(tx, "ut11", at)
    text = fresh.get(RULES).text
    assert "A rule by overdue debts restricts it." in text
    assert "Debts overdue for 5 days or more." in text
    assert "500.00" in text


def test_every_field_of_the_page_has_a_label_of_its_own(owing: Books) -> None:
    with owing.store.transaction() as tx:
        for days in (5, 10):
            site_terms.add(
                tx,
                "ut11",
                "counterparty",
                PARTY,
                days=days,
                valid_from=date(2026, days, 1),
                by="a",
                reason="b",
            )
        access_rules.add_override(tx, "ut11", PARTY, state="open", by="a", reason="b")
    text = desk(owing).get(RULES).text
    ids = re.findall(r'\sid="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert {"field-reason-terms1", "field-reason-terms2", "field-reason-access1"} <= set(ids)
    assert set(re.findall(r'\sfor="([^"]+)"', text)) <= set(ids)
