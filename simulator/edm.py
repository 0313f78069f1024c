"""What the wire shows of a configuration: entity types, their properties and references.

Properties stand in the order of JSON collections; `$metadata` has its own order (`metadata.py`).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from simulator.model import (
    AccumulationRegister,
    Catalog,
    Configuration,
    Document,
    Field,
    InformationRegister,
    Part,
)

NAMESPACE = "StandardODATA"
ZERO_GUID = "00000000-0000-0000-0000-000000000000"
EMPTY_DATE = "0001-01-01T00:00:00"
UNDEFINED = f"{NAMESPACE}.Undefined"

Kind = Literal["guid", "string", "double", "int64", "int16", "datetime", "bool", "composite", "type", "part"]
Shape = Literal["object", "part", "record_set", "record", "rows", "virtual"]

EDM_TYPES: Mapping[Kind, str] = {
    "guid": "Edm.Guid",
    "string": "Edm.String",
    "double": "Edm.Double",
    "int64": "Edm.Int64",
    "int16": "Edm.Int16",
    "datetime": "Edm.DateTime",
    "bool": "Edm.Boolean",
    "composite": "Edm.String",
    "type": "Edm.String",
}

_WIRE_KINDS: Mapping[str, Kind] = {
    "string": "string",
    "number": "double",
    "int16": "int16",
    "int64": "int64",
    "date": "datetime",
    "bool": "bool",
    "enum": "string",
}


@dataclass(frozen=True, slots=True)
class Property:
    name: str
    kind: Kind
    stored: str = ""  # the name in the base, where an installation shows another one
    targets: tuple[str, ...] = ()
    length: int = 0  # of a fixed-length string; others are not cut or padded
    digits: int = 2
    folders: Literal["items", "both", "folders"] = "both"
    rows: tuple[Property, ...] = ()
    role: Literal["standard", "dimension", "resource", "attribute", "part"] = "attribute"

    @property
    def source(self) -> str:
        return self.stored or self.name

    @property
    def navigation(self) -> str:
        """The reference's own name: what `$expand`, paths and links use."""
        return self.name.removesuffix("_Key") if self.kind == "guid" else self.name


@dataclass(frozen=True, slots=True)
class EntityType:
    name: str  # of the entity set too: the two are always equal
    shape: Shape
    key: tuple[str, ...]
    properties: tuple[Property, ...]
    source: Catalog | Document | AccumulationRegister | InformationRegister
    owner: str = ""  # the object of a tabular part, the register of a record type
    by_name: Mapping[str, Property] = field(init=False, repr=False, compare=False)
    by_navigation: Mapping[str, Property] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        references = (p for p in self.properties if p.kind in ("guid", "composite") and p.targets)
        object.__setattr__(self, "by_name", {p.name: p for p in self.properties})
        object.__setattr__(self, "by_navigation", {p.navigation: p for p in references})

    @property
    def parts(self) -> tuple[Property, ...]:
        return tuple(p for p in self.properties if p.kind == "part")


def wire_properties(source: Field, role: Literal["dimension", "resource", "attribute"]) -> Iterator[Property]:
    common = {"folders": source.folders, "role": role}
    if source.type == "ref":
        yield Property(f"{source.name}_Key", "guid", targets=source.targets, **common)  # type: ignore[arg-type]
    elif source.type == "composite":
        yield Property(source.name, "composite", targets=source.targets, **common)  # type: ignore[arg-type]
        yield Property(f"{source.name}_Type", "type", **common)  # type: ignore[arg-type]
    else:
        length = source.length if source.fixed else 0
        kind = _WIRE_KINDS[source.type]
        yield Property(source.name, kind, length=length, digits=source.digits, **common)  # type: ignore[arg-type]


def _standard(*pairs: tuple[str, Kind]) -> tuple[Property, ...]:
    return tuple(Property(name, kind, role="standard") for name, kind in pairs)


def _fields(
    fields: tuple[Field, ...], role: Literal["dimension", "resource", "attribute"]
) -> tuple[Property, ...]:
    return tuple(p for one in fields for p in wire_properties(one, role))


def _part_properties(part: Part) -> tuple[Property, ...]:
    return (*_standard(("Ref_Key", "guid"), ("LineNumber", "int64")), *_fields(part.fields, "attribute"))


def _parts(parts: tuple[Part, ...]) -> tuple[Property, ...]:
    return tuple(Property(p.name, "part", rows=_part_properties(p), role="part") for p in parts)


def _catalog(name: str, source: Catalog) -> EntityType:
    head = _standard(("Ref_Key", "guid"), ("DataVersion", "string"), ("DeletionMark", "bool"))
    if len(source.owners) == 1:
        head += (Property("Owner_Key", "guid", targets=source.owners, role="standard"),)
    elif source.owners:
        head += (
            Property("Owner", "composite", targets=source.owners, role="standard"),
            Property("Owner_Type", "type", role="standard"),
        )
    if source.hierarchy:
        head += (Property("Parent_Key", "guid", targets=(name,), role="standard"),)
    if source.hierarchy == "folders":
        head += _standard(("IsFolder", "bool"))
    if source.code:
        head += (
            Property(
                "Code", "string", length=source.code.length if source.code.fixed else 0, role="standard"
            ),
        )
    head += _standard(("Description", "string"))
    tail = (
        ()
        if source.prefix == "ExchangePlan"
        else _standard(("Predefined", "bool"), ("PredefinedDataName", "string"))
    )
    body = (*_fields(source.fields, "attribute"), *_parts(source.parts))
    return EntityType(name, "object", ("Ref_Key",), (*head, *body, *tail), source)


