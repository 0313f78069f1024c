"""`make screenshots`: pictures of the desk for the README, of a demo that it starts and in which something happens."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from jobs.graphql import Dagster
from tests import chromium

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
HOME = ROOT / "build" / "screenshots"
READY_S, RUN_S = 400.0, 240.0
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
LARGEST = 250_000  # bytes of a picture: it is in every clone for ever
SAID = {
    "desk": r"The desk\s+(http\S+)/desk",
    "login": r"sign in as\s+(\S+),",
    "password": r"password (\S+)",
    "dagster": r"Dagster\s+(http\S+)",
    "control": r"curl -X POST (\S+)/do/",
    "late": r"/v1/counterparties/(\S+)/summary",
}


@dataclass(frozen=True, slots=True)
class Demo:
    """Addresses and the login as the demo says them; `late` is who has most overdue."""

    desk: str
    login: str
    password: str
    dagster: str
    control: str
    late: str

    def happens(self, what: str, about: Mapping[str, Any] | None = None) -> Any:
        """In the accounting system, by its control address."""
        request = urllib.request.Request(f"{self.control}/{what}", json.dumps(about or {}).encode())  # noqa: S310
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return json.load(answer)

    def runs(self, job: str) -> None:
        dagster = Dagster(self.dagster)
        run, give_up = dagster.launch(job), time.monotonic() + RUN_S
        while not dagster.state(run).finished:
            if time.monotonic() > give_up:
                raise TimeoutError(job)
            time.sleep(0.5)


@contextmanager
def demo() -> Iterator[Demo]:
    HOME.parent.mkdir(exist_ok=True)
    log = HOME.parent / "screenshots.log"
    with log.open("wb") as output:
        command = [sys.executable, "-m", "jobs.cli", "demo", "--home", str(HOME)]
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, cwd=ROOT)  # noqa: S603
    try:
        give_up = time.monotonic() + READY_S
        while "Ctrl-C stops everything" not in (said := log.read_text(encoding="utf-8")):
            if process.poll() is not None or time.monotonic() > give_up:
                raise RuntimeError(f"the demo does not serve, see {log}")
            time.sleep(0.5)
        yield Demo(**{name: _said(said, pattern) for name, pattern in SAID.items()})
    finally:
        process.terminate()
        process.wait(timeout=60)


def _said(text: str, pattern: str) -> str:
    found = re.search(pattern, text)
    if found is None:
        raise RuntimeError(f"the demo does not tell {pattern}")
    return found[1]


def something_happens(demo: Demo) -> None:
    """A shipping note is written that the base cannot give, and neither what it moved: so a balance differs."""
    shipped = demo.happens("do/new_shipment")
    movements = f"AccumulationRegister_РасчетыСКлиентами/{shipped['ref']}"
    demo.happens("options", {"poison": {shipped["ref"]: "error", movements: "error"}})
    demo.happens("do/new_payment")  # with it a balance changes, and is held against the books
    demo.runs("ut11_changes")


def take(demo: Demo, browser: Browser) -> None:
    page = _signed_in(demo, browser)
    party = f"/desk/counterparties/{demo.late}"
    _shot(page, demo, "/desk/today", "desk-today")
    _shot(page, demo, party, "desk-counterparty")
    page.goto(demo.desk + party)
    page.locator("a.amount.why").first.click()
    page.wait_for_load_state()
    _keep(page, "desk-why")
    statement = _drawn(page, demo)
    _shot(page, demo, statement, "desk-statement")
    _shot(page, demo, "/desk/counterparties", "desk-counterparties")
    _shot(page, demo, "/desk/quarantine", "desk-quarantine")
    _shot(page, demo, "/desk/orders", "desk-orders")
    page.goto(f"{demo.desk}/desk/orders?view=decide&state=held")
    page.locator(".order-list a[data-row]").first.click()
    page.wait_for_load_state("networkidle")
    _keep(page, "desk-order")
    page.goto(f"{demo.desk}/desk/agreement")
    page.locator("header:has(.badge.bad), h2:has(.badge.bad)").first.evaluate("head => head.scrollIntoView()")
    _keep(page, "desk-differences")
    dark = _signed_in(demo, browser, color_scheme="dark")
    _shot(dark, demo, "/desk/today", "desk-dark")
    phone = _signed_in(demo, browser, viewport=PHONE)
    _speaks(phone, demo, "ru")
    _shot(phone, demo, party, "desk-phone")
    _speaks(phone, demo, "en")


def _speaks(page: Page, demo: Demo, language: str) -> None:
    page.goto(f"{demo.desk}/desk/account")
    page.select_option("select[name=language]", language)
    page.locator("form:has(select[name=language]) button").first.click()
    page.wait_for_load_state("networkidle")


def _signed_in(demo: Demo, browser: Browser, **looks: Any) -> Page:
    given: dict[str, Any] = {"viewport": WIDE, "locale": "en", "reduced_motion": "reduce"} | looks
    page = browser.new_context(**given).new_page()
    page.goto(f"{demo.desk}/desk")
    page.fill("input[name=login]", demo.login)
    page.fill("input[name=password]", demo.password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/today")
    return page


def _drawn(page: Page, demo: Demo) -> str:
    """A statement of this year, as soon as both drawings are compared."""
    page.goto(f"{demo.desk}/desk/statements/new?counterparty={demo.late}")
    page.locator('input[name="period"][value="this_year"]').check()
    page.locator("#asking .actions button").click()
    page.wait_for_url(re.compile(r"/desk/statements/[0-9a-f]{32}(\?.*)?$"))
    page.locator("#standing .alert:not(.wait)").wait_for()
    return page.url.removeprefix(demo.desk).partition("?")[0]


def _shot(page: Page, demo: Demo, address: str, name: str) -> None:
    page.goto(demo.desk + address)
    page.wait_for_load_state("networkidle")
    _keep(page, name)


def _keep(page: Page, name: str) -> None:
    picture = page.screenshot(path=IMAGES / f"{name}.png", animations="disabled", caret="hide")
    if len(picture) > LARGEST:
        raise RuntimeError(f"{name}.png has {len(picture)} bytes, and may have {LARGEST}")
    _say(f"docs/images/{name}.png  {len(picture)} bytes")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201


def main() -> int:
    executable = chromium.find()
    if executable is None:
        _say("There is no Chromium on this machine: apt-get install chromium")
        return 1
    _say("Starting the demo: about a minute")
    with demo() as shown, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        something_happens(shown)
        take(shown, browser)
        browser.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
