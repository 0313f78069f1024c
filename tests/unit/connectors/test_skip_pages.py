from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from schemas.errors import SourceContractError, SourceUnavailableError
from schemas.settings import Limits
from schemas.source import RawUnit, SourceSet, WireField, WireRow
from tests.unit.connectors.fake_base import Asked, FakeBase, Reply, client, html, odata_error, page

CATALOG = SourceSet(
    "Catalog_X", WireRow((WireField("Description", "text"),)), order_by=("Description", "Ref_Key")
)


def catalog(count: int, order: Callable[[list[int], int], list[int]] = lambda rows, _: rows) -> FakeBase:
    """`order` puts the records of the n-th request into the order in which pages are cut."""
    asked_before = 0

    def answer(asked: Asked) -> Reply:
        nonlocal asked_before
        rows = order(list(range(count)), asked_before)
        asked_before += 1
        skip = int(asked.query.get("$skip", 0))
        cut = rows[skip : skip + int(asked.query["$top"])] if "$top" in asked.query else rows[skip:]
        around = {"odata.count": str(count)} if "$inlinecount" in asked.query else {}
        return page([{"Ref_Key": f"{n:03}", "Description": "x"} for n in cut], **around)

    return FakeBase(answer)


def read(base: FakeBase, **changes: Any) -> list[RawUnit]:
    with client(base, **{"limits": Limits(page_rows=10)} | changes) as reader:
        return list(reader.read(CATALOG))


def keys(unit: RawUnit) -> list[str]:
    return [row["Ref_Key"] for one in unit.pages for row in json.loads(one.body)["value"]]


@pytest.mark.parametrize("count", [0, 1, 10, 11, 95])
def test_a_set_is_one_unit_of_pages_in_order(count: int) -> None:
    base = catalog(count)
    (unit,) = read(base)
    assert keys(unit) == [f"{n:03}" for n in range(count)]
    assert len(unit.pages) == max(1, -(-count // 10))
    assert all(asked.query["$orderby"] == "Description,Ref_Key" for asked in base.asked)
    assert sum("$inlinecount" in asked.query for asked in base.asked) == 1


def test_pages_are_fetched_side_by_side_within_the_limit() -> None:
    base = catalog(200)
    base.linger_s = 0.005
    read(base, limits=Limits(page_rows=10, sessions=4))
    assert 1 < base.peak <= 4


def test_rows_that_move_between_pages_are_read_again_in_larger_pages() -> None:
    base = catalog(100, lambda rows, n: rows if n % 2 else rows[::-1])
    (unit,) = read(base)
    assert sorted(keys(unit)) == [f"{n:03}" for n in range(100)]
    assert {asked.query.get("$top") for asked in base.asked} == {"10", "40", None}


def test_a_set_that_never_agrees_with_its_count_is_an_error() -> None:
    lying = FakeBase(lambda _: page([{"Ref_Key": "1"}, {"Ref_Key": "1"}], **{"odata.count": "2"}))
    with pytest.raises(SourceContractError, match="of them 1 different"):
        read(lying)


def test_fewer_rows_than_counted_is_an_error_with_the_bytes() -> None:
    short = page([{"Ref_Key": "1"}], **{"odata.count": "2"})
    with pytest.raises(SourceContractError, match="counts 2 records, the answers hold") as error:
        read(FakeBase(lambda _: short))
    assert error.value.received


def test_an_answer_without_a_count_proves_nothing() -> None:
    with pytest.raises(SourceContractError, match="counts nothing"):
        read(FakeBase(lambda _: page([{"Ref_Key": "1"}])))


def test_a_server_with_smaller_pages_of_its_own_sets_the_step() -> None:
    def answer(asked: Asked) -> Reply:
        skip = int(asked.query.get("$skip", 0))
        rows = [{"Ref_Key": str(n)} for n in range(skip, min(skip + 4, 30))]
        return page(rows, **{"odata.count": "30"} if not skip else {})

    (unit,) = read(FakeBase(answer))
    assert len(keys(unit)) == 30


def test_a_count_that_switches_paging_off_is_fine() -> None:
    """The guide says that $inlinecount makes $top ignored."""
    rows = [{"Ref_Key": str(n)} for n in range(30)]
    (unit,) = read(FakeBase(lambda _: page(rows, **{"odata.count": "30"})))
    assert len(keys(unit)) == 30


def test_a_page_too_heavy_for_the_base_is_halved() -> None:
    whole = catalog(50)

    def answer(asked: Asked) -> Reply:
        too_much = int(asked.query.get("$top", 99)) > 5
        return odata_error(500, "-1", "Недостаточно памяти") if too_much else whole.answer(asked)

    (unit,) = read(FakeBase(answer))
    assert len(keys(unit)) == 50


def test_the_key_is_selected_even_if_nothing_maps_it() -> None:
    base = catalog(3)
    read(base, select="mapped")
    assert base.asked[0].query["$select"] == "Ref_Key,Description"


def test_a_failing_page_fails_the_unit() -> None:
    whole = catalog(50)
    base = FakeBase(lambda asked: html(503) if asked.query.get("$skip") == "30" else whole.answer(asked))
    with pytest.raises(SourceUnavailableError):
        read(base)


def test_a_set_without_a_period_cannot_be_read_in_part() -> None:
    with client(catalog(1)) as reader, pytest.raises(ValueError, match="no period"):
        reader.read(CATALOG, "2026-01-01T00:00:00")
