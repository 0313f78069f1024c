"""The style sheet, the scripts, what was taken from elsewhere, and the templates' parts."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from litestar.testing import TestClient

from desk.app import create_app
from desk.frame import failures, filters, static, templates, translations
from desk.frame.visits import Guest
from schemas.errors import InvalidValueError
from schemas.languages import Language
from tests.unit.api.books import Books

FOLDER = Path(static.__file__).parent / "static"
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def reader(language: Language = "en") -> Guest:
    return Guest(
        language=language,
        text=translations.texts(language),
        time_zone=ZoneInfo("Europe/Moscow"),
        now=NOW,
        csrf="token",
        htmx=False,
        path="/desk/x",
        secure=False,
    )


def test_files_are_kept_for_ever_under_addresses_that_change_with_them(books: Books) -> None:
    with TestClient(create_app(books.settings, books.store)) as client:
        for name in static.assets():
            answer = client.get(static.address(name), headers={"accept-encoding": "gzip"})
            assert answer.status_code == 200
            assert "immutable" in answer.headers["cache-control"]
            assert answer.headers["content-encoding"] == "gzip"
            plain = client.get(static.address(name), headers={"accept-encoding": "identity"})
            assert plain.content == answer.content == static.assets()[name].body
        old = client.get("/desk/static/0000000000000000/desk.css")
        assert (old.status_code, old.headers["cache-control"]) == (200, "no-cache")
        assert client.get("/desk/static/0/passwords.py").status_code == 404


def test_files_ask_the_store_nothing(books: Books) -> None:
    client = TestClient(create_app(books.settings, books.store))
    client.cookies.set("saldo_session", "x")
    with books.store.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE desk_session")
    assert client.get(static.address("desk.css")).status_code == 200


def test_packed_files_are_the_same_on_every_start() -> None:
    assert static.assets()["desk.css"].packed == gzip.compress(static.stylesheet(), mtime=0)


def test_what_was_taken_from_a_package_is_what_the_package_holds() -> None:
    vendored = json.loads((FOLDER / "vendor.json").read_text(encoding="utf-8"))
    for name, told in vendored.items():
        digest = base64.b64encode(hashlib.sha512((FOLDER / name).read_bytes()).digest()).decode()
        assert told["sha512"] == f"sha512-{digest}", name
        assert (FOLDER / told["licence_file"]).stat().st_size > 0
    ours = {"desk.js", "icon.svg", "vendor.json"}
    assert {file.name for file in FOLDER.iterdir()} == {
        *vendored,
        *(told["licence_file"] for told in vendored.values()),
        *ours,
    }


def test_the_style_sheet_asks_nobody_else_for_anything() -> None:
    assert not re.search(rb"@import|url\(|https?:", static.stylesheet())


@pytest.mark.parametrize(
    ("units", "currency", "language", "shown"),
    [
        (313_184_05, "RUB", "ru", "313\u202f184,05"),
        (-5, "RUB", "ru", "−0,05"),
        (0, "UAH", "uk", "0,00"),
        (123_456_789_01, "EUR", "en", "123,456,789.01"),
        (1500, "JPY", "en", "1,500"),
        (42, "???", "en", "42"),
    ],
)
def test_amounts_are_written_as_the_reader_writes_them(
    units: int, currency: str, language: Language, shown: str
) -> None:
    assert filters.money_text(units, currency, language) == shown


def test_moments_are_of_the_accounting_clock_and_ages_in_words() -> None:
    assert filters.moment_text(NOW, "ru", ZoneInfo("Europe/Moscow")) == "22.11.2026, 12:00"
    assert filters.ago_text(NOW - timedelta(minutes=5), NOW, "uk") == "5 хвилин тому"
    assert filters.day_text("2026-11-02", "en") == "02 Nov 2026"


def test_parts_of_pages_escape_what_they_are_given() -> None:
    evil = "<script>alert(1)</script>"
    environment = templates._environment()
    page = environment.from_string(
        '{% import "frame/ui.html" as ui %}'
        "{{ ui.badge('ok', evil) }}{{ ui.alert('bad', evil, evil) }}{{ ui.field('a', evil, evil, error=evil) }}"
        "{{ ui.empty(evil) }}{{ ui.stat(evil, evil, evil, href='/desk/x') }}{{ ui.copy(evil) }}"
        "{{ ui.choice('b', evil, [(evil, evil)], evil) }}{{ ui.area('c', evil, evil) }}{{ ui.progress(evil) }}"
        "{{ ui.confirm('d', evil, evil, '/desk/x', evil) }}{{ ui.tabs([('/desk/x', evil)], '/desk/x') }}"
        "{% call ui.form('/desk/x', hx_vals=evil) %}{% endcall %}{{ _('Sign in with %(name)s', name=evil) }}"
    ).render(visit=reader(), evil=evil)
    assert "<script" not in page
    assert page.count("&lt;script&gt;") > 15
    assert page.count('name="csrf" value="token"') == 2


def test_an_amount_links_to_its_reason() -> None:
    page = templates._environment().from_string(
        '{% import "frame/ui.html" as ui %}{{ ui.amount(-150000, "UAH", why="/desk/why/x", kind="bad") }}'
    )
    shown = page.render(visit=reader("uk"))
    assert 'href="/desk/why/x"' in shown
    assert "−1\u202f500,00" in shown
    assert "Звідки ця цифра?" in shown


@pytest.mark.parametrize(
    ("accept", "language"),
    [
        ("uk,ru;q=0.9", "uk"),
        ("de-DE, ru-RU;q=0.3", "ru"),
        ("fr", "en"),
        ("", "en"),
        ("ru;q=0, en;q=0.1", "en"),
        ("ru;q=x", "en"),
        ("en-GB;q=0.5, uk-UA;q=0.5", "en"),
    ],
)
def test_a_guest_is_spoken_to_as_the_browser_asks(accept: str, language: Language) -> None:
    assert translations.preferred(accept) == language


@pytest.mark.parametrize(
    ("language", "text"), [("en", "The day is strange."), ("uk", "Так зробити не можна.")]
)
def test_what_a_stage_refuses_is_told_with_what_to_do(language: Language, text: str) -> None:
    error = InvalidValueError("the day is strange", hint="Choose another", field="day")
    told = failures._told(reader(language), error, 422)
    assert told.message == text
    assert "Choose another." in told.hint
