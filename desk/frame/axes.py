"""What charts are drawn into: axes whose texts keep their size, and shapes that stretch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from desk.frame.elements import element
from desk.frame.scales import FULL

Anchor = Literal["start", "middle", "end"]

HIGH = 168  # of a chart with axes, in pixels
ABOVE = 16  # of which the tick of the highest value
BELOW = 22  # and the labels below


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across, `place` of FULL above the ground."""

    label: str
    place: int
    is_ground: bool


@dataclass(frozen=True, slots=True)
class Below:
    label: str
    x: str
    anchor: Anchor


def figure(
    shapes: Markup,
    *,
    key: str,
    title: str,
    last: str,
    ticks: Sequence[Tick],
    below: Sequence[Below],
    rows: Sequence[tuple[str, str]],
) -> Markup:
    """`last` is the newest value in words, `rows` the same as the chart for those who cannot see it."""
    high = HIGH - BELOW
    axis = []
    for tick in ticks:
        y = high - tick.place * (high - ABOVE) // FULL
        kind = "chart-ground" if tick.is_ground else "chart-grid"
        axis.append(element("line", class_=kind, x1="0", x2="100%", y1=y, y2=y))
        axis.append(element("text", tick.label, class_="chart-tick", x="0", y=y - 4))
    axis += [
        element("text", one.label, class_=f"chart-tick chart-{one.anchor}", x=one.x, y=HIGH - 5)
        for one in below
    ]
    inner = element(
        "svg", shapes, y=ABOVE, width="100%", height=high - ABOVE, viewBox=f"0 0 {FULL} {FULL}",
        preserveAspectRatio="none",
    )  # fmt: skip
    drawn = element(
        "svg", *_told(key, title, last), *axis, inner, class_="chart-axes", role="img", width="100%", height=HIGH,
        aria_labelledby=f"{key}-title {key}-desc",
    )  # fmt: skip
    cells = (element("tr", element("th", one, scope="row"), element("td", other)) for one, other in rows)
    said = element("div", element("table", element("caption", title), *cells), class_="visually-hidden")
    caption = element("figcaption", title, " ", element("strong", last))
    return element("figure", caption, drawn, said, class_="chart")


def stretched(shapes: Markup, *, key: str, title: str, said: str, kind: str) -> Markup:
    """Shapes without a text, as wide as there is room."""
    return element(
        "svg", *_told(key, title, said), shapes, class_=kind, role="img", viewBox=f"0 0 {FULL} {FULL}",
        preserveAspectRatio="none", aria_labelledby=f"{key}-title {key}-desc",
    )  # fmt: skip


def _told(key: str, title: str, said: str) -> tuple[Markup, Markup]:
    return element("title", title, id=f"{key}-title"), element("desc", said, id=f"{key}-desc")
