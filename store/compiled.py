"""Statements compiled once, for a driver that is given their text as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, Text, bindparam
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.sql.selectable import CompoundSelect

Statement = Select[Any] | CompoundSelect[Any]


@dataclass(frozen=True, slots=True)
class Compiled:
    """`text` with places $1, $2 (PostgreSQL) or :name (SQLite); `names` in the order of their places.

    `constants` are the values that stand in the statement itself.
    """

    text: str
    names: tuple[str, ...]
    constants: Mapping[str, Any]

    def in_order(self, given: Mapping[str, str]) -> list[Any]:
        return [given[name] if name in given else self.constants[name] for name in self.names]

    def by_name(self, given: Mapping[str, str]) -> dict[str, Any]:
        return {**self.constants, **given}


def given(name: str) -> Any:
    """A place for a text that comes with each execution."""
    return bindparam(name, type_=Text(), required=False)


def on(dialect: str, statement: Statement) -> Compiled:
    found = statement.compile(dialect=_dialect(dialect), compile_kwargs={"render_postcompile": True})
    constants = {name: value for name, value in found.params.items() if value is not None}
    return Compiled(found.string, tuple(found.positiontup or ()), constants)


@cache
def _dialect(name: str) -> Any:
    of_postgres: Any = asyncpg.dialect
    return of_postgres() if name == "postgresql" else sqlite.dialect(paramstyle="named")
