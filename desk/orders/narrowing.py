"""What the list of orders is narrowed to, as its address says it. What cannot be is left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, Self, get_args
from urllib.parse import urlencode

from api.web import ids
from api.web.errors import ProblemError
from schemas.ids import external
from schemas.submissions import STATES, State

ADDRESS = "/desk/orders"
View = Literal["decide", "trouble", "moving", "confirmed", "closed", "all"]
VIEWS: tuple[View, ...] = get_args(View)
# What a person rejected is done with; what the books rejected is trouble.
SHOWS: Mapping[View, tuple[State, ...]] = {
    "decide": ("awaiting_approval", "held"),
    "trouble": ("uncertain", "rejected"),
    "moving": ("approved", "queued", "sending", "created", "posted", "cancelling"),
    "confirmed": ("confirmed",),
    "closed": ("rejected", "cancelled"),
    "all": STATES,
}
DECLINED: Mapping[View, bool] = {"trouble": False, "closed": True}
COUNTED: tuple[View, ...] = ("decide", "trouble", "moving")
LONGEST_TEXT = 100
_DIGITS = 19


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """`state` is one of those that the view shows; `after` the number after which to go on."""

    view: View = "all"
    state: State | None = None
    text: str = ""
    base: str = ""
    source: str | None = None
    counterparty_id: str | None = None
    after: int | None = None

    @classmethod
    def of(cls, asked: Mapping[str, Any]) -> Self:
        view: View = next((one for one in VIEWS if one == asked.get("view")), "all")
        source, guid = _party(str(asked.get("counterparty", "")))
        return cls(
            view=view,
            state=next((one for one in SHOWS[view] if one == asked.get("state")), None),
            text=str(asked.get("q", ""))[:LONGEST_TEXT].strip(),
            base=str(asked.get("base", ""))[:LONGEST_TEXT],
            source=source,
            counterparty_id=guid,
            after=_number(asked.get("after")),
        )

    @property
    def counterparty(self) -> str:
        if self.source is None or self.counterparty_id is None:
            return ""
        return external(self.source, self.counterparty_id)

    @property
    def states(self) -> tuple[State, ...] | None:
        """None for all of them."""
        if self.state is not None:
            return (self.state,)
        return None if self.view == "all" else SHOWS[self.view]

    @property
    def is_narrow(self) -> bool:
        return bool(self.state or self.text or self.base)

    def beyond(self, after: int | None) -> str:
        """The address of what comes after; None is the beginning."""
        said = {
            "view": self.view if self.view != "all" else None,
            "state": self.state,
            "q": self.text,
            "base": self.base,
            "counterparty": self.counterparty,
            "after": after,
        }
        query = urlencode({name: value for name, value in said.items() if value})
        return f"{ADDRESS}?{query}" if query else ADDRESS

    def to(self, view: View) -> str:
        """The address of another view of the same."""
        return replace(self, view=view, state=None).beyond(None)


def _party(given: str) -> tuple[str, str] | tuple[None, None]:
    try:
        return ids.parse(given)
    except ProblemError:
        return None, None


def _number(given: object) -> int | None:
    text = str(given or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < _DIGITS else None
