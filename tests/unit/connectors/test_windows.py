from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import requests

from connectors.odata import ODataClient
from schemas.errors import SourceContractError, SourceRefusedError, SourceUnavailableError
from schemas.settings import Limits
from schemas.source import RawUnit, SourceSet, WireField, WireRow
from tests.unit.connectors.fake_base import (
    Asked,
    FakeBase,
    Reply,
    exception,
    html,
    odata_error,
    page,
    settings,
)  # fmt: skip

DOCUMENTS = SourceSet(
    "Document_X", WireRow((WireField("Ref_Key", "text"), WireField("Date", "text"))), "Date"
)
LIMIT = re.compile(r"Date (ge|lt) datetime'(.+?)'")
TODAY = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Journal:
    """Documents by date, served for the filters that windows make."""

    def __init__(self, dates: list[str], counts: bool = True) -> None:
        self.dates = sorted(dates)
        self.counts = counts
        self.refuse: Callable[[list[str]], Reply | None] = lambda found: None

    def __call__(self, asked: Asked) -> Reply:
        limits = dict(LIMIT.findall(asked.query.get("$filter", "")))
        found = [date for date in self.dates if limits.get("ge", "") <= date < limits.get("lt", "9")]
        if asked.path.endswith("/$count"):
            body = b"\xef\xbb\xbf" + str(len(found)).encode()
            return Reply(body=body, media_type="text/plain") if self.counts else odata_error(404, "8")
        return self.refuse(found) or page([{"Ref_Key": date, "Date": date} for date in found])


def reader(base: FakeBase, sleep: Any = None, **limits: Any) -> ODataClient:
    source = settings(limits=Limits(**{"page_rows": 100, "sessions": 2} | limits))
    return ODataClient(
        source, session_factory=base.session, sleep=sleep or (lambda _: None), now=lambda: TODAY
    )


def spread(count: int, start: str = "2026-01-01T00:00:00", minutes: int = 180) -> list[str]:
    first = datetime.fromisoformat(start)
    return [(first + timedelta(minutes=minutes * n)).isoformat() for n in range(count)]


def keys(unit: RawUnit) -> list[str]:
    return [row["Ref_Key"] for one in unit.pages for row in json.loads(one.body)["value"]]


def assert_whole(units: list[RawUnit], dates: list[str]) -> None:
    """Every date once, in order, and the scopes meet without a gap from open to open."""
    assert [key for unit in units for key in keys(unit)] == sorted(dates)
    assert units[0].scope.start is None
    assert units[-1].scope.end is None
    assert all(one.scope.end == next_.scope.start for one, next_ in pairwise(units))


@pytest.mark.parametrize("counts", [True, False])
@pytest.mark.parametrize("sessions", [1, 2, 4])
def test_every_document_comes_once_in_order_and_open_ends_are_read(counts: bool, sessions: int) -> None:
    dates = [*spread(2_000), "0209-03-01T00:00:00", "2206-01-01T00:00:00"]
    base = FakeBase(Journal(dates, counts))
    with reader(base, sessions=sessions) as client:
        units = list(client.read(DOCUMENTS))
    assert_whole(units, dates)
    assert max(len(keys(unit)) for unit in units) <= 200
    assert base.peak <= sessions
    assert not any("$orderby" in asked.query or "$skip" in asked.query for asked in base.asked)


def test_a_small_set_is_one_answer() -> None:
    base = FakeBase(Journal(spread(10)))
    with reader(base) as client:
        units = list(client.read(DOCUMENTS))
    assert len(units) == 1
    assert (units[0].scope.start, units[0].scope.end) == (None, None)
    assert [asked.path for asked in base.asked] == ["Document_X/$count", "Document_X"]


def test_an_incremental_pass_reads_from_its_start_and_leaves_the_end_open() -> None:
    dates = spread(2_000)
    base = FakeBase(Journal(dates))
    with reader(base) as client:
        units = list(client.read(DOCUMENTS, start="2026-06-01T00:00:00"))
    assert units[0].scope.start == "2026-06-01T00:00:00"
    assert units[-1].scope.end is None
    assert [key for unit in units for key in keys(unit)] == [d for d in dates if d >= "2026-06-01"]


def test_windows_grow_over_quiet_months_and_shrink_over_busy_days() -> None:
    dates = [*spread(20, minutes=60 * 24 * 7), *spread(3_000, "2026-06-01T00:00:00", minutes=60)]
    base = FakeBase(Journal(dates, counts=False))
    with reader(base, sessions=1) as client:
        units = list(client.read(DOCUMENTS))
    assert_whole(units, dates)
    inner = [unit.scope for unit in units if unit.scope.start and unit.scope.end]
    widths = [datetime.fromisoformat(s.end) - datetime.fromisoformat(s.start) for s in inner]  # type: ignore[arg-type]
    assert max(widths) >= timedelta(days=16)
    assert min(widths) <= timedelta(days=4)
    assert len(units) < 60


@pytest.mark.parametrize(
    "refusal",
    [
        odata_error(500, "-1", "Недостаточно памяти"),
        Reply(error=requests.ReadTimeout("slow")),
        html(504),
        Reply(body=b"[" + b" " * 200_000),
    ],
)
def test_a_refused_window_is_halved_until_it_fits(refusal: Reply) -> None:
    journal = Journal(spread(1_000))
    journal.refuse = lambda found: refusal if len(found) > 30 else None
    with reader(FakeBase(journal), body_cap_bytes=100_000) as client:
        units = list(client.read(DOCUMENTS))
    assert_whole(units, journal.dates)


