"""What the settings of people share: who may set them, who said so and why, and how they are ended."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, TypeVar

from litestar.params import PathParameter, QueryParameter
from msgspec import Meta, Struct

from api.web import ids, paging, repeats
from api.web.callers import Caller
from api.web.errors import ProblemError
from schemas.errors import InvalidValueError
from schemas.settings import SourceSettings
from schemas.types import Guid
from store.engine import Tx
from store.site_rows import SiteRow

PERMISSION = "rules:write"
READ_CODES = ("key_is_bound", "source_not_found")
OF_PARTY = ("malformed_id", "counterparty_not_found")
WRITE_CODES = (*repeats.CODES, "too_large", "invalid_value")
END_CODES = ("setting_not_found", "already_ended")
_ANY_TEXT = r"^[^\u0000]*[^\s\u0000][^\u0000]*$"  # no database keeps U+0000

Number = Annotated[
    int, PathParameter(ge=1, le=2**63 - 1, description="The `number` that a list of this API gave.")
]
History = Annotated[
    bool, QueryParameter(description="Give those that were ended or replaced too: all there ever were.")
]
Why = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=1000,
        pattern=_ANY_TEXT,
        description="For whoever asks later; no buyer reads it.",
        examples=["Agreed by phone with the head of sales"],
    ),
]
Who = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=200,
        pattern=_ANY_TEXT,
        description="The person who says so; kept beside the name of the key.",
        examples=["A. Manager"],
    ),
]
T = TypeVar("T")
S = TypeVar("S", bound=SiteRow)


class Said(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why, and who says so."""

    reason: Why
    by: Who | None = None


class Setting(Struct, frozen=True, kw_only=True):
    """It counts until `ended_at`, or until another one takes its place; it is never changed."""

    number: int
    set_at: datetime
    set_by: str
    reason: str
    ended_at: datetime | None
    ended_by: str | None
    ended_reason: str | None


def fields(row: SiteRow, source: SourceSettings) -> dict[str, Any]:
    """The fields of `Setting`, in the time zone of the books."""
    zone = source.time_zone
    return {
        "number": row.id,
        "set_at": row.set_at.astimezone(zone),
        "set_by": row.set_by,
        "reason": row.reason,
        "ended_at": row.ended_at and row.ended_at.astimezone(zone),
        "ended_by": row.ended_by,
        "ended_reason": row.ended_reason,
    }


def by(caller: Caller, said: Said) -> str:
    """The person, where one is named, and the key."""
    return caller.key.name if said.by is None else f"{said.by} ({caller.key.name})"


def must_rule(caller: Caller) -> None:
    """Refuse keys of one company, whatever they may do: nobody judges himself."""
    if caller.tenancy.counterparties is not None:
        raise ProblemError(
            "key_is_bound",
            "Settings of the supplier are not for keys that are bound to one company.",
            hint="Use a key of the storefront itself (`saldo keys create` without --counterparty).",
        )


def reference(given: str, source: str, field: str) -> Guid:
    """The key behind an id in a body. Errors: InvalidValueError for an id of nothing in this base."""
    try:
        of_source, guid = ids.parse(given)
    except ProblemError as error:
        raise InvalidValueError(
            "This is no id of this API", hint="Send an id as an answer gave it", field=field
        ) from error
    if of_source != source:
        raise InvalidValueError("The id is of another base", hint="Send an id of this one", field=field)
    return guid


def page(
    rows: Iterable[S], limit: int, cursor: str | None, about: Mapping[str, object]
) -> tuple[Sequence[S], str | None]:
    """The newest first: what people set by hand is never so much that it would not be read at once."""
    after = paging.number(paging.opened(cursor, about))
    found = sorted(rows, key=lambda row: -row.id)
    if after is not None:
        found = [row for row in found if row.id < after]
    return paging.cut(found, limit, lambda row: (row.id,), about)


def end(
    tx: Tx,
    number: int,
    find: Callable[[Tx, int], S | None],
    is_meant: Callable[[S], bool],
    stop: Callable[[], None],
) -> S:
    """End one setting and give it as it is then.

    Errors: ProblemError setting_not_found where `is_meant` does not know it, already_ended.
    """
    found = find(tx, number)
    if found is None or not is_meant(found):
        raise ProblemError(
            "setting_not_found",
            "There is nothing of this number here.",
            hint="The list at the address above this one gives the numbers.",
        )
    if found.ended_at is not None:
        raise ProblemError(
            "already_ended",
            "It was ended before, or something newer took its place.",
            hint="Nothing is to be done; the list with ?history=true tells who ended it.",
        )
    stop()
    return known(find(tx, number))


def known(row: T | None) -> T:
    """A row that was written in this very transaction."""
    if row is None:
        raise RuntimeError("what was just kept is not there")
    return row
