"""Charts as SVG, for people who would rather look than read; each says the same in words.

Lines and bars are stretched to the width there is, texts are not: they stay as large as the page's own on a phone.
Colours are classes (css/charts.css), so both themes have theirs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from gettext import NullTranslations
from typing import Literal, Protocol

from babel.dates import format_timedelta
from babel.numbers import format_compact_decimal, format_decimal
from markupsafe import Markup

from desk.frame.axes import Anchor, Below, Tick, figure, stretched
from desk.frame.elements import element, joined
from desk.frame.scales import FULL, Scale, percents
from printing import formats
from schemas import freshness as ages
from schemas.languages import Language
from schemas.money import from_units
from schemas.terms import BUCKETS, AgingBucket

Tone = Literal["ok", "warn", "bad", "mute"]

FEWEST_BARS = 12  # a few stay narrow, and begin at the left
MOST_ROWS = 24  # of a table that only says in words what a line shows


class Reader(Protocol):
    """Who reads: a `Visit` is one."""

    @property
    def language(self) -> Language: ...
    @property
    def text(self) -> NullTranslations: ...


@dataclass(frozen=True, slots=True)
class Bar:
    """One thing that was counted."""

    label: str
    value: int
    tone: Tone = "mute"
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Age:
    """How old something is, and how old it may be."""

    label: str
    age_s: int | None
    target_s: int
    state: ages.State
    href: str | None = None


def aging(
    reader: Reader,
    sums: Mapping[AgingBucket, int],
    currency: str,
    *,
    key: str,
    title: str,
    href: str | None = None,
) -> Markup:
    """What is owed, by how long it is overdue: a bar, and its parts in a table. `key` is unique on the page."""
    whole = sum(max(sums.get(name, 0), 0) for name in BUCKETS)
    parts, before = [], 0
    for place, name in enumerate(BUCKETS):
        units = max(sums.get(name, 0), 0)
        start, end = (edge * FULL // max(whole, 1) for edge in (before, before + units))
        before += units
        if end > start:
            parts.append(
                element("rect", class_=f"chart-age-{place}", x=start, width=end - start, y=0, height=FULL)
            )
    words = _bucket_words(reader)
    told = [f"{words[name]}: {_amount(reader, sums.get(name, 0), currency)}" for name in BUCKETS]
    bar = stretched(
        joined(parts), key=key, title=title, said=f"{currency}. {'; '.join(told)}", kind="chart-stack"
    )
    shares = percents([max(sums.get(name, 0), 0) for name in BUCKETS])
    rows = [
        _part(reader, place, words[name], sums.get(name, 0), shares[place], currency, href)
        for place, name in enumerate(BUCKETS)
    ]
    caption = element("caption", title, " ", element("span", currency, class_="chart-unit"))
    return element("figure", bar, element("table", caption, *rows, class_="chart-parts"), class_="chart")


def line(
    reader: Reader, points: Sequence[tuple[date, int]], currency: str, *, key: str, title: str
) -> Markup:
    """An amount over time: it holds from each day until the next. The days in order; nothing without any."""
    if not points:
        return Markup("")
    first, end = points[0][0].toordinal(), points[-1][0].toordinal()
    days = Scale(first, max(end, first + 1))
    amounts = Scale.of([units for _, units in points])
    path = ""
    for on, units in points:
        x, y = days.place(on.toordinal()), FULL - amounts.place(units)
        path += f"H{x}V{y}" if path else f"M{x} {y}"
    path += f"H{FULL}"
    ground = FULL - amounts.place(0)
    shape = joined(
        [
            element("path", class_="chart-area", d=f"{path}V{ground}H0Z"),
            element("path", class_="chart-line", d=path, vector_effect="non-scaling-stroke"),
        ]
    )
    last = f"{_day(reader, points[-1][0])}: {_amount(reader, points[-1][1], currency)} {currency}"
    ticks = [Tick(_compact(reader, at, currency), amounts.place(at), at == 0) for at in amounts.ticks()]
    below = _days_below(reader, days)
    rows = [(_day(reader, on), _amount(reader, units, currency)) for on, units in _few(points)]
    return figure(shape, key=key, title=title, last=last, ticks=ticks, below=below, rows=rows)


def bars(reader: Reader, counted: Sequence[Bar], *, key: str, title: str) -> Markup:
    """Counts beside each other, the oldest first; a count of nothing is a mark on the ground."""
    if not counted:
        return Markup("")
    scale = Scale.of([bar.value for bar in counted])
    each = FULL // max(len(counted), FEWEST_BARS)
    shapes = []
    for place, bar in enumerate(counted):
        high = max(scale.place(bar.value), 12)
        told = element("title", f"{bar.label}: {bar.value}")
        drawn = element(
            "rect", told, class_=f"chart-{bar.tone}", x=place * each + each // 8, width=max(each * 3 // 4, 1),
            y=FULL - high, height=high,
        )  # fmt: skip
        shapes.append(element("a", drawn, href=bar.href) if bar.href else drawn)
    ticks = [Tick(_count(reader, at), scale.place(at), at == 0) for at in scale.ticks()]
    below = [Below(counted[0].label, "0%", "start")]
    if len(counted) >= FEWEST_BARS:
        below.append(Below(counted[-1].label, "100%", "end"))
    rows = [(bar.label, _count(reader, bar.value)) for bar in counted[-MOST_ROWS:]]
    last = f"{counted[-1].label}: {_count(reader, counted[-1].value)}"
    return figure(joined(shapes), key=key, title=title, last=last, ticks=ticks, below=below, rows=rows)


def freshness(reader: Reader, rows: Sequence[Age], *, key: str, title: str) -> Markup:
    """A strip for each: how much of the time that it may be old has gone; the mark is where it becomes stale."""
    told = [_strip(reader, row, f"{key}-{place}") for place, row in enumerate(rows)]
    table = element("table", element("caption", title), *told, class_="chart-ages")
    return element("figure", table, class_="chart")


def _strip(reader: Reader, row: Age, key: str) -> Markup:
    """The strip is twice the target long: what is past its end is as bad as it gets."""
    _ = reader.text.gettext
    age = row.target_s * 2 if row.age_s is None else min(row.age_s, row.target_s * 2)
    wide = max(age * FULL // (row.target_s * 2), 8)
    tone = {"fresh": "ok", "stale": "bad", "never": "bad"}[row.state]
    shapes = joined(
        [
            element("rect", class_=f"chart-{tone}", x=0, width=wide, y=0, height=FULL),
            element("rect", class_="chart-mark", x=FULL // 2 - 3, width=6, y=0, height=FULL),
        ]
    )
    target = _("stale after %(time)s") % {"time": _span(reader, row.target_s)}
    said = _("never read") if row.age_s is None else _("%(time)s old") % {"time": _span(reader, row.age_s)}
    name = element("a", row.label, href=row.href) if row.href else Markup.escape(row.label)
    strip = stretched(shapes, key=key, title=f"{row.label}: {said}", said=target, kind="chart-strip")
    cells = (
        element("th", name, scope="row"),
        element("td", strip),
        element("td", said, class_=f"chart-said-{tone}"),
    )
    return element("tr", *cells)


def _part(
    reader: Reader, place: int, word: str, units: int, percent: int | None, currency: str, href: str | None
) -> Markup:
    share = "" if percent is None else f"{percent} %"
    key = element("svg", element("rect", class_=f"chart-age-{place}", width=10, height=10),
                  class_="chart-key", viewBox="0 0 10 10", aria_hidden="true")  # fmt: skip
    amount = _amount(reader, units, currency)
    told = element("a", amount, href=href) if href and units else Markup.escape(amount)
    late = "chart-late" if place and units else None
    cells = (
        element("th", key, " ", word, scope="row"),
        element("td", told, class_=late),
        element("td", share),
    )
    return element("tr", *cells)


def _few(points: Sequence[tuple[date, int]]) -> list[tuple[date, int]]:
    step = -(-len(points) // MOST_ROWS)
    return [*points[:-1:step], points[-1]]


def _days_below(reader: Reader, days: Scale) -> list[Below]:
    def at(on: int, x: str, anchor: Anchor) -> Below:
        return Below(_day(reader, date.fromordinal(on)), x, anchor)

    first = at(days.low, "0%", "start")
    if days.high - days.low < 3:
        return [first]
    return [first, at((days.low + days.high) // 2, "50%", "middle"), at(days.high, "100%", "end")]


def _bucket_words(reader: Reader) -> dict[AgingBucket, str]:
    _ = reader.text.gettext
    return {
        "current": _("not due yet"),
        "1-30": _("1–30 days overdue"),
        "31-60": _("31–60 days overdue"),
        "61-90": _("61–90 days overdue"),
        "over 90": _("over 90 days overdue"),
    }


def _amount(reader: Reader, units: int, currency: str) -> str:
    return formats.amount(units, currency, reader.language)


def _compact(reader: Reader, units: int, currency: str) -> str:
    return format_compact_decimal(
        from_units(units, formats.places(currency)), locale=reader.language, fraction_digits=1
    )


def _count(reader: Reader, number: int) -> str:
    return format_decimal(number, locale=reader.language)


def _day(reader: Reader, on: date) -> str:
    return formats.day(on, reader.language)


def _span(reader: Reader, seconds: int) -> str:
    return format_timedelta(seconds, threshold=1.5, locale=reader.language)
