"""Whatever records are bad: exactly they are refused, everything else is read once, and scopes leave no gap."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.odata import ODataClient
from schemas.settings import Limits
from tests.unit.connectors.fake_base import FakeBase
from tests.unit.connectors.fake_base import settings as source_settings
from tests.unit.connectors.test_narrowing import BAD, CATALOG, DOCUMENTS, MALFORMED, Book, keys, refused

FEWER = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TODAY = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECONDS = st.integers(0, 60 * 60 * 24 * 320)
DATES = st.lists(SECONDS | st.sampled_from([0, 1, 86_399, 86_400]), min_size=4, max_size=60).map(
    lambda offsets: [(datetime(2026, 1, 1) + timedelta(seconds=n)).isoformat() for n in sorted(offsets)]
)
BAD_ONES = st.sets(st.integers(0, 59), max_size=3)


def reader(book: Book) -> ODataClient:
    source = source_settings(limits=Limits(page_rows=20, sessions=2))
    return ODataClient(
        source, session_factory=FakeBase(book).session, sleep=lambda _: None, now=lambda: TODAY
    )


@pytest.mark.parametrize("reply", [BAD, MALFORMED], ids=["failed", "malformed"])
@FEWER
@given(dates=DATES, bad=BAD_ONES)
def test_windows_leave_out_exactly_the_bad_records(reply: object, dates: list[str], bad: set[int]) -> None:
    book = Book(dates, dict.fromkeys((n for n in bad if n < len(dates)), reply))  # type: ignore[arg-type]
    with reader(book) as client:
        units = list(client.read(DOCUMENTS))
    assert refused(units) == sorted(map(book.key, book.bad))
    assert keys(units) == [book.key(n) for n in range(len(dates)) if n not in book.bad]
    assert (units[0].scope.start, units[-1].scope.end) == (None, None)
    assert all(before.scope.end == after.scope.start for before, after in pairwise(units))


@FEWER
@given(dates=DATES, bad=BAD_ONES)
def test_pages_leave_out_exactly_the_bad_records(dates: list[str], bad: set[int]) -> None:
    book = Book(dates, dict.fromkeys((n for n in bad if n < len(dates)), BAD))
    with reader(book) as client:
        (unit,) = client.read(CATALOG)
    assert refused([unit]) == sorted(map(book.key, book.bad))
    assert sorted({*keys([unit]), *refused([unit])}) == [book.key(n) for n in range(len(dates))]


@FEWER
@given(dates=DATES, bad=BAD_ONES, wanted=st.sets(st.integers(0, 59), min_size=1))
def test_keys_leave_out_exactly_the_bad_records(dates: list[str], bad: set[int], wanted: set[int]) -> None:
    book = Book(dates, dict.fromkeys((n for n in bad if n < len(dates)), BAD))
    asked = [book.key(n) for n in sorted(wanted) if n < len(dates)] or [book.key(0)]
    with reader(book) as client:
        units = list(client.read_keys(DOCUMENTS, asked))
    assert [key for unit in units for key in unit.scope.keys or ()] == asked
    assert refused(units) == sorted(set(asked) & set(map(book.key, book.bad)))
    assert sorted([*keys(units), *refused(units)]) == sorted(asked)