def _document(name: str, source: Document) -> EntityType:
    head = _standard(
        ("Ref_Key", "guid"),
        ("DataVersion", "string"),
        ("DeletionMark", "bool"),
        ("Number", "string"),
        ("Date", "datetime"),
        ("Posted", "bool"),
    )
    body = (*_fields(source.fields, "attribute"), *_parts(source.parts))
    return EntityType(name, "object", ("Ref_Key",), (*head, *body), source)


def _recorder(recorders: tuple[str, ...]) -> tuple[Property, ...]:
    if len(recorders) == 1:
        return (Property("Recorder_Key", "guid", targets=recorders, role="standard"),)
    return (
        Property("Recorder", "composite", targets=recorders, role="standard"),
        Property("Recorder_Type", "type", role="standard"),
    )


def _register(name: str, source: AccumulationRegister | InformationRegister) -> Iterator[EntityType]:
    dimensions = _fields(source.dimensions, "dimension")
    body = (*dimensions, *_fields(source.resources, "resource"), *_fields(source.attributes, "attribute"))
    period = _standard(("Period", "datetime"))
    if not source.recorders:
        head = period if isinstance(source, InformationRegister) and source.periodic else ()
        key = (*(p.name for p in head), *(p.name for p in dimensions))
        yield EntityType(name, "rows", key, (*head, *body), source)
        return
    recorder = _recorder(source.recorders)
    who = tuple(p.name for p in recorder)
    head = (*recorder, *period, *_standard(("LineNumber", "int64"), ("Active", "bool")))
    if isinstance(source, InformationRegister):
        key = (who[0], "Period", *(p.name for p in dimensions), *who[1:])
    else:
        key = (who[0], "LineNumber", *who[1:])
        head += () if source.turnover_only else _standard(("RecordType", "string"))
    row = (*head, *body)
    record_set = Property("RecordSet", "part", rows=row, role="part")
    yield EntityType(name, "record_set", who, (*recorder, record_set), source)
    yield EntityType(f"{name}_RecordType", "record", key, row, source, owner=name)


@dataclass(frozen=True, slots=True)
class View:
    """How one installation differs from the configuration: what it hides, renames and lacks.

    `rename` and `drop` name a field as `<entity set>.<wire name>`; a tabular part's field as
    `<entity set>_<part>.<wire name>`.
    """

    hidden: frozenset[str] = frozenset()
    rename: Mapping[str, str] = field(default_factory=dict)
    drop: frozenset[str] = frozenset()

    def apply(self, owner: str, properties: tuple[Property, ...]) -> tuple[Property, ...]:
        shown = (p for p in properties if f"{owner}.{p.name}" not in self.drop)
        return tuple(self._renamed(owner, p) for p in shown)

    def _renamed(self, owner: str, one: Property) -> Property:
        rows = self.apply(owner if one.name == "RecordSet" else f"{owner}_{one.name}", one.rows)
        name = self.rename.get(f"{owner}.{one.name}", one.name)
        return replace(one, name=name, stored=one.name if name != one.name else "", rows=rows)


class Edm:
    """All entity types of a configuration as one installation shows them."""

    def __init__(self, configuration: Configuration, view: View | None = None) -> None:
        self.configuration = configuration
        self.view = view or View()
        self.types: dict[str, EntityType] = {}
        self.hidden = configuration.unpublished | self.view.hidden
        for built in self._build():
            register = built.owner if built.shape == "record" else built.name
            key = tuple(self.view.rename.get(f"{register}.{k}", k) for k in built.key)
            shown = replace(built, properties=self.view.apply(register, built.properties), key=key)
            self.types[shown.name] = shown
            for part in shown.parts if shown.shape == "object" else ():
                name = f"{shown.name}_{part.name}"
                self.types[name] = EntityType(
                    name, "part", ("Ref_Key", "LineNumber"), part.rows, shown.source, owner=shown.name
                )

    def _build(self) -> Iterator[EntityType]:
        for catalog in self.configuration.catalogs:
            yield _catalog(f"{catalog.prefix}_{catalog.name}", catalog)
        for document in self.configuration.documents:
            yield _document(f"Document_{document.name}", document)
        for information in self.configuration.information_registers:
            yield from _register(f"InformationRegister_{information.name}", information)
        for accumulation in self.configuration.accumulation_registers:
            yield from _register(f"AccumulationRegister_{accumulation.name}", accumulation)

    def published(self, name: str) -> EntityType | None:
        found = self.types.get(name)
        return found if found and not {name, found.owner} & self.hidden else None

    def linked(self, property_: Property) -> bool:
        """Whether a reference has a navigation: only if a target is published too."""
        return any(self.published(target) for target in property_.targets)

    def type_name(self, entity_set: str) -> str:
        """The `_Type` of a composite value: unpublished types show as the configuration object's id."""
        if entity_set.startswith("Edm."):
            return entity_set
        if entity_set in self.types and entity_set not in self.hidden:
            return f"{NAMESPACE}.{entity_set}"
        return unavailable(entity_set)


def unavailable(entity_set: str) -> str:
    return f"UnavailableEntities.UnavailableEntity_{uuid.uuid5(uuid.NAMESPACE_OID, entity_set)}"
