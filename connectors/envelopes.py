"""What stands around the records of an answer: the count, the next-page link, and the keys for a proof."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec

from connectors.dialects import Dialect
from connectors.error_shapes import without_bom
from schemas.errors import SourceContractError
from schemas.source import RawPage


@dataclass(frozen=True, slots=True)
class Envelope:
    """`keys` has one tuple a record, in the answer's order; `count` is the source's own, if it gave one."""

    keys: list[tuple[object, ...]]
    count: int | None
    next_link: str | None


def read(page: RawPage, dialect: Dialect, key: tuple[str, ...]) -> Envelope:
    """Read an answer's envelope and the values of `key` in each record.

    Errors: SourceContractError with the bytes where the answer is not a list of such records.
    """
    try:
        answer: Any = _decoder(dialect, key).decode(without_bom(page.body))
        for name in dialect.rows_in[:-1]:
            answer = getattr(answer, name)
        if isinstance(answer, list):  # the older form of v2 has no envelope around the records
            return Envelope([_key(row) for row in answer], None, None)
        count = int(answer.count) if answer.count is not None else None
        return Envelope([_key(row) for row in answer.rows], count, answer.next_link)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise SourceContractError(
            "the answer is not a list of records with the key that was asked for",
            hint="see the kept answer; compare the source's key with $metadata: saldo check",
            received=page.body, request=page.request, key=",".join(key),
        ) from error  # fmt: skip


def next_link(page: RawPage, dialect: Dialect) -> str | None:
    """The server's next-page link; answers without the word in them are not even parsed."""
    if not any(f'"{name}"'.encode() in page.body for name in dialect.next_keys):
        return None
    return read(page, dialect, ()).next_link


class _EntitySet(msgspec.Struct):
    name: str


class _NamedSets(msgspec.Struct):
    EntitySets: list[str]


class _ServiceDocument(msgspec.Struct):
    """`value` in v3 and v4, `d` in v2."""

    value: list[_EntitySet] | None = None
    d: _NamedSets | None = None


def entity_sets(page: RawPage) -> tuple[str, ...]:
    """Names in a service document.

    Errors: msgspec.MsgspecError where it is none.
    """
    found = msgspec.json.decode(without_bom(page.body), type=_ServiceDocument)
    if found.value is not None:
        return tuple(entry.name for entry in found.value)
    if found.d is None:
        raise msgspec.ValidationError("neither `value` nor `d`")
    return tuple(found.d.EntitySets)


def _key(row: Any) -> tuple[object, ...]:
    return msgspec.structs.astuple(row)


@cache
def _decoder(dialect: Dialect, key: tuple[str, ...]) -> msgspec.json.Decoder[Any]:
    row = msgspec.defstruct(
        "KeyOf", [(f"part{n}", str | int) for n in range(len(key))],
        rename={f"part{n}": name for n, name in enumerate(key)},
    )  # fmt: skip
    inner: Any = msgspec.defstruct(
        "Around",
        [("rows", list[row]), ("count", str | int | None, None), ("next_link", str | None, None)],  # type: ignore[valid-type]
        rename={"rows": dialect.rows_in[-1], "count": dialect.count_key, "next_link": dialect.next_keys[0]},
    )
    for name in reversed(dialect.rows_in[:-1]):
        inner = msgspec.defstruct("Outside", [(name, inner | list[row])])  # type: ignore[valid-type]
    return msgspec.json.Decoder(inner)
