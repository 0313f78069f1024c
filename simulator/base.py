"""One infobase: the objects and movements of a configuration, exact and persistent."""

from __future__ import annotations

import base64
import sqlite3
import struct
import threading
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from simulator.clock import Clock
from simulator.codec import decode
from simulator.database import Database
from simulator.edm import NAMESPACE, Edm, EntityType
from simulator.exchange import Registrations
from simulator.model import Configuration
from simulator.tables import ObjectTable, RegisterTable, name, row_text


class Meta(MutableMapping[str, str]):
    """Small facts about the base (seed, size, title, time zone), kept in it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def __getitem__(self, key: str) -> str:
        row = self._database.connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        if row is None:
            raise KeyError(key)
        return str(row[0])

    def __setitem__(self, key: str, value: str) -> None:
        with self._database.writing() as connection:
            connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def __delitem__(self, key: str) -> None:
        with self._database.writing() as connection:
            connection.execute("DELETE FROM meta WHERE key = ?", (key,))

    def __iter__(self) -> Iterator[str]:
        return (str(row[0]) for row in self._database.connection.execute("SELECT key FROM meta").fetchall())

    def __len__(self) -> int:
        return int(self._database.connection.execute("SELECT count(*) FROM meta").fetchone()[0])


class Base:
    """Objects are dicts with wire names; see `docs/simulator.md` for what an absent property means."""

    def __init__(self, configuration: Configuration, path: str | None = None) -> None:
        self.configuration = configuration
        self.edm = Edm(configuration)
        self.database = Database(path)
        self.objects = {t.name: ObjectTable(t, self.edm) for t in self._types("object")}
        self.registers = {
            t.owner or t.name: RegisterTable(t, self.edm) for t in self._types("record", "rows")
        }
        self.clock = Clock()
        self.exchange = Registrations(self.database, configuration.exchange_plan)
        self._quiet = threading.local()
        self._settling = threading.Lock()
        with self.database.writing() as connection:
            self.exchange.create(connection)
            connection.execute("CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT)")
            for table in self._tables():
                table.create(connection)
        self.meta: MutableMapping[str, str] = Meta(self.database)
        indexes = self.database.connection.execute("SELECT name FROM sqlite_master WHERE type = 'index'")
        self._settled = {name(str(row[0])) for row in indexes}
        self._writes = int(self.meta.get("writes", "0"))

    def _types(self, *shapes: str) -> Iterator[EntityType]:
        return (t for t in self.edm.types.values() if t.shape in shapes)

    def _tables(self) -> list[ObjectTable | RegisterTable]:
        return [*self.objects.values(), *self.registers.values()]

    def close(self) -> None:
        self.database.close()

    def now(self) -> datetime:
        """The wall clock of the base: naive, in whole seconds."""
        return self.clock.now()

    @property
    def registering(self) -> bool:
        """Whether what this thread writes is registered for the other nodes of the exchange plan."""
        return not getattr(self._quiet, "depth", 0)

    @contextmanager
    def unregistered(self) -> Iterator[None]:
        """Write without registering, as a direct edit of the database does."""
        self._quiet.depth = getattr(self._quiet, "depth", 0) + 1
        try:
            yield
        finally:
            self._quiet.depth -= 1

    def register_all(self, node: str = "") -> None:
        """Register everything the plan holds for one node (its reference), or for every other node."""
        for ref in [node] if node else self.exchange.nodes():
            self.exchange.note_all(ref, {**self.objects, **self.registers})

    def settle(self, *tables: ObjectTable | RegisterTable) -> None:
        """Give tables their indexes; without arguments, all of them."""
        for table in tables or self._tables():
            if table.index in self._settled:
                continue
            with self._settling, self.database.writing() as connection:
                if table.index not in self._settled:
                    table.settle(connection)
                    self._settled.add(table.index)

    def write(self, entity_set: str, objects: Iterable[Mapping[str, Any]]) -> None:
        """Insert objects, or replace those with the same Ref_Key."""
        table = self.objects[entity_set]
        noted: list[tuple[str, str]] | None = [] if self._notes(entity_set) else None
        with self.database.writing() as connection:
            made = self._encoded(table, objects, noted)
            table.insert(connection, made, settled=table.index in self._settled)
            self.exchange.note(entity_set, noted or ())
            self._remember(connection)

    def _notes(self, entity_set: str) -> bool:
        return self.registering and self.exchange.has(entity_set)

    def _encoded(
        self, table: ObjectTable, objects: Iterable[Mapping[str, Any]], noted: list[tuple[str, str]] | None
    ) -> Iterator[tuple[str, ...]]:
        for one in objects:
            if noted is not None:
                noted.append((one["Ref_Key"], ""))
            yield table.encode(one, self._version())

    def write_records(
        self, register: str, recorder: str, recorder_type: str, records: Sequence[Mapping[str, Any]]
    ) -> None:
        """Replace one recorder's movements in one register."""
        self.write_record_sets(register, [(recorder, recorder_type, records)])

    def write_record_sets(
        self, register: str, sets: Iterable[tuple[str, str, Sequence[Mapping[str, Any]]]]
    ) -> None:
        table = self.registers[register]
        noted: list[tuple[str, str]] | None = [] if self._notes(register) else None
        with self.database.writing() as connection:
            settled = table.index in self._settled
            table.insert(connection, self._record_rows(connection, table, sets, settled, noted))
            self.exchange.note(register, noted or ())
            self._remember(connection)

    def _record_rows(
        self,
        connection: sqlite3.Connection,
        table: RegisterTable,
        sets: Iterable[tuple[str, str, Sequence[Mapping[str, Any]]]],
        settled: bool,
        noted: list[tuple[str, str]] | None,
    ) -> Iterator[list[Any]]:
        forget = f"DELETE FROM {table.table} WHERE {name(table.recorder)} = ?"
        for recorder, recorder_type, records in sets:
            self._writes += 1
            if noted is not None:
                noted.append((recorder, recorder_type.removeprefix(f"{NAMESPACE}.")))
            if settled or not records:
                connection.execute(forget, (recorder,))
            yield from table.records(recorder, recorder_type, records, self._writes)

    def write_rows(self, register: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Insert rows of an independent information register, or replace those with the same key."""
        table = self.registers[register]
        with self.database.writing() as connection:
            self._writes += 1
            table.insert(connection, (table.row(row, self._writes) for row in rows))
            self._remember(connection)

    def read(self, entity_set: str, ref: str) -> dict[str, Any] | None:
        table = self.objects[entity_set]
        self.settle(table)
        found = self.database.connection.execute(
            f"SELECT body FROM {table.table} WHERE ref = ?", (ref,)
        ).fetchone()
        return decode("{" + found[0] + "}", table.type.properties) if found else None

    def records(self, register: str, recorder: str) -> list[dict[str, Any]]:
        """One recorder's movements in one register."""
        table = self.registers[register]
        self.settle(table)
        properties = table.type.properties
        query = (
            f"SELECT {row_text(properties)} FROM {table.table} WHERE {name(table.recorder)} = ? ORDER BY id"
        )
        found = self.database.connection.execute(query, (recorder,))
        return [decode("{" + body + "}", properties) for (body,) in found]

    def iterate(self, entity_set: str) -> Iterator[dict[str, Any]]:
        """Objects of a catalogue or document; of a register, its single records."""
        query, properties = self._all(entity_set)
        for (body,) in self.database.connection.execute(query):
            yield decode("{" + body + "}", properties)

    def _all(self, entity_set: str) -> tuple[str, Any]:
        if entity_set in self.objects:
            table = self.objects[entity_set]
            self.settle(table)
            return f"SELECT body FROM {table.table} ORDER BY id", table.type.properties
        register = self.registers[entity_set.removesuffix("_RecordType")]
        self.settle(register)
        properties = register.type.properties
        return f"SELECT {row_text(properties)} FROM {register.table} ORDER BY id", properties

    def delete(self, entity_set: str, ref: str) -> None:
        """Remove an object physically, with its movements."""
        table = self.objects[entity_set]
        self.settle()
        with self.database.writing() as connection:
            connection.execute(f"DELETE FROM {table.table} WHERE ref = ?", (ref,))
            emptied = [r for r in self.registers if self._forget_movements(connection, r, ref)]
            self.exchange.forget(ref)
            if self.registering:
                self.exchange.note(entity_set, [(ref, "")], deleted=True)
                for register in emptied:
                    self.exchange.note(register, [(ref, entity_set)], deleted=True)

    def _forget_movements(self, connection: sqlite3.Connection, register: str, recorder: str) -> bool:
        table = self.registers[register]
        if not table.recorder:
            return False
        forget = f"DELETE FROM {table.table} WHERE {name(table.recorder)} = ?"
        return connection.execute(forget, (recorder,)).rowcount > 0

    def count(self, entity_set: str) -> int:
        table = self.objects.get(entity_set) or self.registers[entity_set.removesuffix("_RecordType")]
        self.settle(table)
        return int(self.database.connection.execute(f"SELECT count(*) FROM {table.table}").fetchone()[0])

    def _version(self) -> str:
        self._writes += 1
        return base64.b64encode(struct.pack(">II", self._writes & 0xFFFFFFFF, 0)).decode()

    def _remember(self, connection: sqlite3.Connection) -> None:
        connection.execute("INSERT OR REPLACE INTO meta VALUES ('writes', ?)", (str(self._writes),))
