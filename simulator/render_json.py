"""JSON at the three metadata levels."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from simulator.addresses import canonical
from simulator.codec import number_text, quoted
from simulator.edm import EDM_TYPES, NAMESPACE, UNDEFINED, ZERO_GUID, EntityType, Property
from simulator.filter_terms import Lookup
from simulator.options import Level
from simulator.presentation import Presenter
from simulator.query import Text
from simulator.selection import PRESENTATION, Selection

_ANNOTATED = ("guid", "datetime", "int64", "int16")


@dataclass(frozen=True, slots=True)
class JsonRenderer:
    root: str  # ends with /odata/standard.odata
    level: Level
    lookup: Lookup
    presenter: Presenter

    def head(self, set_name: str, count: int | None) -> str:
        lines = [] if self.level == "nometadata" else [self._metadata(set_name)]
        if count is not None:
            lines.append(f'"odata.count": "{count}"')
        return "{\n" + ",\n".join([*lines, '"value": ['])

    def _metadata(self, fragment: str) -> str:
        return f'"odata.metadata": {quoted(f"{self.root}/$metadata#{fragment}")}'

    def collection(self, set_name: str, count: int | None, entities: Iterable[str]) -> Iterator[str]:
        yield self.head(set_name, count)
        separator = ""
        for one in entities:
            yield separator + one
            separator = ","
        yield "]\n}"

    def from_texts(self, texts: Iterable[Text]) -> Iterator[str]:
        """Entities whose stored text is already what is asked for."""
        if self.level == "nometadata":
            return ("{\n" + body + "\n}" for body, _ in texts)
        return ("{\n" + body + links + "\n}" for body, links in texts)

    def element(self, selection: Selection, row: Mapping[str, Any]) -> str:
        """A single entity; its properties come in another order each time."""
        lines = self._lines(selection, row)
        random.shuffle(lines)
        head = [] if self.level == "nometadata" else [self._metadata(f"{selection.type.name}/@Element")]
        return "{\n" + ",\n".join([*head, *lines, *self._links(selection, row)]) + "\n}"

    def value(self, one: Property, type_name: str, value: Any) -> str:
        """One property of an entity, on its own."""
        head = [] if self.level == "nometadata" else [self._metadata(type_name)]
        return "{\n" + ",\n".join([*head, f'"value": {self._value(one, value)}']) + "\n}"

    def entity(self, selection: Selection, row: Mapping[str, Any]) -> str:
        return "{\n" + ",\n".join([*self._lines(selection, row), *self._links(selection, row)]) + "\n}"

    def _lines(self, selection: Selection, row: Mapping[str, Any]) -> list[str]:
        lines = self._annotations(selection.type, row) if self.level == "fullmetadata" else []
        owner = _row_type(selection.type)
        for one in selection.properties:
            lines.append(self._property(one, row[one.name], owner))
        for one in selection.presentations:
            text = quoted(self.presenter.of_property(one, row))
            lines.append(f'"{one.navigation}{PRESENTATION}": {text}')
        if selection.own_presentation:
            lines.append(f'"Presentation": {quoted(self.presenter.of_object(selection.type, row))}')
        for name, expansion in selection.expanded.items():
            lines.extend(self._expanded(selection.type, name, expansion.targets, row))
        return lines

    def _annotations(self, type_: EntityType, row: Mapping[str, Any]) -> list[str]:
        if type_.shape == "virtual":
            return []
        address = canonical(type_, row)
        return [
            f'"odata.type": "{NAMESPACE}.{type_.name}"',
            f'"odata.id": {quoted(f"{self.root}/{address}")}',
            f'"odata.editLink": {quoted(address)}',
        ]

    def _property(self, one: Property, value: Any, owner: str) -> str:
        line = f'"{one.name}": {self._value(one, value)}'
        if self.level != "fullmetadata":
            return line
        if one.kind == "part":
            name = owner if one.name == "RecordSet" else f"{owner}_{one.name}"
            return f'"{one.name}@odata.type": "Collection({NAMESPACE}.{name}_RowType)",\n{line}'
        if one.kind in _ANNOTATED and value is not None:
            return f'"{one.name}@odata.type": "{EDM_TYPES[one.kind]}",\n{line}'
        return line

    def _value(self, one: Property, value: Any) -> str:
        if value is None:
            return "0" if one.role == "resource" else "null"
        if one.kind == "part":
            return self._rows(one, value)
        if one.kind in ("double", "int16"):
            return number_text(value)
        if one.kind == "bool":
            return "true" if value else "false"
        return quoted(str(value))

    def _rows(self, part: Property, rows: list[Mapping[str, Any]]) -> str:
        if not rows:
            return "[]"
        made = (",\n".join(self._property(p, row[p.name], "") for p in part.rows) for row in rows)
        return "[\n" + ",\n".join("{\n" + row + "\n}" for row in made) + "\n]"

    def _links(self, selection: Selection, row: Mapping[str, Any]) -> list[str]:
        if not selection.links or self.level == "nometadata":
            return []
        address = canonical(selection.type, row)
        return [
            f'"{name}@navigationLinkUrl": {quoted(f"{address}/{name}")}'
            for name, one in selection.type.by_navigation.items()
            if name in selection.links and points(one, row)
        ]

    def _expanded(
        self, type_: EntityType, name: str, targets: Mapping[str, Selection], row: Mapping[str, Any]
    ) -> Iterator[str]:
        key = f"{name}_Expanded" if name in type_.by_name else name
        selection = pointed(type_.by_navigation[name], targets, row)
        found = self.lookup(selection.type, row[type_.by_navigation[name].name]) if selection else None
        inside = self.entity(selection, found) if selection and found else "null"
        yield f'"{key}": {inside}'


def points(one: Property, row: Mapping[str, Any]) -> bool:
    """Whether a reference is filled with something that has an address."""
    value = row[one.name]
    if one.kind == "composite":
        type_name = row[f"{one.name}_Type"]
        return bool(value) and type_name.startswith(f"{NAMESPACE}.") and type_name != UNDEFINED
    return value is not None and value != ZERO_GUID


def pointed(one: Property, targets: Mapping[str, Selection], row: Mapping[str, Any]) -> Selection | None:
    """The selection for the type a reference really points at."""
    if not points(one, row):
        return None
    if one.kind == "guid":
        return targets.get(one.targets[0])
    return targets.get(row[f"{one.name}_Type"].removeprefix(f"{NAMESPACE}."))


def _row_type(type_: EntityType) -> str:
    return type_.owner if type_.shape == "record" else type_.name
