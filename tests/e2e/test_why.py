"""From every amount to the bytes it came from, over a company's books as they were read."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterator

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from desk.frame import translations
from desk.why import links
from schemas.languages import Language
from schemas.money import Money
from store import balances
from store.balances import ContractTotal
from tests.e2e.shop import SOURCE, Shop, shops
from tests.unit.desk.signed_in import browser, htmx

MARKED = re.compile(r"<mark>(.*?)</mark>")


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A company whose books were read after every change: these tests only look."""
    folder = tmp_path_factory.mktemp("lived")
    with pytest.MonkeyPatch.context() as patch, shops(folder, patch) as opening:
        shop = opening(f"sqlite:///{folder / 'store.db'}")
        shop.live()
        yield shop


@pytest.fixture(scope="module")
def desk(lived: Shop) -> Iterator[TestClient[Litestar]]:
    with browser(lived.store, lived.settings) as client:
        yield client


def seen(desk: TestClient[Litestar], address: str) -> str:
    answer = desk.get(address.partition("#")[0])
    assert answer.status_code == 200, (address, answer.text)
    return answer.text


def text_of(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def totals(lived: Shop) -> list[ContractTotal]:
    with lived.store.reading() as tx:
        return balances.totals(tx, SOURCE)


def account(total: ContractTotal) -> str:
    chosen = {"contract": total.contract_id, "organization": total.organization_id}
    return links.balance(SOURCE, total.counterparty_id, total.currency, **chosen)


def links_to(page: str, start: str) -> list[str]:
    return [html.unescape(found) for found in re.findall(rf'href="({re.escape(start)}[^"]+)"', page)]


def test_every_balance_of_the_company_adds_up_on_its_page(lived: Shop, desk: TestClient[Litestar]) -> None:
    for total in totals(lived):
        page = text_of(seen(desk, account(total)))
        shown = f"{Money(abs(total.debt), total.currency)}"
        assert shown in page.replace("\u202f", "").replace(",", ""), total
        assert "Adds up" in page, total
        assert "Does not add up" not in page


def test_the_chain_leads_from_an_amount_to_the_very_line_of_the_bytes(
    lived: Shop, desk: TestClient[Litestar]
) -> None:
    total = max(totals(lived), key=lambda one: one.debt)
    documents = links_to(seen(desk, account(total)), links.DOCUMENT)
    document = seen(desk, documents[0])
    assert account(total) in links_to(document, links.BALANCE)
    (movement, *_) = links_to(document, links.MOVEMENT)
    assert documents[0] in links_to(seen(desk, movement), links.DOCUMENT)
    (landed, *_) = [one for one in links_to(document, links.PAGE) if "field=amount" in one]
    page = seen(desk, landed)
    marked = [html.unescape(line).strip() for line in MARKED.findall(page)]
    assert any(line.startswith(('"Сумма"', '"СуммаДокумента"')) for line in marked), marked
    assert documents[0] in links_to(page, links.DOCUMENT)


def test_the_bytes_are_given_exactly_as_they_were_landed(lived: Shop, desk: TestClient[Litestar]) -> None:
    page = seen(desk, links.page(1))
    (sha256,) = set(re.findall(r"[0-9a-f]{64}", page))
    answer = desk.get(links.landed_bytes(1))
    assert hashlib.sha256(answer.content).hexdigest() == sha256
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["content-type"] == "application/octet-stream"


def test_further_records_of_a_long_answer_come_when_they_are_asked_for(
    lived: Shop, desk: TestClient[Litestar]
) -> None:
    first = seen(desk, links.page(landing_of(lived, "settlement_entry")))
    (further,) = links_to(first, links.PAGE)[-1:]
    assert first.count('<details class="why-record') == 20
    more = desk.get(further, headers=htmx(desk)).text
    assert "<html" not in more
    assert "record 21 of" in text_of(more)


def test_a_document_that_changed_tells_what_it_said_before(lived: Shop, desk: TestClient[Litestar]) -> None:
    notes = {one["Комментарий"]: one for one in lived.base.iterate("Document_РеализацияТоваровУслуг")}
    page = seen(desk, links.document(SOURCE, str(notes["changed"]["Ref_Key"])))
    assert "<ins>changed</ins>" in page
    assert "internal_memo" in page, "the company's own people see what stays inside"


def test_a_document_that_is_gone_is_shown_and_says_so(lived: Shop, desk: TestClient[Litestar]) -> None:
    with lived.store.reading() as tx:
        gone = tx.connection.exec_driver_sql("SELECT id FROM document WHERE gone_at IS NOT NULL").scalars()
        (key,) = gone.all()
    assert "no longer has it" in text_of(seen(desk, links.document(SOURCE, key)))


@pytest.mark.parametrize("language", ["ru", "uk"])
def test_every_page_speaks_the_readers_language(lived: Shop, language: Language) -> None:
    told = translations.texts(language).gettext("Why this number?")
    with browser(lived.store, lived.settings, login=f"vera_{language}", language=language) as desk:
        page = seen(desk, account(totals(lived)[0]))
        for text in (page, seen(desk, links_to(page, links.DOCUMENT)[0]), seen(desk, links.page(1))):
            assert told in text
            assert "Why" not in text


def test_what_is_not_there_is_a_calm_page(desk: TestClient[Litestar]) -> None:
    nothing = "00000000-0000-4000-8000-000000000000"
    for address in (
        links.balance(SOURCE, nothing, "RUB"),
        links.document(SOURCE, nothing),
        links.record("contract", SOURCE, nothing),
        links.record("document_line", SOURCE, nothing),
        links.movement("due_entry", SOURCE, nothing, 1),
        links.page(999_999),
        links.document("other", nothing),
    ):
        answer = desk.get(address)
        assert answer.status_code == 404, address
        assert "Traceback" not in answer.text


def landing_of(lived: Shop, entity: str) -> int:
    with lived.store.reading() as tx:
        query = f"SELECT id FROM landing_page WHERE entity = '{entity}' ORDER BY size DESC LIMIT 1"
        return int(tx.connection.exec_driver_sql(query).scalar_one())
