"""What is asked of an accounting system, and what came back: the words connectors and mappings share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from schemas.types import WallClock

WireType = Literal["text", "decimal", "integer", "flag"]


@dataclass(frozen=True, slots=True)
class WireField:
    """A property as it travels; `nullable` where the source may send null (item fields of a folder)."""

    name: str
    type: WireType
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class WireRow:
    """The properties read from one record, and from the rows of its tabular parts."""

    fields: tuple[WireField, ...]
    parts: tuple[tuple[str, WireRow], ...] = ()


@dataclass(frozen=True, slots=True)
class SourceSet:
    """An entity set and how to read all of it.

    With `period` it is read in windows over that field, each window in one answer: no order is needed.
    Without, it is read by pages in the order of `order_by`, which must be unique; the count proves it.
    A virtual table (`Register/Function`) is read in one answer: what its register says now.
    `condition` is a constant filter in the source's own language; `key` tells records apart in that proof.
    """

    name: str
    row: WireRow
    period: str | None = None
    order_by: tuple[str, ...] = ()
    condition: str = ""
    key: tuple[str, ...] = ("Ref_Key",)

    def __post_init__(self) -> None:
        if self.period is None and not self.order_by and not self.is_virtual:
            raise ValueError(f"{self.name}: paging without an order skips and repeats rows; name order_by")

    @property
    def is_virtual(self) -> bool:
        return "/" in self.name


@dataclass(frozen=True, slots=True)
class Scope:
    """Which part of an entity set a unit of pages holds completely: start <= period < end, None is open.

    With `keys` it is instead the records whose key begins with one of these: objects by their id, movements by
    their recorder, wherever they are dated. Whatever of this part the store has and the unit has not, is gone
    from the source.
    """

    start: WallClock | None = None
    end: WallClock | None = None
    keys: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class RawPage:
    """One answer exactly as received. `request` is the target without host, `seconds` the source's time."""

    request: str
    body: bytes
    fetched_at: datetime
    seconds: float
    media_type: str


@dataclass(frozen=True, slots=True)
class RefusedRecord:
    """One record that the source cannot give, found by narrowing a failed answer down to it.

    `record_id` is its key ("" where not even that can be read); `body` what came instead of it.
    """

    record_id: str
    request: str
    reason: str
    hint: str
    body: bytes


@dataclass(frozen=True, slots=True)
class RawUnit:
    """Pages that together hold a scope completely: what is landed, mapped and committed as one.

    `refused` are the records of the scope that are not in the pages although the source has them.
    """

    scope: Scope
    pages: tuple[RawPage, ...]
    refused: tuple[RefusedRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong (or right) with a source, for a person: what, and the next action."""

    subject: str
    ok: bool
    message: str
    hint: str = ""
