"""Column types: one meaning on both databases, plain `str` and `int` in Python.

A record goes to the database as the tuple it is, so no type here converts on the bulk path: PostgreSQL
parses the text itself, and `store/engine.py` makes its driver hand the same text back.
"""

from __future__ import annotations

from datetime import UTC, datetime
from types import NoneType
from typing import Any, get_args

from sqlalchemy import BigInteger, Boolean, Dialect, Integer, Text
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType

from schemas import types as words
from schemas.records import RecordTable


class WallClock(TypeDecorator[str]):
    """ "2026-11-22T16:00:52", without a zone; sorts and compares as time on both databases."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(postgresql.TIMESTAMP() if dialect.name == "postgresql" else Text())


class Day(TypeDecorator[str]):
    """ "2026-11-22" in the accounting time zone."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(postgresql.DATE() if dialect.name == "postgresql" else Text())


class _PlainJsonb(UserDefinedType[str]):
    """jsonb that takes and gives text: SQLAlchemy's own would turn the numbers in it into floats."""

    cache_ok = True

    def get_col_spec(self, **_options: Any) -> str:
        return "JSONB"


class Json(TypeDecorator[str]):
    """A JSON text with sorted keys."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(_PlainJsonb() if dialect.name == "postgresql" else Text())


class Instant(TypeDecorator[datetime]):
    """An aware moment, always UTC. On SQLite a text of fixed width, so that it sorts."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        aware = postgresql.TIMESTAMP(timezone=True)
        return dialect.type_descriptor(aware if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone; an instant needs one")
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.isoformat(timespec="microseconds")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return (value if dialect.name == "postgresql" else datetime.fromisoformat(value)).astimezone(UTC)


Surrogate = BigInteger().with_variant(Integer(), "sqlite")  # SQLite numbers only INTEGER keys by itself

_TYPES: dict[object, type[TypeEngine[Any]]] = {
    str: Text,
    words.Guid: Text,
    words.CurrencyCode: Text,
    int: BigInteger,
    words.Units: BigInteger,
    words.Micro: BigInteger,
    bool: Boolean,
    words.WallClock: WallClock,
    words.Day: Day,
    words.Json: Json,
}


def column_types(table: RecordTable) -> dict[str, tuple[TypeEngine[Any], bool]]:
    """Give each field of `table` its column type and whether it may be NULL."""
    columns = {}
    for name, hint in table.fields.items():
        parts = get_args(hint) or (hint,)
        (kind,) = (part for part in parts if part is not NoneType)
        columns[name] = (_TYPES[kind](), NoneType in parts)
    return columns
