"""Where the company's objects go: gathered in batches, so that memory stays flat at any size."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from simulator.base import Base

Progress = Callable[[int, int], None]
Records = Sequence[Mapping[str, Any]]

_OBJECTS = 1_000
_RECORD_SETS = 2_000


class Book:
    __slots__ = ("_base", "_objects", "_progress", "_sets", "_total", "documents")

    def __init__(self, base: Base, total: int, progress: Progress | None) -> None:
        self._base = base
        self._total = total
        self._progress = progress
        self._objects: dict[str, list[Mapping[str, Any]]] = {}
        self._sets: dict[str, list[tuple[str, str, Records]]] = {}
        self.documents = 0

    def put(self, entity_set: str, entity: Mapping[str, Any]) -> None:
        batch = self._objects.setdefault(entity_set, [])
        batch.append(entity)
        if len(batch) >= _OBJECTS:
            self._write(entity_set)

    def put_document(self, entity_set: str, document: Mapping[str, Any]) -> None:
        self.documents += 1
        self.put(entity_set, document)

    def put_large_document(self, entity_set: str, document: Mapping[str, Any]) -> None:
        """One with thousands of lines, not worth keeping until a batch is full."""
        self.documents += 1
        self._base.write(entity_set, [document])

    def put_records(self, register: str, recorder: str, recorder_type: str, records: Records) -> None:
        """The movements of one document in one register; `recorder_type` is its entity set."""
        batch = self._sets.setdefault(register, [])
        batch.append((recorder, recorder_type, records))
        if len(batch) >= _RECORD_SETS:
            self._write_sets(register)

    def put_rows(self, register: str, rows: Records) -> None:
        self._base.write_rows(register, rows)

    def close(self) -> None:
        """Write what is still held; only then is the work reported as done."""
        for entity_set in list(self._objects):
            self._write(entity_set)
        for register in list(self._sets):
            self._write_sets(register)
        if self._progress is not None:
            self._progress(self._total, self._total)

    def _write(self, entity_set: str) -> None:
        self._base.write(entity_set, self._objects.pop(entity_set))
        if self._progress is not None:
            self._progress(min(self.documents, self._total - 1), self._total)

    def _write_sets(self, register: str) -> None:
        self._base.write_record_sets(register, self._sets.pop(register))
