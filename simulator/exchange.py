"""Exchange plans: which objects changed since the other nodes last heard of them.

A set, not a queue: an object is registered once for a node, however often it changed. A package
stamps what it carries with its number; a change after that takes the stamp off again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from simulator.database import Database
from simulator.model import ExchangePlan
from simulator.tables import ObjectTable, RegisterTable, name

_TABLE = "exchange_changes"


class Change(NamedTuple):
    entity_set: str
    ref: str  # of an object, or the recorder of a record set
    recorder_set: str  # of a record set: the recorder's entity set
    deleted: bool


@dataclass(frozen=True, slots=True)
class Pending:
    """Registrations of one node: those no package carried yet, and those not confirmed."""

    unsent: int
    unconfirmed: int


class Registrations:
    def __init__(self, database: Database, plan: ExchangePlan | None) -> None:
        self._database = database
        self.plan = plan

    def create(self, connection: sqlite3.Connection) -> None:
        connection.execute(
            f"CREATE TABLE IF NOT EXISTS {_TABLE}"
            " (node TEXT, entity_set TEXT, ref TEXT, recorder_set TEXT, message_no INTEGER, deleted INTEGER,"
            " PRIMARY KEY (node, entity_set, ref)) WITHOUT ROWID"
        )

    def has(self, entity_set: str) -> bool:
        return self.plan is not None and entity_set in self.plan.members

    def nodes(self) -> dict[str, str]:
        """Codes of the other nodes by their references."""
        if self.plan is None:
            return {}
        code = "json_extract('{' || body || '}', '$.Code')"
        query = f"SELECT ref, {code} FROM {name(self.plan.entity_set)} ORDER BY id"
        found = self._database.connection.execute(query).fetchall()
        return {ref: code for ref, code in found if code != self.plan.own_code}

    def note(self, entity_set: str, refs: Iterable[tuple[str, str]], *, deleted: bool = False) -> None:
        """Register objects (`(ref, "")`) or record sets (`(recorder, its entity set)`) for every node."""
        if not self.has(entity_set) or not (nodes := self.nodes()):
            return
        rows = [(node, entity_set, ref, by, deleted) for ref, by in refs for node in nodes]
        with self._database.writing() as connection:
            connection.executemany(f"INSERT OR REPLACE INTO {_TABLE} VALUES (?, ?, ?, ?, NULL, ?)", rows)

    def forget(self, ref: str) -> None:
        with self._database.writing() as connection:
            connection.execute(f"DELETE FROM {_TABLE} WHERE ref = ?", (ref,))

    def note_all(self, node: str, tables: Mapping[str, ObjectTable | RegisterTable]) -> None:
        with self._database.writing() as connection:
            for entity_set, table in tables.items():
                if not self.has(entity_set):
                    continue
                what = "ref, ''" if isinstance(table, ObjectTable) else _recorders(table)
                connection.execute(
                    f"INSERT OR REPLACE INTO {_TABLE}"
                    f" SELECT DISTINCT ?, ?, {what}, NULL, 0 FROM {table.table}",
                    (node, entity_set),
                )

    def stamp(self, node: str, message_no: int) -> list[Change]:
        """Stamp what is new; give everything stamped so far, that is the new and the unconfirmed."""
        with self._database.writing() as connection:
            new = f"UPDATE {_TABLE} SET message_no = ? WHERE node = ? AND message_no IS NULL"
            connection.execute(new, (message_no, node))
            found = connection.execute(
                f"SELECT entity_set, ref, recorder_set, deleted FROM {_TABLE}"
                " WHERE node = ? AND message_no <= ?",
                (node, message_no),
            )
            return [Change(entity_set, ref, by, bool(deleted)) for entity_set, ref, by, deleted in found]

    def confirm(self, node: str, message_no: int) -> None:
        with self._database.writing() as connection:
            connection.execute(f"DELETE FROM {_TABLE} WHERE node = ? AND message_no <= ?", (node, message_no))

    def pending(self) -> dict[str, Pending]:
        """By the codes of the nodes."""
        query = f"SELECT count(*), count(message_no) FROM {_TABLE} WHERE node = ?"
        found = {}
        for ref, code in self.nodes().items():
            every, sent = self._database.connection.execute(query, (ref,)).fetchone()
            found[code] = Pending(every - sent, sent)
        return found


def _recorders(table: RegisterTable) -> str:
    if table.recorder == "Recorder":
        return "\"Recorder\", replace(\"Recorder_Type\", 'StandardODATA.', '')"
    return f"{name(table.recorder)}, ''"
