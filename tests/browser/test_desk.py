"""People at the desk: from signing in to a statement that is agreed, and the alert when its period changes."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import openpyxl
import pypdf
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator

from desk.why import links
from schemas.languages import LANGUAGES, Language
from schemas.money import Money
from store.balances import ContractTotal
from tests.browser.hub import PASSWORD, SOURCE, Hub
from tests.browser.person import PHONE, WIDE, Person, at_the_desk

pytestmark = pytest.mark.browser

STATEMENT = re.compile(r"/desk/statements/[0-9a-f]{32}(\?.*)?$")
TITLES = {"ru": "Акт сверки", "uk": "Акт звірки", "en": "Reconciliation"}


def party(customer: ContractTotal) -> str:
    return f"{SOURCE}:{customer.counterparty_id}"


def name_of(hub: Hub, customer: ContractTotal) -> str:
    rows = hub.shop.base.iterate("Catalog_Контрагенты")
    return next(str(row["Description"]) for row in rows if row["Ref_Key"] == customer.counterparty_id)


def finds(person: Person, customer: ContractTotal) -> None:
    """By typing a part of the name, as people do."""
    person.goes("/desk/counterparties")
    person.page.locator("#field-q").press_sequentially(
        name_of(person.hub, customer).split("«")[-1][:6], delay=20
    )
    person.page.locator(f'#found a[href="/desk/counterparties/{party(customer)}"]').click()
    person.page.wait_for_url(f"**/desk/counterparties/{party(customer)}")


def draws(person: Person) -> str:
    """From the page of a counterparty; gives the statement's address."""
    person.page.locator('a[href^="/desk/statements/new?counterparty="]').first.click()
    person.page.locator('input[name="period"][value="this_year"]').check()
    person.page.locator("#asking .actions button").click()
    person.page.wait_for_url(STATEMENT)
    person.page.locator("#standing .alert.ok").wait_for()
    return person.page.url.removeprefix(person.hub.url).partition("?")[0]


def downloads(person: Person, ending: str) -> bytes:
    with person.page.expect_download() as coming:
        person.page.locator(f'a[href*="/files/{ending}"]').click()
    return Path(coming.value.path()).read_bytes()


def steps(person: Person, to: str) -> None:
    """Through the question that is asked first."""
    person.page.locator(f'button[data-opens="step-{to}"]').click()
    dialog = person.page.locator(f"dialog#step-{to}")
    dialog.locator("form .actions button").first.click()
    person.page.wait_for_load_state()


def owed(hub: Hub, customer: ContractTotal) -> Decimal:
    """In all roubles of this counterparty with that organisation, by the books themselves."""
    with hub.shop.store.reading() as tx:
        query = "SELECT sum(debt) FROM contract_balance WHERE counterparty_id = ? AND currency = 'RUB'"
        (units,) = tx.connection.exec_driver_sql(query, (customer.counterparty_id,)).one()
    return Decimal(str(Money(int(units), "RUB")))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_statement_is_drawn_read_printed_agreed_and_watched(
    hub: Hub, browser: Browser, language: Language
) -> None:
    customer = hub.customers()[LANGUAGES.index(language)]
    closing = owed(hub, customer)
    with at_the_desk(hub, browser, language=language) as person:
        person.signs_in()
        assert person.says("Today") in person.page.locator("h1").inner_text()
        finds(person, customer)
        address = draws(person)
        paper = pypdf.PdfReader(BytesIO(downloads(person, "pdf")))
        printed = " ".join(page.extract_text() for page in paper.pages)
        assert TITLES[language].casefold() in printed.casefold()
        assert digits(closing) in re.sub(r"[\s\u00a0\u202f,.]", "", printed)
        assert closing in numbers(downloads(person, "xlsx"))
        steps(person, "sent")
        steps(person, "agreed")
        person.page.locator(".badge.ok", has_text=person.says("Agreed")).first.wait_for()
        assert person.page.locator("#changes-title").count() == 0
        ship_back_in_time(hub, customer)
        person.goes(address)
        person.page.locator("#changes-title").wait_for()
        changed = person.page.locator('.alert.bad a[href^="/desk/why/document/"]').first
        changed.click()
        person.page.wait_for_url("**/desk/why/document/**")
        assert person.says("Why this number?") in person.page.locator("main").inner_text()


def test_a_held_order_is_released_by_the_keyboard_and_watched_until_1c_has_it(
    hub: Hub, browser: Browser
) -> None:
    order = hub.places(pieces=900_000)
    with at_the_desk(hub, browser) as person:
        person.signs_in()
        page, keyboard = person.page, person.page.keyboard
        page.locator("#fix-orders-held").click()
        page.wait_for_url("**/desk/orders?view=decide&state=held")
        page.locator("#field-q").press("ArrowDown")
        keyboard.press("Enter")
        page.wait_for_url(f"**/desk/orders/{order.id}")
        page.locator('button[data-opens="do-release"]').press("Enter")
        page.locator("dialog#do-release[open] textarea").press_sequentially("More comes tomorrow")
        found = judged(Axe(), person, "the question")
        keyboard.press("Tab")
        keyboard.press("Enter")
        page.locator("header.head .badge.ok").wait_for()
        assert "More comes tomorrow" in page.locator("main").inner_text()
        assert page.locator("dl.facts a[href^='/desk/documents/']").inner_text()
        page.locator(".attempts summary").first.click()
        assert "Ref_Key" in page.locator("pre.answer").first.inner_text()
        assert found + judged(Axe(), person, page.url) == []


