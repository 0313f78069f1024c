"""How objects and register records lie in SQLite.

An object is its finished JSON text plus the columns a fast query needs. A register's record is
columns only, numbers as exact integers; its JSON text is put together by SQL when it is read.

A table is filled without indexes and gets them ("settles") when it is first read or changed in
place: writing a million documents then costs one sort instead of a million look-ups.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from simulator.codec import LinesCodec, plain_text, type_text
from simulator.edm import EMPTY_DATE, NAMESPACE, UNDEFINED, ZERO_GUID, Edm, EntityType, Property
from simulator.model import Catalog

SCALE = 10**6  # decimal places kept for a register's numbers
LINE = "char(10)"


def name(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _unique(
    connection: sqlite3.Connection, index: str, table: str, columns: tuple[str, ...], older: str
) -> None:
    """Create the key's index; of what was written twice while there was none, the last one stays."""
    key = ", ".join(name(c) for c in columns)
    try:
        connection.execute(f"CREATE UNIQUE INDEX {index} ON {table} ({key})")
    except sqlite3.IntegrityError:
        connection.execute(f"DELETE FROM {table} WHERE {older}")
        connection.execute(f"CREATE UNIQUE INDEX {index} ON {table} ({key})")


class ObjectTable:
    """Catalogue items or documents of one kind."""

    def __init__(self, type_: EntityType, edm: Edm) -> None:
        self.type = type_
        self.table = name(type_.name)
        self.index = name(f"{type_.name}.ref")
        self._codec = LinesCodec(type_.properties, edm)
        self._of_type = type_text(edm)
        self._links = [(p.name, p.kind, p.navigation) for p in type_.properties if edm.linked(p)]
        self._folders = isinstance(type_.source, Catalog) and type_.source.hierarchy == "folders"
        self._absent = {
            is_folder: {p.name: f'"{p.name}": null' for p in type_.properties if p.folders == foreign}
            for is_folder, foreign in ((True, "items"), (False, "folders"))
        }

    def create(self, connection: sqlite3.Connection) -> None:
        connection.execute(
            f"CREATE TABLE IF NOT EXISTS {self.table}"
            " (id INTEGER PRIMARY KEY, ref TEXT, moment TEXT, shown TEXT, body TEXT, links TEXT)"
        )

    def settle(self, connection: sqlite3.Connection) -> None:
        if not isinstance(self.type.source, Catalog):
            connection.execute(f"CREATE INDEX {name(f'{self.type.name}.moment')} ON {self.table} (moment)")
        older = f"id NOT IN (SELECT max(id) FROM {self.table} GROUP BY ref)"
        _unique(connection, self.index, self.table, ("ref",), older)

    def insert(self, connection: sqlite3.Connection, rows: Iterable[tuple[str, ...]], settled: bool) -> None:
        # not ON CONFLICT: another thread may have made the index, and preparing would not notice
        identity = f"(SELECT id FROM {self.table} WHERE ref = ?1)" if settled else "NULL"
        connection.executemany(
            f"INSERT OR REPLACE INTO {self.table} (id, ref, moment, shown, body, links)"
            f" VALUES ({identity}, ?1, ?2, ?3, ?4, ?5)",
            rows,
        )

    def encode(self, values: Mapping[str, Any], version: str) -> tuple[str, str, str, str, str]:
        ref = values["Ref_Key"]
        whole: dict[str, Any] = {**values, "DataVersion": version}
        for part in self.type.parts:
            if rows := values.get(part.name):
                whole[part.name] = [{"LineNumber": n, **row, "Ref_Key": ref} for n, row in enumerate(rows, 1)]
        absent = self._absent[bool(values.get("IsFolder"))] if self._folders else None
        body = self._codec.text(whole, absent)
        return ref, values.get("Date") or "", self.shown(values), body, self._link_lines(ref, values)

    def shown(self, values: Mapping[str, Any]) -> str:
        """The presentation: what 1C sorts by when it is asked to sort by a reference."""
        if isinstance(self.type.source, Catalog):
            return str(values.get("Description") or "")
        date = values.get("Date") or EMPTY_DATE
        day = f"{date[8:10]}.{date[5:7]}.{date[:4]} {int(date[11:13])}{date[13:]}"
        return f"{spaced(self.type.source.name)} {values.get('Number') or ''} от {day}"

    def _link_lines(self, ref: str, values: Mapping[str, Any]) -> str:
        lines = []
        for property_, kind, navigation in self._links:
            value = values.get(property_)
            if not value or value == ZERO_GUID:
                continue
            if kind == "composite" and not self._published(values.get(f"{property_}_Type") or ""):
                continue
            url = f"{self.type.name}(guid'{ref}')/{navigation}"
            lines.append(f',\n"{navigation}@navigationLinkUrl": "{url}"')
        return "".join(lines)

    def _published(self, type_name: str) -> bool:
        shown = self._of_type(type_name)
        return shown.startswith(f"{NAMESPACE}.") and shown != UNDEFINED


