"""Statements compiled once, for a driver that is given their text as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Select, Text, bindparam
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import asyncpg
from sqlalchemy.sql import visitors
from sqlalchemy.sql.selectable import CompoundSelect

Statement = Select[Any] | CompoundSelect[Any]


@dataclass(frozen=True, slots=True)
class Compiled:
    """`text` with places $1, $2 (PostgreSQL) or :name (SQLite); `names` in the order of the former."""

    text: str
    names: tuple[str, ...]

    def in_order(self, given: Mapping[str, str]) -> list[str]:
        return [given[name] for name in self.names]


def given(name: str) -> Any:
    """A place for a text that comes with each execution."""
    return bindparam(name, type_=Text(), required=False)


def on(dialect: str, statement: Statement) -> Compiled:
    """Write constants of the statement into its text: only what is `given` is sent each time."""
    written: Any = visitors.cloned_traverse(statement, {}, {"bindparam": _write_out})
    found = written.compile(dialect=_dialect(dialect), compile_kwargs={"render_postcompile": True})
    return Compiled(found.string, tuple(found.positiontup or ()))


def _write_out(place: BindParameter[Any]) -> None:
    place.literal_execute = place.value is not None


@cache
def _dialect(name: str) -> Any:
    of_postgres: Any = asyncpg.dialect
    return of_postgres() if name == "postgresql" else sqlite.dialect(paramstyle="named")
