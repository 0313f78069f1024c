from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import requests

from connectors.odata import ODataClient
from connectors.reading import Refusals
from schemas.errors import SourceContractError, SourceError, SourceRefusedError, SourceUnavailableError
from schemas.settings import Limits
from schemas.source import RawUnit, SourceSet, WireField, WireRow
from schemas.types import WallClock
from tests.unit.connectors.fake_base import Asked, FakeBase, Reply, odata_error, page, settings

TODAY = datetime(2026, 11, 22, 12, tzinfo=UTC)
FIELDS = (WireField("Ref_Key", "text"), WireField("Date", "text"), WireField("Комментарий", "text"))
DOCUMENTS = SourceSet("Document_X", WireRow(FIELDS), "Date")
CATALOG = SourceSet("Catalog_X", WireRow(FIELDS), order_by=("Ref_Key",))
MOVEMENTS = SourceSet(
    "AccumulationRegister_R_RecordType",
    WireRow((WireField("Recorder", "text"), WireField("Period", "text"), WireField("Сумма", "decimal"))),
    "Period",
)
BAD = odata_error(500, "-1", "Произошла внутренняя ошибка OData сервиса")
BROKEN = Reply(body=b'{"value":[{"Ref_Key":"1","X":"\x02')
MALFORMED = Reply(body=b'{"value":[{"Ref_Key":"1","X":"\x02"}]}')


class Book:
    """Records served by period, by key and by page; a bad one fails every answer that shows more than keys."""

    def __init__(self, dates: list[str], bad: dict[int, Reply], period: str = "Date") -> None:
        self.period = period
        self.rows = [{"Ref_Key": f"{n:08}-aaaa", period: date} for n, date in enumerate(dates)]
        self.bad = bad
        self.hides_keys = False
        self.failures = 10**9  # how often a bad record fails
        self.limit: Callable[[list[Any]], Reply | None] = lambda _: None

    def __call__(self, asked: Asked) -> Reply:
        text = asked.query.get("$filter", "")
        limits = dict(re.findall(rf"{self.period} (ge|lt) datetime'(.+?)'", text))
        keys = set(re.findall(r"guid'(.+?)'", text))
        found = [
            n
            for n, row in enumerate(self.rows)
            if limits.get("ge", "") <= row[self.period] < limits.get("lt", "9")
            and (not keys or row["Ref_Key"] in keys)
        ]
        if asked.path.endswith("/$count"):
            return Reply(body=str(len(found)).encode(), media_type="text/plain")
        if "$top" in asked.query:
            skip = int(asked.query.get("$skip", 0))
            total = len(found)
            found = found[skip : skip + int(asked.query["$top"])]
            around = {"odata.count": str(total)} if "$inlinecount" in asked.query else {}
        else:
            around = {"odata.count": str(len(found))} if "$inlinecount" in asked.query else {}
        only_keys = "$select" in asked.query and "Комментарий" not in asked.query["$select"]
        stops = [self.bad[n] for n in found if n in self.bad]
        if stops and (not only_keys or self.hides_keys) and self.failures:
            self.failures -= 1
            return stops[0]
        return self.limit(found) or page([self.rows[n] for n in found], **around)

    def key(self, n: int) -> str:
        return self.rows[n]["Ref_Key"]


def reader(base: FakeBase, **limits: Any) -> ODataClient:
    source = settings(limits=Limits(**{"page_rows": 100, "sessions": 2} | limits))
    return ODataClient(source, session_factory=base.session, sleep=lambda _: None, now=lambda: TODAY)


def spread(count: int, minutes: int = 180) -> list[str]:
    first = datetime.fromisoformat("2026-01-01T00:00:00")
    return [(first + timedelta(minutes=minutes * n)).isoformat() for n in range(count)]


def keys(units: list[RawUnit]) -> list[str]:
    return sorted(
        row["Ref_Key"] for unit in units for one in unit.pages for row in json.loads(one.body)["value"]
    )


def refused(units: list[RawUnit]) -> list[str]:
    return sorted(one.record_id for unit in units for one in unit.refused)


