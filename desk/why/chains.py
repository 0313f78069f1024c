"""A stored record with everything that leads from it to the bytes, and every version that was shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.web.hub import Hub
from desk.frame.visits import Reader
from desk.why import declared, fields
from desk.why.declared import Declared
from desk.why.fields import Field
from schemas import RECORDS, TABLES
from schemas.records import RecordTable
from store import history, lineage
from store.engine import Tx
from store.history import Version
from store.lineage import Trace

MOST_LINES = 200


@dataclass(frozen=True, slots=True)
class Lines:
    """Rows of one nested table: as many as are shown, of `count`. `places` leads each to its page."""

    table: str
    count: int
    rows: list[tuple[int, int, list[Field]]]


@dataclass(frozen=True, slots=True)
class Change:
    """One version that was shown from `from_at` on; `changed` are fields with what was before and after."""

    version: Version
    changed: list[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Chain:
    trace: Trace
    fields: list[Field]
    lines: list[Lines]
    changes: list[Change]
    declared: Declared | None

    @property
    def declared_since(self) -> bool:
        """Whether it was read by another declaration than today's."""
        return self.declared is None or self.declared.digest != self.trace.mapping_digest


def of(tx: Tx, hub: Hub, visit: Reader, table: str, source: str, key: tuple[Any, ...]) -> Chain:
    """Errors: LineageError where there is no such record, or its page is not known."""
    described = TABLES[table]
    found = lineage.trace(tx, table, source, *key)
    reads = declared.of(hub, source, found.entity)
    return Chain(
        found,
        fields.of(tx, visit, described, source, found.record, reads),
        [_lines(tx, visit, child, found, reads) for child in RECORDS if child.name in found.nested],
        _changes(visit, described, history.versions(tx, described, source, key)),
        reads,
    )


def _lines(tx: Tx, visit: Reader, child: RecordTable, found: Trace, reads: Declared | None) -> Lines:
    parent = str(found.record["id"])
    rows = lineage.lines(tx, child.name, found.source, parent, limit=MOST_LINES)
    currency = {"currency": found.record.get("currency")}
    shown = [
        (
            row["landing_id"],
            row["place"],
            fields.of(tx, visit, child, found.source, currency | row, reads),
        )
        for row in rows
    ]
    return Lines(child.name, found.nested[child.name], shown)


def _changes(visit: Reader, table: RecordTable, versions: list[Version]) -> list[Change]:
    """The newest first."""
    found: list[Change] = []
    before: Mapping[str, Any] | None = None
    for version in versions:
        after = version.record._asdict()
        found.append(Change(version, _changed(visit, table, before, after)))
        before = after
    return found[::-1]


def _changed(
    visit: Reader, table: RecordTable, before: Mapping[str, Any] | None, after: Mapping[str, Any]
) -> list[tuple[str, str, str]]:
    if before is None:
        return []

    def said(record: Mapping[str, Any], name: str) -> str:
        return fields.text(visit, table.fields[name], record[name], str(record.get("currency") or ""))

    return [
        (name, said(before, name), said(after, name))
        for name in table.fields
        if name != "version" and before[name] != after[name]
    ]
