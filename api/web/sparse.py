"""Sparse answers: `fields=id,number` gives rows that have these fields and no others."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, TypeVar, Union

from litestar.params import QueryParameter
from msgspec import Struct, UnsetType, structs

from api.web.errors import FieldError, ProblemError

Value = TypeVar("Value")
Row = TypeVar("Row", bound=Struct)
Maybe = Union[Value, UnsetType]  # a field that `fields` may leave out # noqa: UP007 a generic alias
ALWAYS = "id"

Fields = Annotated[
    str | None,
    QueryParameter(
        max_length=1000,
        description="Names of the rows' fields to give, with commas between; `id` is always given."
        " All of them if none is named.",
    ),
]


def chosen(fields: str | None, rows: type[Struct]) -> frozenset[str] | None:
    """Give the fields to answer with; None for all. Errors: ProblemError bad_request for any that rows lack."""
    if fields is None:
        return None
    named = frozenset(name.strip() for name in fields.split(","))
    strange = sorted(named - _known(rows))
    if strange:
        raise ProblemError(
            "bad_request",
            "fields names what rows of this list do not have.",
            hint=f"Choose of {', '.join(sorted(_known(rows)))}.",
            errors=tuple(
                FieldError(detail=f"there is no field {name[:40]!r}", parameter="fields") for name in strange
            ),
        )
    return named | {ALWAYS}


def row(rows: type[Row], values: Mapping[str, Any], fields: frozenset[str] | None) -> Row:
    """Build a row of what was chosen."""
    if fields is None:
        return rows(**values)
    return rows(**{name: value for name, value in values.items() if name in fields})


@cache
def _known(rows: type[Struct]) -> frozenset[str]:
    return frozenset(field.encode_name for field in structs.fields(rows))
