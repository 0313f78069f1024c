"""Lists in pages: how many, and from where on. A cursor is opaque, and good for the filters it came with.

An answer is `{"items": [...], "next_cursor": ...}`; the cursor is null on the last page.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, TypeVar

import msgspec
from litestar.params import QueryParameter
from msgspec import Meta

from api.web.errors import FieldError, ProblemError
from store.paging import Key

DEFAULT_LIMIT = 50
MOST = 200

Limit = Annotated[int, QueryParameter(ge=1, le=MOST, description=f"Rows of a page, at most {MOST}.")]
CursorParam = Annotated[
    str | None,
    QueryParameter(
        name="cursor",
        max_length=2000,
        description="`next_cursor` of the page before, with the same filters; none for the first page.",
    ),
]
NextCursor = Annotated[
    str | None, Meta(description="Send it as `cursor` for the next page; null on the last one.")
]

T = TypeVar("T")
_DIGEST_CHARS = 16


def opened(cursor: str | None, about: Mapping[str, object]) -> Key | None:
    """Give the key after which to go on; None for the first page.

    Errors: ProblemError bad_cursor for what `closed` did not make for the filters `about`.
    """
    if cursor is None:
        return None
    try:
        digest, *key = msgspec.json.decode(_bytes(cursor), type=list[str | int | None])
    except (ValueError, msgspec.MsgspecError) as error:
        raise bad_cursor() from error
    if digest != _digest(key, about):
        raise bad_cursor()
    return tuple(key)


def closed(key: Key, about: Mapping[str, object]) -> str:
    """Make a cursor of the key of the last row."""
    packed = msgspec.json.encode([_digest(key, about), *key])
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def next_cursor(key: Key | None, about: Mapping[str, object]) -> str | None:
    """The same for `store.paging.Page.next_key`, which is None on the last page."""
    return None if key is None else closed(key, about)


def cut(
    found: Sequence[T], limit: int, key: Callable[[T], Key], about: Mapping[str, object]
) -> tuple[Sequence[T], str | None]:
    """Give a page of rows, of which one more than asked for was read, and the cursor of the next one."""
    some = found[:limit]
    return some, closed(key(some[-1]), about) if len(found) > limit else None


def number(after: Key | None) -> int | None:
    """The number after which to go on, in lists whose rows are numbered. Errors: ProblemError bad_cursor."""
    if after is None:
        return None
    if len(after) != 1 or not isinstance(after[0], int):
        raise bad_cursor()
    return after[0]


def _bytes(cursor: str) -> bytes:
    try:
        padded = cursor.encode("ascii") + b"=" * (-len(cursor) % 4)
        return base64.b64decode(padded, altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error) as error:
        raise bad_cursor() from error


def _digest(key: Key | list[str | int | None], about: Mapping[str, object]) -> str:
    """Of the filters and the key: a cursor is neither used for another list nor changed by accident."""
    said = {name: value for name, value in about.items() if value is not None}
    packed = msgspec.json.encode([said, list(key)], order="deterministic")
    return hashlib.sha256(packed).hexdigest()[:_DIGEST_CHARS]


def bad_cursor() -> ProblemError:
    return ProblemError(
        "bad_cursor",
        "The cursor is not one that this list gave for these filters.",
        hint="Send next_cursor as it came, with the filters it came with; or begin again without a cursor.",
        errors=(FieldError(detail="not a cursor of this list", parameter="cursor"),),
    )
