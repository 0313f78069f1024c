"""Records that break every answer they are in, as damaged rows of real bases do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simulator.base import Base
from simulator.edm import EntityType
from simulator.errors import QueryFailed
from simulator.selection import Selection
from simulator.settings import PoisonKind

Row = Mapping[str, Any]
_COMMENT = "Комментарий"


@dataclass(frozen=True, slots=True)
class Poison:
    """By reference, or by `<register>/<recorder>` where movements are meant."""

    marked: Mapping[str, PoisonKind]

    def reaches(self, base: Base, type_: EntityType) -> bool:
        """Whether a set may contain such a record, so that its answers cannot be made of stored text."""
        name = type_.owner or type_.name
        if name not in base.objects:
            return any(mark.startswith(f"{name}/") for mark in self.marked)
        return any(base.read(name, mark) for mark in self.marked if "/" not in mark)

    def shown(self, selection: Selection, row: Row) -> tuple[Row, bool]:
        """A row as it comes out, and whether its text breaks off; an error where it cannot come out.

        What is damaged lies beside the standard properties: a reading of those alone goes through.
        """
        kind = self._kind(selection.type, row)
        if kind is None or _light(selection):
            return row, False
        if kind == "error":
            raise QueryFailed("Произошла внутренняя ошибка OData сервиса")
        if kind == "control":
            return _with_control_character(selection.type, row), False
        return row, True

    def _kind(self, type_: EntityType, row: Row) -> PoisonKind | None:
        if not self.marked or type_.shape in ("rows", "virtual"):
            return None
        ref = row[type_.key[0]]
        if type_.shape in ("object", "part"):
            return self.marked.get(ref)
        return self.marked.get(f"{type_.owner or type_.name}/{ref}")


def _light(selection: Selection) -> bool:
    shown = selection.own_presentation or selection.presentations or selection.expanded
    return not shown and all(one.role == "standard" for one in selection.properties)


def _with_control_character(type_: EntityType, row: Row) -> Row:
    texts = [
        p.name for p in type_.properties if p.kind == "string" and not p.length and p.role == "attribute"
    ]
    if not texts:
        return row
    name = _COMMENT if _COMMENT in texts else texts[0]
    return {**row, name: f"{row[name] or ''}\x02"}


def cut_off(text: str) -> str:
    """Half of it, as a writer leaves it that fails in the middle of a record."""
    return text[: len(text) // 2]
