from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from assets.what_to_tell import Moment, party_states
from schemas.languages import LANGUAGES
from store import access_rules, news, party_facts, told
from store.told import Told
from tests.unit.api.books import CONTRACT, ORGANIZATION, PARTY, STRANGER, Books, guid, record
from tests.unit.api.papers import BRANCH
from tests.unit.desk.signed_in import browser, htmx

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
HOME = "/desk/counterparties"
PAGE = f"{HOME}/ut11:{PARTY}"
LATE = {"settled_kind": "shipping_note", "arose_on": "2026-01-01"}
Client = TestClient[Litestar]


@pytest.fixture(scope="module")
def owing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    """PARTY owes in three currencies, one of them paid ahead; BRANCH and STRANGER owe nothing."""
    folder = tmp_path_factory.mktemp("owing")
    books = Books.open(f"sqlite:///{folder}/store.db", folder / "landing")
    books.parties(limit=50_000)
    told_of = {"kind": "company", "status": "active"}
    parties = [
        record("counterparty", id=PARTY, name="ООО «Покупатель»", tax_id="7706055780", **told_of),
        record("counterparty", id=BRANCH, name="Филиал <b>", head_id=PARTY, is_branch=True, **told_of),
        record("counterparty", id=STRANGER, name="Чужой", **told_of),
    ]
    books.put("counterparty", parties)
    items = [
        {"settled_id": guid(100), "debt": 70_000, **LATE},
        {"settled_id": guid(101), "debt": 30_000, "settled_kind": "shipping_note", "due_on": "2027-01-01"},
        {"settled_id": guid(102), "debt": 900, "currency": "JPY", **LATE},
        {"settled_id": guid(103), "advance": 12_345, "currency": "EUR", "settled_kind": "bank_receipt"},
    ]
    books.settle([("RUB", 100_000), ("JPY", 900), ("EUR", -12_345)], items)
    tell(books, PARTY, BRANCH, STRANGER)
    yield books
    books.store.close()


@pytest.fixture(scope="module")
def clients(owing: Books) -> Mapping[str, Client]:
    """By language: making the application is what takes time."""
    return {language: desk(owing, language=language, login=language) for language in LANGUAGES}


@pytest.fixture
def client(clients: Mapping[str, Client]) -> Client:
    return clients["en"]


def tell(books: Books, *parties: str) -> None:
    """As who tells the storefront does."""
    source = books.settings.sources[0]
    with books.store.transaction() as tx:
        common = party_facts.setting(tx, "ut11")
        for key, facts in party_facts.of(tx, books.settings, source, common, parties, NOW).items():
            states = party_states(Moment(source, NOW), facts)
            told.put(tx, "ut11", [Told(topic, key, 1, state) for topic, state in states.items()], NOW)
        told.begin(tx, "ut11", news.PARTIES, NOW)
        told.begin(tx, "silent", news.PARTIES, NOW)


def desk(books: Books, **more: Any) -> Client:
    return browser(books.store, books.settings, clock=lambda: NOW, **more)


def shown(client: Client, address: str, **headers: str) -> str:
    """The page, its amounts with plain blanks."""
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200, answer.text
    return re.sub("[\u202f\xa0]", " ", answer.text)


def names(text: str) -> list[str]:
    return re.findall(r'data-row href="[^"]+">([^<]+)</a>', text)


def test_the_list_has_everybody_by_name_with_what_each_owes(client: Client) -> None:
    text = shown(client, HOME)
    assert names(text) == ["ООО «Покупатель»", "Филиал &lt;b&gt;", "Чужой"]
    assert "1,000.00" in text
    assert "−123.45" in text
    assert "3 counterparties" in text


@pytest.mark.parametrize("asked", ["покуп", "gjreg", "7706055780", "605578"])
def test_typing_gives_the_rows_alone(client: Client, asked: str) -> None:
    text = shown(client, f"{HOME}?q={asked}", **htmx(client))
    assert names(text) == ["ООО «Покупатель»"]
    assert "<html" not in text


def test_the_address_follows_what_is_typed(client: Client) -> None:
    answer = client.get(f"{HOME}?q=покуп&base=&only=", headers=htmx(client))
    assert answer.headers["hx-replace-url"] == f"{HOME}?q=%D0%BF%D0%BE%D0%BA%D1%83%D0%BF"


def test_nobody_found_says_what_to_try(client: Client) -> None:
    assert "Nobody is called so." in shown(client, f"{HOME}?q=zzz")


def test_the_overdue_are_alone_and_a_currency_that_is_no_other_comes_first(client: Client) -> None:
    text = shown(client, f"{HOME}?only=overdue")
    assert names(text) == ["ООО «Покупатель»"]
    assert "700.00" in text
    assert "not judged yet" not in text