@pytest.mark.parametrize("reply", [BAD, BROKEN, MALFORMED], ids=["failed", "cut", "malformed"])
@pytest.mark.parametrize("where", [{0}, {499}, {3, 250, 251}])
def test_the_bad_records_of_a_set_stand_alone_and_everything_else_goes_on(
    reply: Reply, where: set[int]
) -> None:
    book = Book(spread(500), dict.fromkeys(where, reply))
    base = FakeBase(book)
    with reader(base) as client:
        units = list(client.read(DOCUMENTS))
    assert refused(units) == [book.key(n) for n in sorted(where)]
    assert keys(units) == [book.key(n) for n in range(500) if n not in where]
    assert all(one.scope.end == next_.scope.start for one, next_ in pairwise(units))
    one = next(one for unit in units for one in unit.refused)
    assert (one.body, bool(one.hint), "Ref_Key" in requests.utils.unquote(one.request)) == (
        reply.body,
        True,
        True,
    )
    assert len({asked.target for asked in base.asked}) < 120


def test_a_bad_record_at_the_edge_of_time_is_found_too() -> None:
    book = Book([*spread(50), "0209-03-01T00:00:00", "2206-01-01T00:00:00"], {50: BAD, 51: BAD})
    base = FakeBase(book)
    with reader(base) as client:
        units = list(client.read(DOCUMENTS))
    assert (refused(units), len(keys(units))) == ([book.key(50), book.key(51)], 50)
    assert len(base.asked) < 150


def test_a_failure_that_passes_costs_no_record() -> None:
    book = Book(spread(60), {7: BAD})
    book.failures = 12
    with reader(FakeBase(book)) as client:
        units = list(client.read(DOCUMENTS))
    assert (refused(units), len(keys(units))) == ([], 60)


def test_a_window_that_fails_and_holds_nothing_is_a_unit_of_its_empty_list() -> None:
    book = Book([], {})
    base = FakeBase(
        lambda asked: MALFORMED if "Комментарий" in asked.query.get("$select", "") else book(asked)
    )
    start, end = WallClock("2026-03-01T00:00:00"), WallClock("2026-03-01T10:00:00")
    units = list(reader(base).read(DOCUMENTS, start, end))
    assert [len(unit.pages) for unit in units] == [1]
    assert (keys(units), refused(units)) == ([], [])


def test_a_second_with_more_records_than_fit_is_read_by_key() -> None:
    book = Book([*spread(10), *["2026-06-30T23:59:59"] * 100], {})
    too_much = odata_error(500, "-1", "Недостаточно памяти")

    def answer(asked: Asked) -> Reply:
        reply = book(asked)
        is_keys = asked.query.get("$select") == "Date,Ref_Key"
        return too_much if not is_keys and reply.body.count(b'"Ref_Key"') > 30 else reply

    with reader(FakeBase(answer)) as client:
        units = list(client.read(DOCUMENTS))
    assert (refused(units), len(keys(units))) == ([], 110)
    assert all(one.scope.end == next_.scope.start for one, next_ in pairwise(units))


def test_where_even_keys_cannot_be_read_the_smallest_range_is_named() -> None:
    book = Book(spread(500), {77: BAD})
    book.hides_keys = True
    base = FakeBase(book)
    given: list[RawUnit] = []
    with reader(base) as client, pytest.raises(SourceContractError, match=book.rows[77]["Date"]) as error:
        given.extend(client.read(DOCUMENTS))
    assert error.value.received == BAD.body
    assert keys(given) == [book.key(n) for n in range(77)]


def test_a_set_that_is_bad_throughout_is_one_error_and_not_a_heap_of_records() -> None:
    book = Book(spread(500), dict.fromkeys(range(500), BAD))
    base = FakeBase(book)
    with reader(base) as client, pytest.raises(SourceRefusedError, match="failed over"):
        list(client.read(DOCUMENTS))
    assert len(base.asked) < 150


