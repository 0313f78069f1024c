"""What a declaration is: an accounting record on one side, a site record on the other."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from mappings.readers import Reader, constant
from mappings.totals import Totals
from schemas import TABLES
from schemas.errors import ConfigurationError
from schemas.print_forms import FORMS, PrintForm
from schemas.records import RecordTable
from schemas.settings import Family
from schemas.source import SourceSet, WireField, WireRow

Fields = Mapping[str, Reader]


def _matched(table: RecordTable, fields: Fields, where: str) -> None:
    missing, unknown = table.fields.keys() - fields.keys(), fields.keys() - table.fields.keys()
    if missing or unknown:
        raise TypeError(f"{where}: missing {sorted(missing)}, unknown {sorted(unknown)}")


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a tabular part that become records of their own; `where` keeps only some of them."""

    table: RecordTable
    part: str
    fields: Fields
    where: Reader | None = None

    def readers(self) -> Iterator[Reader]:
        yield from self.fields.values()
        if self.where:
            yield self.where


@dataclass(frozen=True, slots=True)
class Entity:
    """One kind of accounting record and the site record it becomes. A new kind is a value of this type.

    With `period` (a source field) it is read in windows, and `period_field` is the record's field of the
    same meaning; a virtual table (`Register/Function`) as it is now, in one answer; all else by pages in
    `order_by`. `needs` names entities that must be mapped before it. A base may do without an `optional` one:
    where it is not published, or not for the hub's user, the rest is read all the same.
    Movements with `totals` are compared with what their register says they sum to. `prints` gives the accounting
    system's own names of the forms it prints these documents on.
    """

    name: str
    title: str
    family: Family
    source: str
    table: RecordTable
    fields: Fields
    rows: tuple[Rows, ...] = ()
    period: str | None = None
    period_field: str | None = None
    order_by: tuple[str, ...] = ()
    condition: str = ""
    needs: tuple[str, ...] = field(default_factory=tuple)
    totals: Totals | None = None
    optional: bool = False
    prints: Mapping[PrintForm, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _matched(self.table, self.fields, self.name)
        for rows in self.rows:
            _matched(rows.table, rows.fields, f"{self.name}.{rows.part}")
        if self.totals and (unknown := self.totals.resources.keys() - self.table.fields.keys()):
            raise TypeError(f"{self.name}: totals of unknown {sorted(unknown)}")
        if strange := self.prints.keys() - set(FORMS.get(self.name, ())):
            raise TypeError(f"{self.name}: prints unknown forms {sorted(strange)}")

    @property
    def source_set(self) -> SourceSet:
        """What the connector is asked for: exactly the properties the readers name."""
        head = [wire for reader in self.fields.values() if not reader.part for wire in reader.reads]
        parts: dict[str, list[WireField]] = {
            reader.reads[0].name: list(reader.part.fields) for reader in self.fields.values() if reader.part
        }
        for rows in self.rows:
            own = parts.setdefault(rows.part, [])
            for reader in rows.readers():
                for place, wire in enumerate(reader.reads):
                    (head if place in reader.of_parent else own).append(wire)
        return SourceSet(
            self.source,
            WireRow(_merged(head), tuple((part, WireRow(_merged(own))) for part, own in parts.items())),
            self.period,
            self.order_by,
            self.condition,
            self._key_on_the_wire if self.is_virtual else ("Ref_Key",),
        )

    @property
    def is_virtual(self) -> bool:
        """Whether every reading is of the whole as it is now: there are no records to count or to ask for by key."""
        return "/" in self.source

    @property
    def _key_on_the_wire(self) -> tuple[str, ...]:
        return tuple(wire.name for name in self.table.key for wire in self.fields[name].reads)

    @property
    def digest(self) -> str:
        """Names this declaration: two that would map alike have the same digest."""
        lines = [self.source, self.table.name, *_described("", self.fields)]
        for rows in self.rows:
            where = {"where": rows.where} if rows.where else {}
            lines += [f"{rows.part}>{rows.table.name}", *_described(rows.part, {**rows.fields, **where})]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]

    def paths(self) -> Iterator[tuple[str, str, tuple[str, ...]]]:
        """Give (table, site field, source paths) for lineage, drift checks and the docs."""
        for name, reader in self.fields.items():
            reads = reader.part.fields if reader.part else reader.reads
            prefix = f"{reader.reads[0].name}/" if reader.part else ""
            yield self.table.name, name, tuple(prefix + wire.name for wire in reads)
        for rows in self.rows:
            for name, reader in rows.fields.items():
                yield (
                    rows.table.name,
                    name,
                    tuple(
                        wire.name if place in reader.of_parent else f"{rows.part}/{wire.name}"
                        for place, wire in enumerate(reader.reads)
                    ),
                )

    def renamed(self, names: Mapping[str, str]) -> Entity:
        """Read this installation's fields: {"Catalog_X.Поле": "ЕгоПоле"}; "" where it has no such field.

        An optional set may be another one here: {"Register_X/Balance": "Register_Y/Balance"}; "" reads none.
        """
        here = self._source_here(names)
        own = {
            path.removeprefix(f"{self.source}."): new
            for path, new in names.items()
            if path.startswith(f"{self.source}.")
        }
        if not own:
            return replace(self, source=here)
        known = {path.replace("/", ".") for _, _, paths in self.paths() for path in paths}
        if unknown := own.keys() - known:
            raise ConfigurationError(
                f"the mapping {self.name} reads no field {', '.join(sorted(unknown))} of {self.source}",
                hint="Correct [fields] in the source's settings; docs/mappings.md lists what is read.",
            )
        fields = {name: _renamed(self.name, name, reader, own, "") for name, reader in self.fields.items()}
        rows = tuple(
            replace(
                part,
                fields={
                    name: _renamed(self.name, name, reader, own, f"{part.part}.")
                    for name, reader in part.fields.items()
                },
            )
            for part in self.rows
        )
        return replace(
            self, source=here, fields=fields, rows=rows, totals=self.totals and self.totals.renamed(own)
        )

    def _source_here(self, names: Mapping[str, str]) -> str:
        here = names.get(self.source, self.source)
        alike = self.optional and (not here or ("/" in here) == self.is_virtual)
        if here != self.source and not alike:
            raise ConfigurationError(
                f"the mapping {self.name} cannot read {here or 'nothing'} in place of {self.source}",
                hint="Correct [fields] in the source's settings; docs/settings.md tells which may have another name.",
            )
        return here


