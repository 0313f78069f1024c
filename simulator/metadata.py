"""`$metadata` in the form a 1C server writes: one schema, repeated names, CRLF and tabs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import quoteattr

from simulator.edm import EDM_TYPES, NAMESPACE, Edm, EntityType, Property
from simulator.model import AccumulationRegister, Catalog, Document, InformationRegister
from simulator.virtual_types import PERIODS, RESULTS, dimensions, functions, resources, suffixes

_EDMX = "http://schemas.microsoft.com/ado/2007/06/edmx"
_META = "http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"
_EDM = "http://schemas.microsoft.com/ado/2009/11/edm"

_QUALIFIERS = (
    (
        "TypeDescription",
        (
            ("Types", "Collection(Edm.String)"),
            ("NumberQualifiers", f"{NAMESPACE}.NumberQualifiers"),
            ("StringQualifiers", f"{NAMESPACE}.StringQualifiers"),
            ("DateQualifiers", f"{NAMESPACE}.DateQualifiers"),
            ("BinaryDataQualifiers", f"{NAMESPACE}.BinaryDataQualifiers"),
        ),
    ),
    (
        "NumberQualifiers",
        (("AllowedSign", "Edm.String"), ("Digits", "Edm.Int16"), ("FractionDigits", "Edm.Int16")),
    ),
    ("StringQualifiers", (("AllowedLength", "Edm.String"), ("Length", "Edm.Int64"))),
    ("DateQualifiers", (("DateFractions", "Edm.String"),)),
    ("BinaryDataQualifiers", (("AllowedLength", "Edm.String"), ("Length", "Edm.Int64"))),
    ("PointInTime", (("Ref", "Edm.String"), ("Date", "Edm.DateTime"))),
)

_ENUMERATIONS = (
    ("AccountType", ("Active", "ActivePassive", "Passive")),
    ("AccountingRecordType", ("Credit", "Debit")),
    ("AccumulationRecordType", ("Expense", "Receipt")),
    ("AllowedSign", ("Any", "Nonnegative")),
    ("AllowedLength", ("Fixed", "Variable")),
    ("DateFractions", ("Date", "DateTime", "Time")),
    ("AllowedLength", ("Fixed", "Variable")),  # twice, as the real one
)

_CATALOG_HEAD = (
    *("Ref_Key", "Predefined", "PredefinedDataName", "DataVersion", "Description", "Code"),
    *("Owner_Key", "Owner", "Parent_Key", "IsFolder", "DeletionMark"),
)
_EXCHANGE_HEAD = ("Ref_Key", "Code", "Description", "DataVersion", "DeletionMark")
_DOCUMENT_HEAD = ("Ref_Key", "DataVersion", "Number", "Date", "DeletionMark", "Posted")

Attributes = tuple[tuple[str, str], ...]


def metadata(edm: Edm) -> str:
    types = [t for t in edm.types.values() if edm.published(t.name)]
    schema = (
        *(_entity_type(edm, t) for t in types),
        *(_complex(name, ((n, t, "false") for n, t in fields)) for name, fields in _QUALIFIERS),
        *(one for t in types for one in _complex_types(t)),
        *(one for t in types for one in _associations(edm, t)),
        *(_enumeration(name, members) for name, members in _ENUMERATIONS),
        *(_enumeration(e.name, e.members) for e in edm.configuration.enumerations),
        _container(types),
    )
    body = _element(2, "Schema", (("xmlns", _EDM), ("Namespace", NAMESPACE)), schema)
    versions = (("xmlns:m", _META), ("m:DataServiceVersion", "3.0"), ("m:MaxDataServiceVersion", "3.0"))
    services = _element(1, "edmx:DataServices", versions, [body])
    root = _element(0, "edmx:Edmx", (("xmlns:edmx", _EDMX), ("Version", "1.0")), [services])
    return f'<?xml version="1.0" encoding="UTF-8"?>\r\n{root}'.rstrip("\r\n")


def _element(depth: int, tag: str, attributes: Attributes, children: Iterable[str] = ()) -> str:
    """One element; every attribute after the first stands on a line of its own."""
    tabs = "\t" * depth
    separator = f"\r\n{tabs}\t\t"
    words = separator.join(f"{name}={quoteattr(value)}" for name, value in attributes)
    head = f"{tabs}<{tag} {words}" if words else f"{tabs}<{tag}"
    inside = "".join(children)
    return f"{head}>\r\n{inside}{tabs}</{tag}>\r\n" if inside else f"{head}/>\r\n"


def _property(name: str, type_: str, nullable: str) -> str:
    return _element(4, "Property", (("Name", name), ("Type", type_), ("Nullable", nullable)))


def _complex(name: str, fields: Iterable[tuple[str, str, str]]) -> str:
    return _element(3, "ComplexType", (("Name", name),), [_property(*one) for one in fields])


def _enumeration(name: str, members: tuple[str, ...]) -> str:
    made = [_element(4, "Member", (("Name", member),)) for member in members]
    return _element(3, "EnumType", (("Name", name), ("UnderlyingType", "Edm.Int32")), made)


def _ordered(type_: EntityType) -> list[Property]:
    """Declaration order of `$metadata`: the standard ones first, dispatching `_Type`s last."""
    head: tuple[str, ...] = ()
    if type_.shape == "object" and isinstance(type_.source, Document):
        head = _DOCUMENT_HEAD
    elif type_.shape == "object" and isinstance(type_.source, Catalog):
        head = _EXCHANGE_HEAD if type_.source.prefix == "ExchangePlan" else _CATALOG_HEAD
    rank = {name: place for place, name in enumerate(head)}
    plain = [p for p in type_.properties if p.kind != "type"]
    plain.sort(key=lambda p: rank.get(p.source, len(rank)) if p.role == "standard" else len(rank))
    return [*plain, *(p for p in type_.properties if p.kind == "type")]


def _fields(type_: EntityType, properties: Iterable[Property]) -> Iterator[tuple[str, str, str]]:
    register = type_.owner if type_.shape == "record" else type_.name
    for one in properties:
        required = one.name in type_.key or one.name == "RecordSet"
        if one.kind == "part":
            part = register if one.name == "RecordSet" else f"{register}_{one.name}"
            kind = f"Collection({NAMESPACE}.{part}_RowType)"
        else:
            kind = EDM_TYPES[one.kind]
        yield one.name, kind, "false" if required else "true"


def _entity_type(edm: Edm, type_: EntityType) -> str:
    dynamic = any(p.kind == "composite" and edm.linked(p) for p in type_.properties)
    attributes: Attributes = (("Name", type_.name), *((("OpenType", "true"),) if dynamic else ()))
    key = [_element(5, "PropertyRef", (("Name", name),)) for name in type_.key]
    links = [
        _element(
            4,
            "NavigationProperty",
            (
                ("Name", one.navigation),
                ("Relationship", f"{NAMESPACE}.{type_.name}_{one.navigation}"),
                ("FromRole", "Begin"),
                ("ToRole", "End"),
            ),
        )
        for one in _navigable(edm, type_)
    ]
    properties = [_property(*one) for one in _fields(type_, _ordered(type_))]
    return _element(3, "EntityType", attributes, [_element(4, "Key", (), key), *properties, *links])


def _navigable(edm: Edm, type_: EntityType) -> Iterator[Property]:
    if type_.shape != "record_set":
        yield from (p for p in type_.properties if p.kind == "guid" and edm.linked(p))


def _complex_types(type_: EntityType) -> Iterator[str]:
    if type_.shape in ("part", "record"):
        name = type_.owner if type_.shape == "record" else type_.name
        yield _complex(f"{name}_RowType", _fields(type_, _ordered(type_)))
    if type_.shape == "record" and isinstance(type_.source, AccumulationRegister):
        yield from (_virtual(type_, type_.source, function) for function in functions(type_.source))


def _virtual(record: EntityType, register: AccumulationRegister, function: str) -> str:
    plain = [p for p in dimensions(record) if p.kind != "type"]
    types = [p for p in dimensions(record) if p.kind == "type"]
    fields = [(p.name, EDM_TYPES[p.kind], "true") for p in plain]
    if function != "Balance":
        fields += [(period, "Edm.DateTime", "true") for period in PERIODS]
        recorder = record.properties[0]
        fields += [(recorder.name, EDM_TYPES[recorder.kind], "true"), ("LineNumber", "Edm.Int64", "true")]
        types += [p for p in record.properties if p.name == "Recorder_Type"]
    for one in resources(record):
        fields += [(f"{one.name}{s}", EDM_TYPES[one.kind], "true") for s in suffixes(register, function)]
    fields += [(p.name, "Edm.String", "true") for p in types]
    return _complex(f"{record.owner}_{RESULTS[function]}", fields)


def _associations(edm: Edm, type_: EntityType) -> Iterator[str]:
    for one in _navigable(edm, type_):
        ends = [
            _element(4, "End", (("Role", role), ("Type", f"{NAMESPACE}.{end}"), ("Multiplicity", how_many)))
            for role, end, how_many in (("Begin", type_.name, "*"), ("End", one.targets[0], "0..1"))
        ]
        yield _element(3, "Association", (("Name", f"{type_.name}_{one.navigation}"),), ends)


def _container(types: list[EntityType]) -> str:
    sets = [
        _element(4, "EntitySet", (("Name", t.name), ("EntityType", f"{NAMESPACE}.{t.name}"))) for t in types
    ]
    attributes = (("Name", "EnterpriseV8"), ("m:IsDefaultEntityContainer", "true"))
    imports = [one for t in types for one in _function_imports(t)]
    return _element(3, "EntityContainer", attributes, [*sets, *imports])


_PARAMETERS = {
    "Balance": ("Condition", "Dimensions", "Period"),
    "Turnovers": ("Condition", "Dimensions", "EndPeriod", "StartPeriod"),
    "BalanceAndTurnovers": ("Condition", "Dimensions", "EndPeriod", "StartPeriod"),
    "SliceLast": ("Condition", "Period"),
    "SliceFirst": ("Condition", "Period"),
}


def _function_imports(type_: EntityType) -> Iterator[str]:
    source = type_.source
    if type_.shape == "object" and isinstance(source, Document):
        for name in ("Post", "Unpost"):
            yield _import(name, type_.name, "", (("PostingModeOperational", "Edm.Boolean"),))
    elif type_.shape == "record_set" and isinstance(source, AccumulationRegister):
        for name in functions(source):
            yield _import(name, type_.name, f"{type_.name}_{RESULTS[name]}", _typed(name))
    elif isinstance(source, InformationRegister) and source.periodic and type_.shape in ("rows", "record"):
        for name in ("SliceLast", "SliceFirst"):
            yield _import(name, type_.name, type_.name, _typed(name))


def _typed(function: str) -> Attributes:
    return tuple(
        (name, "Edm.DateTime" if name.endswith("Period") else "Edm.String") for name in _PARAMETERS[function]
    )


def _import(name: str, binding: str, result: str, parameters: Attributes) -> str:
    attributes: Attributes = (
        ("Name", name),
        ("IsBindable", "true"),
        ("IsSideEffecting", "false" if result else "true"),
    )
    if result:
        attributes += (("ReturnType", f"Collection({NAMESPACE}.{result})"),)
    every = (("bindingParameter", f"{NAMESPACE}.{binding}"), *parameters)
    made = [_element(5, "Parameter", (("Name", n), ("Type", t))) for n, t in every]
    return _element(4, "FunctionImport", attributes, made)