def test_a_second_that_is_too_much_is_named() -> None:
    moment = "2026-05-05T05:05:05"
    journal = Journal([*spread(200), moment])
    journal.refuse = lambda found: odata_error(500, "-1", "Недостаточно памяти") if moment in found else None
    given = []
    with reader(FakeBase(journal)) as client, pytest.raises(SourceContractError, match=moment):
        given.extend(client.read(DOCUMENTS))


def test_complete_windows_before_a_failed_one_are_given_out_first() -> None:
    journal = Journal(spread(1_000))
    journal.refuse = lambda found: odata_error(401, "20") if any(d >= "2026-03-01" for d in found) else None
    given: list[RawUnit] = []
    base = FakeBase(journal)
    with reader(base, sessions=4) as client, pytest.raises(SourceRefusedError, match="no right"):
        given.extend(client.read(DOCUMENTS))
    got = [key for unit in given for key in keys(unit)]
    assert got == [d for d in journal.dates if d < (given[-1].scope.end or "")]
    assert len(given) == 3


def test_a_base_that_cannot_count_in_time_is_read_all_the_same() -> None:
    journal = Journal(spread(300))

    def answer(asked: Asked) -> Reply:
        return Reply(error=requests.ReadTimeout()) if asked.path.endswith("/$count") else journal(asked)

    with reader(FakeBase(answer)) as client:
        assert_whole(list(client.read(DOCUMENTS)), journal.dates)


def test_a_base_that_is_down_is_not_searched_for_a_smaller_window() -> None:
    journal = Journal(spread(1_000))
    journal.refuse = lambda found: Reply(error=requests.ReadTimeout("down"))
    base = FakeBase(journal)
    with reader(base, attempts=2) as client, pytest.raises(SourceUnavailableError, match="in time"):
        list(client.read(DOCUMENTS))
    assert len(base.asked) < 40


@pytest.mark.parametrize("sessions", [1, 3])
def test_at_most_so_many_answers_wait_as_there_are_sessions(sessions: int) -> None:
    journal = Journal(spread(1_000))
    served = threading.Semaphore(0)
    base = FakeBase(lambda asked: (served.release(), journal(asked))[1])
    with reader(base, sessions=sessions) as client:
        units = client.read(DOCUMENTS)
        for taken in range(1, 8):
            next(units)
            expected = 2 + sessions if taken == 1 else 1  # the count, the first, and what is ahead unasked
            assert all(served.acquire(timeout=5) for _ in range(expected))
            assert len(base.asked) - 1 == taken + sessions
        units.close()


def test_a_condition_of_the_set_stands_in_brackets_beside_the_window() -> None:
    base = FakeBase(Journal(spread(5)))
    narrowed = SourceSet("Document_X", DOCUMENTS.row, "Date", condition="Posted eq true or A eq 1")
    with reader(base) as client:
        list(client.read(narrowed, "2026-01-01T00:00:00", "2026-02-01T00:00:00"))
    assert base.asked[-1].query["$filter"] == (
        "(Date ge datetime'2026-01-01T00:00:00') and (Date lt datetime'2026-02-01T00:00:00') "
        "and (Posted eq true or A eq 1)"
    )


def test_mapped_fields_are_selected_with_the_fields_of_parts() -> None:
    row = WireRow((WireField("Ref_Key", "text"),), (("Товары", WireRow((WireField("Цена", "decimal"),))),))
    base = FakeBase(Journal(spread(5)))
    source = settings(select="mapped")
    with ODataClient(source, session_factory=base.session, now=lambda: TODAY) as client:
        list(client.read(SourceSet("Document_X", row, "Date")))
    assert base.asked[-1].query["$select"] == "Date,Ref_Key,Товары/Цена"


def test_a_web_server_that_refuses_long_addresses_gets_short_ones() -> None:
    journal = Journal(spread(300))

    def answer(asked: Asked) -> Reply:
        return html(404, "HTTP Error 404.15") if "$select" in asked.query else journal(asked)

    base = FakeBase(answer)
    source = settings(select="mapped", limits=Limits(page_rows=100))
    with ODataClient(source, session_factory=base.session, now=lambda: TODAY) as client:
        assert_whole(list(client.read(DOCUMENTS)), journal.dates)
        selected = sum("$select" in asked.query for asked in base.asked)
        list(client.read(DOCUMENTS))
    assert 0 < selected <= 2
    assert sum("$select" in asked.query for asked in base.asked) == selected


def test_a_locked_base_stops_the_reading() -> None:
    base = FakeBase(lambda _: exception(403, "Начало сеанса с информационной базой запрещено."))
    naps: list[float] = []
    with reader(base, naps.append) as client, pytest.raises(SourceUnavailableError, match="locked"):
        list(client.read(DOCUMENTS))
    assert min(naps) >= 15


def test_windows_shrink_where_the_base_works_long_on_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    dates = spread(2_000)
    widest = {}
    for page_seconds in (20, 1_000):
        base = FakeBase(Journal(dates))
        with reader(base, sessions=1, page_rows=200, page_seconds=page_seconds) as client:
            monkeypatch.setattr(client.transport, "clock", PerRecord(base))
            units = list(client.read(DOCUMENTS))
        assert_whole(units, dates)
        widest[page_seconds] = max(len(keys(unit)) for unit in units[2:])
    assert widest[20] < 50 < widest[1_000]


class PerRecord:
    """A clock by which every record of an answer takes half a second of the base."""

    def __init__(self, base: FakeBase) -> None:
        self.now = 0.0
        plain = base.answer

        def answer(asked: Asked) -> Reply:
            reply = plain(asked)
            self.now += 0.5 * reply.body.count(b'"Ref_Key"')
            return reply

        base.answer = answer

    def __call__(self) -> float:
        return self.now