def _merged(wires: list[WireField]) -> tuple[WireField, ...]:
    """One field per name; nullable if any reader can take null."""
    merged: dict[str, WireField] = {}
    for wire in wires:
        known = merged.setdefault(wire.name, wire)
        if known.type != wire.type:
            raise TypeError(f"{wire.name} is read both as {known.type} and as {wire.type}")
        if wire.nullable:
            merged[wire.name] = wire
    return tuple(merged.values())


def _described(part: str, fields: Fields) -> Iterator[str]:
    for name, reader in fields.items():
        reads = ",".join(wire.name for wire in reader.reads)
        yield f"{part}.{name}={reader.kind}({reads};{reader.options})"


def _renamed(entity: str, name: str, reader: Reader, names: Mapping[str, str], prefix: str) -> Reader:
    absent = [wire.name for wire in reader.reads if names.get(prefix + wire.name) == ""]
    if absent and reader.absent is ...:
        raise ConfigurationError(
            f"the mapping {entity}.{name} cannot do without {absent[0]}",
            hint="Give the field's name on this installation in [fields] of the source's settings.",
        )
    if absent:
        return constant(reader.absent)  # type: ignore[arg-type]
    reads = tuple(replace(wire, name=names.get(prefix + wire.name, wire.name)) for wire in reader.reads)
    return replace(reader, reads=reads)


def table(name: str) -> RecordTable:
    return TABLES[name]
