"""How what the books say of an order differs from what was approved, or from what they said before."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["changed", "cancelled", "restored", "removed", "added"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A line: `quantity` and `price` in millionths, the sums in minor units."""

    item_id: str | None
    quantity: int
    price: int
    amount: int
    vat: int
    cancelled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What both sides say; what only one of them knows is not compared."""

    counterparty_id: str | None
    organization_id: str | None
    contract_id: str | None
    contact_id: str | None
    currency: str
    amount: int
    wished_on: str | None
    delivery_address: str
    lines: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """`line` is the place among the lines of the first side, else of the second one; None for the head.

    `field` is None where the whole line was cancelled, restored, removed or added. `before` and `after` are as the
    sides have them: ids, days, texts, integers.
    """

    kind: Kind
    field: str | None
    before: str | int | None
    after: str | int | None
    line: int | None = None
    item_id: str | None = None
    before_line: Said | None = None
    after_line: Said | None = None


HEAD = (
    "counterparty_id",
    "organization_id",
    "contract_id",
    "contact_id",
    "currency",
    "amount",
    "wished_on",
    "delivery_address",
)
LINE = ("quantity", "price", "amount", "vat")


def differences(before: Content, after: Content) -> tuple[Difference, ...]:
    head = (
        Difference(kind="changed", field=name, before=was, after=now)
        for name in HEAD
        if (was := getattr(before, name)) != (now := getattr(after, name))
    )
    return (*head, *_lines(before.lines, after.lines))


def _lines(before: tuple[Said, ...], after: tuple[Said, ...]) -> Iterator[Difference]:
    pairs = _paired(before, after)
    for place, line in enumerate(before):
        if place in pairs:
            yield from _line(place + 1, line, after[pairs[place]])
        elif not line.cancelled:
            yield _whole("removed", place + 1, line, None)
    for place in sorted(set(range(len(after))) - set(pairs.values())):
        if not after[place].cancelled:
            yield _whole("added", place + 1, None, after[place])


def _paired(before: tuple[Said, ...], after: tuple[Said, ...]) -> dict[int, int]:
    """By item, the same ones first, the rest in their order: the books keep no name of ours for a line."""
    pairs: dict[int, int] = {}
    for whole in (True, False):
        left: defaultdict[object, deque[int]] = defaultdict(deque)
        for place in sorted(set(range(len(after))) - set(pairs.values())):
            left[after[place] if whole else after[place].item_id].append(place)
        for place, line in enumerate(before):
            same = left[line if whole else line.item_id]
            if place not in pairs and same:
                pairs[place] = same.popleft()
    return pairs


def _line(place: int, before: Said, after: Said) -> Iterator[Difference]:
    if before.cancelled != after.cancelled:
        yield _whole("cancelled" if after.cancelled else "restored", place, before, after)
    if after.cancelled:
        return  # what it was for does not matter any more
    for name in LINE:
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            yield Difference(
                kind="changed", field=name, before=was, after=now, line=place, item_id=before.item_id
            )


def _whole(kind: Kind, place: int, before: Said | None, after: Said | None) -> Difference:
    line = before or after
    return Difference(
        kind=kind,
        field=None,
        before=None,
        after=None,
        line=place,
        item_id=line.item_id if line else None,
        before_line=before,
        after_line=after,
    )
