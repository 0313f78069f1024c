"""Periods people ask for, and the words for a file that cannot be read."""

from __future__ import annotations

import ast
import gettext
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.statements import unread
from desk.statements.narrowing import Narrowed
from desk.statements.periods import presets
from printing import cells, columns, received
from schemas.errors import UnreadableFileError

TEXT = gettext.NullTranslations()
READERS = (cells, columns, received)


@pytest.mark.parametrize(
    ("today", "month", "quarter"),
    [
        (date(2026, 1, 1), ("2025-12-01", "2025-12-31"), ("2025-10-01", "2025-12-31")),
        (date(2024, 3, 31), ("2024-02-01", "2024-02-29"), ("2023-10-01", "2023-12-31")),
        (date(2026, 11, 22), ("2026-10-01", "2026-10-31"), ("2026-07-01", "2026-09-30")),
    ],
)
def test_whole_months_and_quarters_are_of_the_calendar(
    today: date, month: tuple[str, str], quarter: tuple[str, str]
) -> None:
    found = presets(today, None)
    assert [str(day) for day in found["last_month"]] == list(month)
    assert [str(day) for day in found["last_quarter"]] == list(quarter)
    assert "since_agreed" not in found


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(-3, 900))
def test_periods_follow_each_other_and_end_today_at_the_latest(today: date, ago: int) -> None:
    agreed = today - timedelta(days=ago)
    found = presets(today, agreed)
    assert all(one.first_on <= one.last_on <= today for one in found.values())
    for this, last in (
        ("this_month", "last_month"),
        ("this_quarter", "last_quarter"),
        ("this_year", "last_year"),
    ):
        assert found[this].first_on - found[last].last_on == timedelta(days=1)  # type: ignore[index]
    assert ("since_agreed" in found) is (ago > 0)
    if ago > 0:
        assert found["since_agreed"].first_on == agreed + timedelta(days=1)


def test_every_reason_of_the_reader_has_words_of_the_desk() -> None:
    messages = {message for module in READERS for message in raised(Path(str(module.__file__)))}
    assert len(messages) > 10
    for message in messages:
        said = unread.refusal(UnreadableFileError(message, hint="…", row=1, column="A"), TEXT)
        assert said.message != f"{message} Row 1, column A.", message


def raised(file: Path) -> Iterator[str]:
    """The messages of errors that a module makes; what stands in braces is one of what it may be."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        named = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if not named or node.func.id not in ("UnreadableFileError", "_refused"):  # type: ignore[union-attr]
            continue
        first = node.args[0]  # type: ignore[union-attr]
        if isinstance(first, ast.Constant):
            yield str(first.value)
        elif isinstance(first, ast.JoinedStr) and "FOREIGN" in file.read_text(encoding="utf-8"):
            yield from (f"the file is {what}" for what in cells.FOREIGN.values())
        elif isinstance(first, ast.JoinedStr):
            yield str(first.values[0].value)  # type: ignore[attr-defined]


def test_the_address_of_a_list_says_what_it_was_narrowed_to() -> None:
    asked = {
        "counterparty": "ut11:00000000-0000-4000-8000-000000000001",
        "state": "sent",
        "verdict": "differs",
        "from": "2026-01-01",
        "to": "2026-03-31",
        "waiting": "14",
        "changed": "yes",
    }
    narrowed = Narrowed.of(asked)
    assert narrowed.is_narrow
    query = dict(pair.split("=") for pair in narrowed.beyond(17).partition("?")[2].split("&"))
    query["counterparty"] = query["counterparty"].replace("%3A", ":")
    assert query == {**asked, "after": "17"}
    assert Narrowed.of({**asked, "after": "17"}).after == 17
    assert not Narrowed.of({"after": "9" * 30, "counterparty": "x", "waiting": "-1"}).is_narrow
