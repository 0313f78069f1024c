"""What the list of statements is narrowed to, as its address says it. What cannot be is left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Self
from urllib.parse import urlencode

from api.web import ids
from api.web.errors import ProblemError
from schemas.ids import external
from schemas.statements import STATES, VERDICTS, State, Verdict

ADDRESS = "/desk/statements"
WAITING_DAYS = (7, 14, 30)
_DIGITS = 19  # of a number that no database has


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """`waiting` is for how many days at least nobody has answered; `after` the number after which to go on."""

    source: str | None = None
    counterparty_id: str | None = None
    state: State | None = None
    verdict: Verdict | None = None
    first_on: date | None = None
    last_on: date | None = None
    waiting: int | None = None
    changed: bool = False
    after: int | None = None

    @classmethod
    def of(cls, asked: Mapping[str, Any]) -> Self:
        source, guid = _party(str(asked.get("counterparty", "")))
        waiting = _number(asked.get("waiting"))
        return cls(
            source=source,
            counterparty_id=guid,
            state=next((one for one in STATES if one == asked.get("state")), None),
            verdict=next((one for one in VERDICTS if one == asked.get("verdict")), None),
            first_on=day(asked.get("from")),
            last_on=day(asked.get("to")),
            waiting=waiting if waiting in WAITING_DAYS else None,
            changed=asked.get("changed") == "yes",
            after=_number(asked.get("after")),
        )

    @property
    def counterparty(self) -> str:
        if self.source is None or self.counterparty_id is None:
            return ""
        return external(self.source, self.counterparty_id)

    @property
    def is_narrow(self) -> bool:
        return replace(self, after=None) != Narrowed()

    def beyond(self, after: int | None) -> str:
        """The address of what comes after; None is the beginning."""
        said = {
            "counterparty": self.counterparty,
            "state": self.state,
            "verdict": self.verdict,
            "from": self.first_on and self.first_on.isoformat(),
            "to": self.last_on and self.last_on.isoformat(),
            "waiting": self.waiting,
            "changed": "yes" if self.changed else None,
            "after": after,
        }
        query = urlencode({name: value for name, value in said.items() if value})
        return f"{ADDRESS}?{query}" if query else ADDRESS


def day(given: object) -> date | None:
    try:
        return date.fromisoformat(str(given)) if given else None
    except ValueError:
        return None


def _party(given: str) -> tuple[str, str] | tuple[None, None]:
    try:
        return ids.parse(given)
    except ProblemError:
        return None, None


def _number(given: object) -> int | None:
    text = str(given or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < _DIGITS else None