def spaced(camel: str) -> str:
    """`ЗаказКлиента` as a person reads it: `Заказ клиента`."""
    words = "".join(f" {c.lower()}" if c.isupper() else c for c in camel[1:])
    return camel[:1] + words


class RegisterTable:
    """Movements of one register, or rows of an independent information register."""

    def __init__(self, type_: EntityType, edm: Edm) -> None:
        self.type = type_  # of shape "record" or "rows"
        self.table = name(type_.owner or type_.name)
        self.index = name(f"{type_.owner or type_.name}.key")
        self.columns = tuple(p.source for p in type_.properties)
        self._empty = [0, *(_empty_value(p) for p in type_.properties)]
        of_type = type_text(edm)
        self._plan = {p.name: (n, _stored(p, of_type)) for n, p in enumerate(type_.properties, 1)}
        self.recorder = type_.properties[0].name if type_.shape == "record" else ""
        self.key = (self.recorder, "LineNumber") if self.recorder else type_.key

    def create(self, connection: sqlite3.Connection) -> None:
        columns = ", ".join(name(c) for c in self.columns)
        connection.execute(
            f"CREATE TABLE IF NOT EXISTS {self.table} (id INTEGER PRIMARY KEY, batch, {columns})"
        )

    def settle(self, connection: sqlite3.Connection) -> None:
        if "Period" in self.columns:
            index = name(f"{self.type.owner or self.type.name}.period")
            connection.execute(f'CREATE INDEX {index} ON {self.table} ("Period")')
        last, key = (
            ("batch", name(self.recorder)) if self.recorder else ("id", ", ".join(map(name, self.key)))
        )
        older = f"({key}, {last}) NOT IN (SELECT {key}, max({last}) FROM {self.table} GROUP BY {key})"
        _unique(connection, self.index, self.table, self.key, older)

    def insert(self, connection: sqlite3.Connection, rows: Iterable[list[Any]]) -> None:
        columns = ", ".join(name(c) for c in ("batch", *self.columns))
        marks = ", ".join("?" * (len(self.columns) + 1))
        connection.executemany(f"INSERT OR REPLACE INTO {self.table} ({columns}) VALUES ({marks})", rows)

    def records(
        self, recorder: str, recorder_type: str, records: Sequence[Mapping[str, Any]], batch: int
    ) -> Iterator[list[Any]]:
        who = {self.recorder: recorder, "Active": True}
        if self.recorder == "Recorder":
            who["Recorder_Type"] = recorder_type
        for line, record in enumerate(records, 1):
            yield self.row({**who, "LineNumber": line, **record}, batch)

    def row(self, values: Mapping[str, Any], batch: int) -> list[Any]:
        made = self._empty.copy()
        made[0] = batch
        plan = self._plan
        for column, value in values.items():
            if column not in plan:
                raise ValueError(f"no such column: {column}")
            if value is not None:
                place, change = plan[column]
                made[place] = value if change is None else change(value)
        return made


def _stored(one: Property, of_type: Callable[[str], str]) -> Callable[[Any], Any] | None:
    """How a value changes on its way into a column, if it does."""
    if one.kind == "double":
        return scaled
    if one.kind == "type":
        return of_type
    if one.kind == "composite":
        return plain_text
    if one.kind == "string" and one.length:
        return lambda value: value.ljust(one.length)
    return None


def scaled(value: Decimal | int) -> int:
    exact = value * SCALE
    whole = int(exact)
    if whole != exact:
        raise ValueError(f"a register keeps 6 decimal places, not {value}")
    return whole


def _empty_value(property_: Property) -> Any:
    if property_.kind == "string":
        return " " * property_.length
    return {"guid": ZERO_GUID, "datetime": EMPTY_DATE, "composite": "", "type": UNDEFINED}.get(
        property_.kind, 0
    )


def value_of(expression: str, property_: Property) -> str:
    """An SQL expression that gives a column's JSON text."""
    if property_.kind == "double":
        sign = f"CASE WHEN {expression} < 0 THEN '-' ELSE '' END"
        rest = f"rtrim(printf('.%06d', abs({expression}) % {SCALE}), '0')"
        fraction = f"CASE WHEN ({expression} % {SCALE}) THEN {rest} ELSE '' END"
        return f"({sign} || (abs({expression}) / {SCALE}) || {fraction})"
    if property_.kind == "bool":
        return f"CASE WHEN {expression} THEN 'true' ELSE 'false' END"
    if property_.kind == "int16":
        return expression
    if property_.kind in ("string", "composite"):
        return f"json_quote({expression})"
    return f"""'"' || {expression} || '"'"""


def row_text(properties: Iterable[Property]) -> str:
    """An SQL expression for `"Name": value` lines of a whole record."""
    lines = (f"""'"{p.name}": ' || ({value_of(name(p.source), p)})""" for p in properties)
    return f" || ',' || {LINE} || ".join(lines)
