"""What may be wrong with an order, and what somebody should look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

ProblemKind = Literal["invalid_value", "trading_suspended", "access_blocked"]
WarningKind = Literal["price_differs", "price_below_list", "over_stock"]


@dataclass(frozen=True, slots=True)
class Problem:
    """`place` is where in the order, as the parts of a JSON pointer: "lines/0/item_id"."""

    place: str
    detail: str
    kind: ProblemKind = "invalid_value"


@dataclass(frozen=True, slots=True)
class Warned:
    """It stops nothing. `as_of` is the moment for which the figure it compares with is true."""

    place: str
    detail: str
    kind: WarningKind
    as_of: datetime | None
