"""What is written into an accounting system, and what it keeps of it: the words of writers, stores and connectors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from schemas.types import Day

Row = dict[str, object]  # one object as it travels; numbers with a fraction are Decimals
WrittenType = Literal["guid", "text", "decimal", "integer", "moment", "flag"]


@dataclass(frozen=True, slots=True)
class Sought:
    """A field of an object that is looked for, and what must stand in it."""

    field: str
    type: WrittenType
    value: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A field, `Part/line/field` in a tabular part, that the books do not keep as it was sent.

    `stored` is None where they do not have it at all, `sent` where they have something that was not sent.
    """

    field: str
    sent: str | None
    stored: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFacts:
    """What an accounting document needs beside the order: all of it is in the store.

    `id` is the order's, `reference` the storefront's own number of it, given on `placed_on` by the base's calendar.
    `own_units` gives each item's own unit, `factors` how many of those a package holds, in millionths.
    """

    id: str
    reference: str
    placed_on: Day
    partner_id: str | None
    currency_id: str
    exponent: int
    settlement_order: str | None
    manager_id: str | None
    own_units: Mapping[str, str | None] = field(default_factory=dict)
    factors: Mapping[str, int] = field(default_factory=dict)