@pytest.mark.parametrize(
    "reply",
    [
        Reply(401),
        Reply(403),
        Reply(406),
        Reply(502),
        Reply(503),
        Reply(error=requests.ConnectionError()),
        odata_error(400, "14"),
    ],
)
def test_a_base_that_is_down_or_refuses_is_never_narrowed(reply: Reply) -> None:
    book = Book(spread(500), dict.fromkeys(range(500), reply))
    base = FakeBase(book)
    with (
        reader(base, attempts=2, sessions=1) as client,
        pytest.raises((SourceRefusedError, SourceUnavailableError)),
    ):
        list(client.read(DOCUMENTS))
    assert (
        len({asked.target for asked in base.asked}) <= 3
    )  # the count, the empty time before, the first window


def test_a_timeout_while_narrowing_ends_the_narrowing() -> None:
    book = Book(spread(200), {7: BAD, 8: Reply(error=requests.ReadTimeout())})
    with reader(FakeBase(book), attempts=1) as client, pytest.raises(SourceUnavailableError):
        list(client.read(DOCUMENTS))


@pytest.mark.parametrize("count", [7, 95, 300])
@pytest.mark.parametrize("where", [{0}, {6}, {1, 3, 5}])
def test_bad_records_between_pages_stand_alone(count: int, where: set[int]) -> None:
    book = Book(spread(count), dict.fromkeys(where, BAD))
    base = FakeBase(book)
    with reader(base, page_rows=40) as client:
        (unit,) = client.read(CATALOG)
    assert refused([unit]) == [book.key(n) for n in sorted(where)]
    assert sorted({*keys([unit]), *refused([unit])}) == [book.key(n) for n in range(count)]
    assert len(base.asked) < 70


@pytest.mark.parametrize(("failures", "expected"), [(10**9, ["00000005-aaaa,2026-01-01T15:00:00"]), (5, [])])
def test_a_bad_record_without_a_single_key_is_named_by_its_parts(failures: int, expected: list[str]) -> None:
    book = Book(spread(40), {5: BAD})
    book.failures = failures
    rates = SourceSet("Catalog_X", WireRow(FIELDS), order_by=("Ref_Key",), key=("Ref_Key", "Date"))
    with reader(FakeBase(book), page_rows=20) as client:
        (unit,) = client.read(rates)
    assert refused([unit]) == expected
    assert len(set(keys([unit]))) == 40 - len(expected)


def test_a_pass_that_is_read_again_does_not_count_its_bad_records_twice() -> None:
    refusals = Refusals()
    error = SourceRefusedError("no", hint="see the log")
    for _ in range(5):
        for record in ("1", "2", "3"):
            assert refusals.refuse(record, error, error).record_id == record
    with pytest.raises(SourceRefusedError):
        refusals.refuse("4", error, error)


def test_pages_of_a_set_that_is_bad_throughout_are_one_error() -> None:
    base = FakeBase(Book(spread(300), dict.fromkeys(range(300), BAD)))
    with reader(base, page_rows=40, sessions=1) as client, pytest.raises(SourceRefusedError):
        list(client.read(CATALOG))
    assert len(base.asked) < 60


@pytest.mark.parametrize("size", [1, 30, 31, 100])
def test_records_are_read_by_key_in_batches_that_fit_an_address(size: int) -> None:
    book = Book(spread(200), {})
    base = FakeBase(book)
    wanted = [book.key(n) for n in range(size)]
    with reader(base) as client:
        units = list(client.read_keys(DOCUMENTS, [*wanted, wanted[0]]))
    assert keys(units) == wanted
    assert [key for unit in units for key in unit.scope.keys or ()] == wanted
    assert all(len(unit.scope.keys or ()) <= 30 for unit in units)
    assert max(len(asked.target.partition("?")[2]) for asked in base.asked) <= 2_000
    assert base.peak <= 2


def test_a_key_that_is_gone_is_in_the_scope_and_not_in_the_pages() -> None:
    base = FakeBase(Book(spread(3), {}))
    with reader(base) as client:
        (unit,) = client.read_keys(DOCUMENTS, ["00000001-aaaa", "ffffffff-aaaa"])
    assert unit.scope.keys == ("00000001-aaaa", "ffffffff-aaaa")
    assert keys([unit]) == ["00000001-aaaa"]


def test_a_bad_record_among_keys_stands_alone() -> None:
    book = Book(spread(100), {5: BAD, 40: BROKEN})
    with reader(FakeBase(book)) as client:
        units = list(client.read_keys(DOCUMENTS, [book.key(n) for n in range(60)]))
    assert refused(units) == [book.key(5), book.key(40)]
    assert len(keys(units)) == 58
    assert [book.key(5) in (unit.scope.keys or ()) for unit in units] == [True, False]