def test_who_is_restricted_is_shown_as_told_and_stated_as_it_is(books: Books) -> None:
    books.parties()
    with books.store.transaction() as tx:
        access_rules.add_override(tx, "ut11", PARTY, state="blocked", by="ann", reason="letter 7")
    assert "not judged yet" in shown(desk(books), f"{HOME}?only=restricted")
    tell(books, PARTY)
    text = shown(desk(books), f"{HOME}?only=restricted")
    assert names(text) == ["Покупатель"]
    assert "Site blocked" in text


def test_a_long_list_comes_in_parts_that_neither_repeat_nor_skip(books: Books) -> None:
    told_of = {"kind": "company", "status": "active"}
    books.put(
        "counterparty", [record("counterparty", id=guid(n), name=f"N{n:03}", **told_of) for n in range(95)]
    )
    client, found, address = desk(books), [], HOME
    while address:
        text = shown(client, address, **(htmx(client) if found else {}))
        found += names(text)
        more = re.search(r'<td colspan="5" hx-get="([^"]+)"', text)
        address = more[1].replace("&amp;", "&") if more else ""
    assert found == [f"N{n:03}" for n in range(95)]


def test_a_counterparty_owes_by_contract_and_by_currency(client: Client) -> None:
    text = shown(client, PAGE)
    for amount in ("1,000.00", "700.00", "900", "123.45", "500.00"):
        assert f">{amount}<" in text.replace("<small", "<"), amount
    assert "Paid ahead" in text
    assert "−500.00" in text  # the limit is overdrawn
    assert "Договор 17" in text


def test_every_amount_of_the_balance_says_why(client: Client) -> None:
    text = shown(client, PAGE)
    amounts = re.findall(r'<(a|span) class="amount', text)
    assert amounts
    assert set(amounts) == {"a"}


def test_a_foreign_name_is_text_and_not_markup(client: Client) -> None:
    assert "Филиал <b>" not in shown(client, f"{HOME}/ut11:{BRANCH}")


def test_the_page_of_nobody_who_owes_is_calm(client: Client) -> None:
    text = shown(client, f"{HOME}/ut11:{STRANGER}")
    assert "There are no contracts" in text
    assert "Debt over time" not in text


@pytest.mark.parametrize(
    "place", [f"ut11:{guid(77)}", f"nowhere:{guid(1)}", "rubbish", f"ut11:{guid(77)}/items"]
)
def test_an_unknown_counterparty_is_a_calm_page(clients: Mapping[str, Client], place: str) -> None:
    answer = clients["ru"].get(f"{HOME}/{place}")
    assert answer.status_code == 404
    assert "Такого контрагента нет." in answer.text
    assert "Traceback" not in answer.text


def test_a_deleted_counterparty_still_has_its_page(books: Books) -> None:
    books.parties()
    books.settle([("RUB", 100)], [])
    books.put("counterparty", [])
    client = desk(books)
    text = shown(client, PAGE)
    assert "Deleted in 1C" in text
    assert "Update from 1C" not in text
    assert names(shown(client, HOME)) == []
    for part in ("items", "documents", "payments", "contacts", "rules", "course"):
        shown(client, f"{PAGE}/{part}")


def test_open_items_come_the_latest_first_and_only_those_asked_for(client: Client) -> None:
    text = shown(client, f"{PAGE}/items")
    assert "4 open items" in text
    assert text.index("Advance".casefold()) > text.index("2027")
    late = shown(client, f"{PAGE}/items?only=overdue")
    assert "2 open items" in late
    assert "2027" not in late
    assert "4 open items" in shown(client, f"{PAGE}/items?contract={CONTRACT}")
    assert "Nothing is open." in shown(client, f"{PAGE}/items?contract={guid(55)}")


def test_what_no_document_explains_is_an_item_of_its_own(books: Books) -> None:
    books.parties()
    books.settle([("RUB", 5_000)], [{"settled_id": guid(100), "debt": 4_000, **LATE}])
    client = desk(books)
    assert "Not explained by any document" in shown(client, f"{PAGE}/items")
    assert "documents do not explain" in shown(client, PAGE)


def test_the_course_of_the_debt_ends_at_what_is_owed(client: Client) -> None:
    text = shown(client, f"{PAGE}/course?months=3")
    assert "1,000.00 RUB" in text
    assert "<html" not in text


def test_a_settlement_without_a_contract_is_shown_as_such(books: Books) -> None:
    books.parties()
    owner = {"organization_id": ORGANIZATION, "counterparty_id": PARTY}
    books.put("settlement_key", [record("settlement_key", id=guid(4), **owner)])
    books.settle([("RUB", 100)], [])
    assert "Without a contract" in shown(desk(books), PAGE)


@pytest.mark.parametrize(("language", "word"), [("ru", "Контрагенты"), ("uk", "Контрагенти")])
def test_the_pages_speak_the_readers_language(
    clients: Mapping[str, Client], language: Any, word: str
) -> None:
    client = clients[language]
    assert word in shown(client, PAGE)
    for part in ("", "/items", "/documents", "/payments", "/contacts", "/rules", "/course"):
        shown(client, PAGE + part)
