"""Texts that 1C shows instead of values: `X____Presentation` and `Presentation`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from simulator.base import Base
from simulator.codec import plain_text
from simulator.edm import EMPTY_DATE, NAMESPACE, EntityType, Property


class Presenter:
    def __init__(self, base: Base) -> None:
        self._base = base
        self._known: dict[tuple[str, str], str] = {}

    def of_object(self, type_: EntityType, row: Mapping[str, Any]) -> str:
        return self._reference(type_.name, row["Ref_Key"]) if type_.shape == "object" else ""

    def of_property(self, one: Property, row: Mapping[str, Any]) -> str:
        value = row[one.name]
        return _OF.get(one.kind, _plain)(self, one, value, row) if value is not None else ""

    def _reference(self, entity_set: str, ref: str) -> str:
        table = self._base.objects.get(entity_set)
        if table is None or not ref:
            return ""
        if (entity_set, ref) not in self._known:
            self._base.settle(table)
            query = f"SELECT shown FROM {table.table} WHERE ref = ?"
            found = self._base.database.connection.execute(query, (ref,)).fetchone()
            self._known[entity_set, ref] = found[0] if found else ""
        return self._known[entity_set, ref]

    def guid(self, one: Property, value: Any, _row: Mapping[str, Any]) -> str:
        return self._reference(one.targets[0], value) if one.targets else str(value)

    def composite(self, one: Property, value: Any, row: Mapping[str, Any]) -> str:
        type_name = str(row[f"{one.name}_Type"])
        prefix = f"{NAMESPACE}."
        return (
            self._reference(type_name.removeprefix(prefix), value) if type_name.startswith(prefix) else value
        )


def _plain(_presenter: Presenter, one: Property, value: Any, _row: Mapping[str, Any]) -> str:
    if one.kind == "bool":
        return "Да" if value else "Нет"
    if one.kind == "datetime":
        return (
            ""
            if value == EMPTY_DATE
            else f"{value[8:10]}.{value[5:7]}.{value[:4]} {int(value[11:13])}{value[13:]}"
        )
    return plain_text(value)


_OF: Mapping[str, Callable[[Presenter, Property, Any, Mapping[str, Any]], str]] = {
    "guid": Presenter.guid,
    "composite": Presenter.composite,
}