def ship_back_in_time(hub: Hub, customer: ContractTotal) -> None:
    """On a day that was agreed, in the accounting system; then the hub reads its books again."""
    first = f"{datetime.now(UTC).year}-01-01T12:00:00"
    hub.happen("new_shipment", contract=customer.contract_id, on=first)
    hub.read("documents", "settlements")


def digits(amount: Decimal) -> str:
    return f"{amount:.2f}".replace(".", "")


def numbers(workbook: bytes) -> set[Decimal]:
    sheet: Any = openpyxl.load_workbook(BytesIO(workbook), data_only=True).active
    cells = (cell for row in sheet.iter_rows(values_only=True) for cell in row)
    return {Decimal(f"{cell:.2f}") for cell in cells if isinstance(cell, (int, float))}


def pages_of(hub: Hub, person: Person) -> list[str]:
    """One page of every kind: those of the menu, and what they lead to."""
    customer = hub.customers()[3]
    one = party(customer)
    finds(person, customer)
    statement = draws(person)
    person.goes(links.balance(SOURCE, customer.counterparty_id, "RUB"))
    document = address_of(person.page.locator('#movements a[href^="/desk/why/document/"]').first)
    person.goes(document)
    movement = address_of(person.page.locator('a[href^="/desk/why/movement/"]').first)
    tabs = [
        f"/desk/counterparties/{one}{part}"
        for part in ("", "/items", "/documents", "/payments", "/orders", "/rules")
    ]
    return [
        *("/desk/today", "/desk/counterparties", "/desk/statements", "/desk/agreement", "/desk/quarantine"),
        *("/desk/users", "/desk/account", "/desk/statements/new", f"/desk/statements/new?counterparty={one}"),
        *("/desk/orders", "/desk/orders/rules", f"/desk/orders/{hub.places(900_000).id}"),
        *(statement, *tabs),
        *(links.balance(SOURCE, customer.counterparty_id, "RUB"), document, movement),
        links.page(1, 0, "id").partition("#")[0],
    ]


def address_of(link: Locator) -> str:
    return str(link.get_attribute("href"))


@pytest.mark.parametrize(
    ("theme", "size"), [("light", WIDE), ("dark", PHONE)], ids=["light-wide", "dark-phone"]
)
def test_everybody_can_use_every_page(
    hub: Hub, browser: Browser, theme: Literal["light", "dark"], size: dict[str, int]
) -> None:
    axe, found = Axe(), []
    with at_the_desk(hub, browser, size=size, theme=theme) as person:
        person.goes("/desk/sign-in")
        found += judged(axe, person, "/desk/sign-in")
        person.signs_in()
        for address in pages_of(hub, person):
            person.goes(address)
            found += judged(axe, person, address)
            width = person.page.evaluate("document.documentElement.scrollWidth")
            if width > size["width"]:
                found.append(f"{address}: is {width} wide")
    assert found == []


def judged(axe: Axe, person: Person, address: str) -> list[str]:
    """What is serious or worse."""
    results = axe.run(person.page, options={"resultTypes": ["violations"]})
    return [
        f"{address}: {one['id']}: {node['html'][:160]}"
        for one in results.response["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


def test_the_keyboard_is_enough(hub: Hub, browser: Browser) -> None:
    """Sign in, go to the counterparties, find one, open it and its statement's form; and back to the top."""
    customer = hub.customers()[0]
    with at_the_desk(hub, browser) as person:
        keyboard, page = person.page.keyboard, person.page
        person.goes("/desk/today")
        keyboard.type("vera-en")
        keyboard.press("Tab")
        keyboard.type(PASSWORD)
        keyboard.press("Enter")
        page.wait_for_url("**/desk/today")
        keyboard.press("g")
        keyboard.press("c")
        page.wait_for_url("**/desk/counterparties")
        keyboard.press("/")
        keyboard.type(name_of(hub, customer).split("«")[-1][:6], delay=20)
        page.locator(f'#found a[href="/desk/counterparties/{party(customer)}"]').wait_for()
        for _ in range(30):
            keyboard.press("ArrowDown")
            if party(customer) in str(page.evaluate("document.activeElement.getAttribute('href')")):
                break
        keyboard.press("Enter")
        page.wait_for_url(f"**/desk/counterparties/{party(customer)}")
        keyboard.press("?")
        page.locator("dialog#shortcuts[open]").wait_for()
        keyboard.press("Escape")
        page.locator("dialog#shortcuts:not([open])").wait_for(state="attached")
        keyboard.press("Tab")
        assert page.evaluate("document.activeElement.tagName") in ("A", "BUTTON", "INPUT", "SUMMARY")
