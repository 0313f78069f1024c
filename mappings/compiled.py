"""The one loop that applies a declaration, compiled once per entity into a function over whole pages.

Interpreting readers per row and field is what makes loaders slow; here a declaration becomes one
expression per record, as `dataclasses` and `attrs` do for `__init__`. `source` shows the text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from mappings.entity import Entity, Fields, Rows
from mappings.readers import Reader
from mappings.values import Context, Unreadable
from schemas.records import RecordTable

Attribute = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record that could not be mapped: which, where in its page, which field and why."""

    record_id: str
    place: int
    field: str
    paths: tuple[str, ...]
    reason: str
    hint: str


@dataclass(frozen=True, slots=True)
class Mapped:
    """Rows by table name, each `(*record, landing_id, place)`, and what was refused."""

    rows: dict[str, list[tuple[Any, ...]]]
    refused: list[Refusal]


@dataclass(frozen=True, slots=True)
class Mapper:
    """A compiled declaration. `map_page(rows, landing_id)` takes (place, decoded row) pairs of one page."""

    entity: Entity
    context: Context
    source: str
    _loop: Callable[..., None]
    _attribute: Attribute

    def map_page(self, rows: Iterable[tuple[int, Any]], landing_id: int) -> Mapped:
        tables = [self.entity.table.name, *(part.table.name for part in self.entity.rows)]
        mapped = Mapped({name: [] for name in tables}, [])
        self._loop(rows, landing_id, *(mapped.rows[name] for name in tables), mapped.refused, self._refusal)
        return mapped

    def _refusal(self, row: Any, place: int, cause: Unreadable) -> Refusal:
        """Find the field that cannot be read, by reading one after the other."""
        key = next(iter(self.entity.fields.values())).reads[0].name
        record_id = str(getattr(row, self._attribute(key), ""))
        for name, reader, line in self._every_field(row):
            try:
                _read(reader, self.context, row, line, self._attribute)
            except Unreadable as error:
                paths = tuple(wire.name for wire in reader.reads)
                return Refusal(record_id, place, name, paths, error.reason, error.hint)
        return Refusal(record_id, place, "", (), cause.reason, cause.hint)

    def _every_field(self, row: Any) -> Iterable[tuple[str, Reader, Any]]:
        for name, reader in self.entity.fields.items():
            yield f"{self.entity.name}.{name}", reader, row
        for part in self.entity.rows:
            for line in getattr(row, self._attribute(part.part)):
                for name, reader in part.fields.items():
                    yield f"{part.table.name}.{name}", reader, line


def _read(reader: Reader, context: Context, row: Any, line: Any, attribute: Attribute) -> Any:
    given = [
        getattr(row if place in reader.of_parent else line, attribute(wire.name))
        for place, wire in enumerate(reader.reads)
    ]
    if reader.convert is None:
        return given[0]
    return reader.convert(context, *given) if reader.in_context else reader.convert(*given)


def compile_entity(entity: Entity, context: Context, attribute: Attribute = str) -> Mapper:
    """Compile a declaration; `attribute` turns a wire name into the decoded row's attribute."""
    names: dict[str, Any] = {"context": context, "Unreadable": Unreadable}
    head = _expression(entity.table, entity.fields, "row", names, attribute)
    lists = [f"part{number}" for number in range(len(entity.rows))]
    body = [f"            main = ({head} landing_id, place)"]
    for name, part in zip(lists, entity.rows, strict=True):
        body.append(f"            {name} = {_comprehension(part, names, attribute)}")
    outputs = ", ".join(["main_out", *(f"{name}_out" for name in lists)])
    keep = [f"        {name}_out.extend({name})" for name in lists]
    source = "\n".join(
        [
            f"def loop(rows, landing_id, {outputs}, refused, refusal):",
            "    for place, row in rows:",
            "        try:",
            *body,
            "        except Unreadable as error:",
            "            refused.append(refusal(row, place, error))",
            "            continue",
            "        main_out.append(main)",
            *keep,
        ]
    )
    exec(compile(source, f"<mapping {entity.name}>", "exec"), names)  # noqa: S102
    return Mapper(entity, context, source, names["loop"], attribute)


def _comprehension(part: Rows, names: dict[str, Any], attribute: Attribute) -> str:
    record = _expression(part.table, part.fields, "line", names, attribute)
    condition = f" if {_call(part.where, 'line', names, attribute)}" if part.where else ""
    return f"[({record} landing_id, place) for line in row.{attribute(part.part)}{condition}]"


def _expression(
    table: RecordTable, fields: Fields, variable: str, names: dict[str, Any], attribute: Attribute
) -> str:
    """The record's values in column order, whatever the order of the declaration."""
    return "".join(f"{_call(fields[name], variable, names, attribute)}, " for name in table.fields)


def _call(reader: Reader, variable: str, names: dict[str, Any], attribute: Attribute) -> str:
    given = [
        f"{'row' if place in reader.of_parent else variable}.{attribute(wire.name)}"
        for place, wire in enumerate(reader.reads)
    ]
    if reader.convert is None:
        return given[0]
    function = f"f{len(names)}"
    names[function] = reader.convert
    return f"{function}({', '.join((['context'] if reader.in_context else []) + given)})"