def test_a_single_bad_record_asked_for_by_key_is_refused_and_no_error() -> None:
    book = Book(spread(10), {5: BAD})
    base = FakeBase(book)
    with reader(base) as client:
        (unit,) = client.read_keys(DOCUMENTS, [book.key(5)])
    assert (refused([unit]), unit.pages) == ([book.key(5)], ())
    assert len(base.asked) == 3


def test_keys_that_are_all_bad_are_one_error() -> None:
    book = Book(spread(100), dict.fromkeys(range(100), BAD))
    with reader(FakeBase(book)) as client, pytest.raises(SourceError):
        list(client.read_keys(DOCUMENTS, [book.key(n) for n in range(90)]))


def test_movements_are_read_by_their_recorder_and_its_kind() -> None:
    base = FakeBase(lambda _: page([]))
    kinds = {"1": "Document_A", "2": "StandardODATA.Document_Б"}
    with reader(base) as client:
        (unit,) = client.read_keys(MOVEMENTS, ["1", "2"], kinds)
        with pytest.raises(SourceContractError, match="kind is known"):
            list(client.read_keys(MOVEMENTS, ["1", "3"], kinds))
        with pytest.raises(SourceContractError, match="kind is known"):
            list(client.read_keys(MOVEMENTS, ["4"], {"4": "UnavailableEntities.UnavailableEntity_9"}))
    assert unit.scope.keys == ("1", "2")
    assert base.asked[0].query["$filter"] == (
        "Recorder eq cast(guid'1','Document_A') or Recorder eq cast(guid'2','Document_Б')"
    )


def test_bad_movements_of_a_recorder_that_is_not_published_are_named_by_their_second() -> None:
    when = "2026-05-05T05:05:05"

    def answer(asked: Asked) -> Reply:
        limits = dict(re.findall(r"Period (ge|lt) datetime'(.+?)'", asked.query.get("$filter", "")))
        is_in = limits.get("ge", "") <= when < limits.get("lt", "9")
        row = {"Recorder": "1", "Recorder_Type": "UnavailableEntities.UnavailableEntity_9", "Period": when}
        if is_in and "$select" not in asked.query:
            return BAD
        return page([row] if is_in else [])

    with reader(FakeBase(answer)) as client, pytest.raises(SourceContractError, match=when) as error:
        list(client.read(MOVEMENTS))
    assert error.value.hint


def test_movements_of_a_register_with_one_kind_of_recorder_need_no_kind() -> None:
    row = WireRow((WireField("Recorder_Key", "text"), WireField("Сумма", "decimal")))
    base = FakeBase(lambda _: page([]))
    with reader(base) as client:
        list(client.read_keys(SourceSet(MOVEMENTS.name, row, "Period", condition="Active eq true"), ["1"]))
    assert base.asked[0].query["$filter"] == "(Recorder_Key eq guid'1') and (Active eq true)"


def test_a_long_list_of_fields_leaves_room_for_keys() -> None:
    row = WireRow(tuple(WireField(f"ОченьДлинноеПоле{n}", "text") for n in range(12)))
    base = FakeBase(lambda _: page([]))
    source = settings(select="mapped")
    with ODataClient(source, session_factory=base.session) as client:
        list(client.read_keys(SourceSet("Document_X", row, "Date"), [f"{n:036}" for n in range(24)]))
    assert len(base.asked) == 1
    assert "$select" not in base.asked[0].query


def test_a_narrow_reading_asks_for_the_declared_fields_whatever_the_settings_say() -> None:
    census = SourceSet(
        "Document_X", WireRow((WireField("Ref_Key", "text"), WireField("DataVersion", "text"))), "Date"
    )
    base = FakeBase(Book(spread(20), {}))
    with reader(base) as client:
        list(client.read(census, narrow=True))
        assert base.asked[-1].query["$select"] == "Date,Ref_Key,DataVersion"
        list(client.read(census))
        assert "$select" not in base.asked[-1].query
