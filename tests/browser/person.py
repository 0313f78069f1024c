"""Somebody at the desk, in a browser that notes whatever should not have happened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page

from desk.frame import translations
from schemas.languages import Language
from tests.browser.hub import PASSWORD, Hub

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
WAIT_MS = 10_000


@dataclass
class Person:
    """`wrong` is what the browser complained of, and requests that left the host."""

    page: Page
    hub: Hub
    language: Language
    wrong: list[str] = field(default_factory=list)

    def says(self, text: str) -> str:
        """A text of the desk as this person reads it."""
        said: str = translations.texts(self.language).gettext(text)
        return said

    def goes(self, address: str) -> None:
        answer = self.page.goto(self.hub.url + address)
        assert answer is not None
        assert answer.status == 200, (address, answer.status)

    def signs_in(self) -> None:
        self.goes("/desk/today")
        self.page.fill("input[name=login]", f"vera-{self.language}")
        self.page.fill("input[name=password]", PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**/desk/today")


@contextmanager
def at_the_desk(
    hub: Hub,
    browser: Browser,
    *,
    language: Language = "en",
    size: Any = WIDE,
    theme: Literal["light", "dark"] = "light",
) -> Iterator[Person]:
    """When they leave, nothing may have gone wrong in their browser."""
    context = browser.new_context(
        viewport=size, locale=language, color_scheme=theme, accept_downloads=True, reduced_motion="reduce"
    )
    context.set_default_timeout(WAIT_MS)
    page = context.new_page()
    person = Person(page, hub, language)
    _notes(page, hub.url, person.wrong.append)
    yield person
    context.close()
    assert person.wrong == []


def _notes(page: Page, url: str, note: Callable[[str], None]) -> None:
    """A broken policy of content, too, is an error on the console."""

    def leaves(address: str) -> bool:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https", "ws", "wss") and f"{parts.scheme}://{parts.netloc}" != url

    page.on("console", lambda said: note(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: note(str(error)))
    page.on("request", lambda asked: note(f"left the host: {asked.url}") if leaves(asked.url) else None)
