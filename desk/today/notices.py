"""One thing that needs somebody, and the way to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tone = Literal["bad", "warn", "wait"]

WORST_FIRST: tuple[Tone, ...] = ("bad", "warn", "wait")


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """In minor units of a currency."""

    units: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """`key` tells it apart on the page; `fix` is where it is mended, `label` what that is called.

    `resumes` is a paused base that ops may let be asked again from here.
    """

    key: str
    tone: Tone
    text: str
    about: str
    fix: str | None = None
    label: str = ""
    amounts: tuple[Amount, ...] = ()
    resumes: str | None = None


def sorted_(found: list[Notice]) -> list[Notice]:
    return sorted(found, key=lambda one: WORST_FIRST.index(one.tone))
