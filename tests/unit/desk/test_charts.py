"""Charts: whole numbers, the same in words, nothing unescaped, nothing that the policy of the page forbids."""

from __future__ import annotations

import gettext
import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from desk.frame import charts
from desk.frame.charts import Age, Bar
from desk.frame.scales import FULL, Scale, percents
from schemas.languages import Language


@dataclass(frozen=True)
class Reads:
    language: Language = "en"
    text: gettext.NullTranslations = field(default_factory=gettext.NullTranslations)


READER = Reads()
DAY = date(2026, 1, 1)


def parsed(markup: Markup) -> ElementTree.Element:
    return ElementTree.fromstring(f"<div>{markup}</div>")


def every(markup: Markup, kind: str) -> list[ElementTree.Element]:
    return [one for one in parsed(markup).iter() if one.get("class") == kind]


def words(markup: Markup) -> str:
    return " ".join(parsed(markup).itertext()).replace("\u00a0", " ").replace("\u202f", " ")


def test_an_aging_bar_is_filled_to_its_end_in_proportion() -> None:
    sums = {"current": 50_00, "1-30": 25_00, "over 90": 25_00}
    drawn = charts.aging(READER, sums, "RUB", key="a", title="By age")
    widths = [(one.get("class"), one.get("x"), one.get("width")) for one in parsed(drawn).iter("rect")][:3]
    assert widths == [
        ("chart-age-0", "0", "500"),
        ("chart-age-1", "500", "250"),
        ("chart-age-4", "750", "250"),
    ]
    assert "50 %" in words(drawn)


@pytest.mark.parametrize(
    ("parts", "shares"),
    [
        ([1786, 4750, 2264, 0, 1200], [18, 47, 23, 0, 12]),
        ([1, 1, 1], [34, 33, 33]),
        ([0, 7], [0, 100]),
        ([0, 0], [None, None]),
    ],
)
def test_shares_of_a_whole_sum_to_a_hundred(parts: list[int], shares: list[int | None]) -> None:
    assert percents(parts) == shares


def test_nothing_owed_is_an_empty_bar_and_a_table_of_zeros() -> None:
    drawn = charts.aging(READER, {}, "JPY", key="a", title="By age")
    assert not [one for one in parsed(drawn).iter("rect") if one.get("height") == str(FULL)]
    assert [cell.text for cell in parsed(drawn).iter("td")][::2] == ["0"] * 5


def test_amounts_are_written_as_the_readers_language_does() -> None:
    drawn = charts.aging(Reads("uk"), {"1-30": 1_234_567_89}, "UAH", key="a", title="Борг")
    assert "1 234 567,89" in words(drawn)


def test_a_line_holds_each_amount_until_the_next_and_says_the_last() -> None:
    points = [(DAY, 0), (DAY + timedelta(days=50), 100_00), (DAY + timedelta(days=100), -100_00)]
    drawn = charts.line(READER, points, "EUR", key="l", title="Debt")
    (path,) = every(drawn, "chart-line")
    assert path.get("d") == "M0 500H500V0H1000V1000H1000"
    assert "11 Apr 2026: -100.00 EUR" in words(drawn)


def test_a_line_of_one_point_is_drawn_and_one_of_none_is_not() -> None:
    assert every(charts.line(READER, [(DAY, 5)], "EUR", key="l", title="Debt"), "chart-line")
    assert charts.line(READER, [], "EUR", key="l", title="Debt") == ""


def test_a_long_line_says_its_last_value_in_a_short_table() -> None:
    points = [(DAY + timedelta(days=place), place) for place in range(1000)]
    drawn = charts.line(READER, points, "EUR", key="l", title="Debt")
    (table,) = every(drawn, "visually-hidden")
    rows = list(table.iter("tr"))
    assert len(rows) <= charts.MOST_ROWS + 1
    assert "".join(rows[-1].itertext()).endswith("9.99")


def test_bars_link_to_what_they_count() -> None:
    counted = [Bar("Mon", 0, "ok"), Bar("Tue", 7, "bad", "/desk/agreement?number=2")]
    drawn = charts.bars(READER, counted, key="b", title="Differences")
    assert [one.get("href") for one in parsed(drawn).iter("a")] == ["/desk/agreement?number=2"]
    assert every(drawn, "chart-bad")[0].get("height") == "875"
    assert charts.bars(READER, [], key="b", title="Differences") == ""


def test_freshness_marks_the_middle_and_never_read_is_the_whole_strip() -> None:
    rows = [
        Age("documents", 600, 3600, "fresh"),
        Age("stock", None, 3600, "never"),
        Age("prices", 10**9, 60, "stale"),
    ]
    drawn = charts.freshness(READER, rows, key="f", title="How fresh")
    strips = [one for one in parsed(drawn).iter("rect") if one.get("class") != "chart-mark"]
    assert [(one.get("class"), one.get("width")) for one in strips] == [
        ("chart-ok", "83"), ("chart-bad", "1000"), ("chart-bad", "1000"),
    ]  # fmt: skip
    assert "10 minutes old" in words(drawn)
    assert "never read" in words(drawn)


def all_kinds(label: str, title: str) -> list[Markup]:
    return [
        charts.aging(READER, {"1-30": 5}, "EUR", key="a", title=title, href=label),
        charts.line(READER, [(DAY, 1), (DAY + timedelta(days=9), 2)], "EUR", key="b", title=title),
        charts.bars(READER, [Bar(label, 1, "ok", label)], key="c", title=title),
        charts.freshness(READER, [Age(label, 1, 2, "fresh", label)], key="d", title=title),
    ]


@pytest.mark.parametrize("place", range(4))
def test_every_chart_is_named_described_and_free_of_inline_style_and_script(place: int) -> None:
    drawn = all_kinds("Jan", "Debt")[place]
    pictures = [one for one in parsed(drawn).iter("svg") if one.get("role") == "img"]
    assert pictures
    ids = {one.get("id") for one in parsed(drawn).iter()}
    for picture in pictures:
        assert set((picture.get("aria-labelledby") or "").split()) <= ids
        assert picture.find("title") is not None
        assert picture.find("desc") is not None
    assert not re.search(r"<script|\sstyle=|\son\w+=", drawn)


@pytest.mark.parametrize("place", range(4))
def test_no_text_leaves_a_chart_unescaped(place: int) -> None:
    drawn = all_kinds('"><script>x</script>', "<b onload='x'>&")[place]
    assert "<script" not in drawn
    assert "<b " not in drawn


@given(st.lists(st.integers(-(2**63) + 1, 2**63 - 1), min_size=1, max_size=30))
def test_a_scale_holds_every_value_and_zero_in_whole_numbers_with_few_ticks(values: list[int]) -> None:
    scale = Scale.of(values)
    places = [scale.place(value) for value in [*values, 0]]
    assert all(0 <= place <= FULL for place in places)
    ticks = list(scale.ticks())
    assert 2 <= len(ticks) <= 7
    assert 0 in ticks
    assert (ticks[0], ticks[-1]) == (scale.low, scale.high)
