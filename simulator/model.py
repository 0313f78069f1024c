"""The words a configuration is written in: catalogues, documents, registers and their fields.

Names are the configuration's own (Cyrillic), without the wire's suffixes: a reference
``Контрагент`` travels as ``Контрагент_Key``, a composite ``Заказ`` as ``Заказ`` + ``Заказ_Type``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

FieldType = Literal[
    "string",  # Edm.String; length 0 = unlimited; fixed=True pads with spaces to length
    "number",  # Edm.Double on the wire, an exact decimal in the base
    "int16",  # Edm.Int16, a JSON number
    "int64",  # Edm.Int64, a JSON string
    "date",  # Edm.DateTime, naive wall clock of the base
    "bool",
    "ref",  # one target: `<name>_Key` Edm.Guid, and a navigation property if the target is published
    "enum",  # Edm.String, a member name or ""
    "composite",  # several targets: `<name>` Edm.String + `<name>_Type`
]


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    type: FieldType
    targets: tuple[str, ...] = ()  # entity sets (ref, composite) or one enumeration (enum)
    length: int = 0
    fixed: bool = False
    digits: int = 2  # decimal places kept for "number"
    folders: Literal["items", "both", "folders"] = "both"  # who has it in a hierarchical catalogue


@dataclass(frozen=True, slots=True)
class Part:
    """A tabular section: rows that live and die with their object."""

    name: str
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Catalog:
    name: str
    fields: tuple[Field, ...]
    parts: tuple[Part, ...] = ()
    code: Field | None = None
    owners: tuple[str, ...] = ()  # one: Owner_Key; several: Owner + Owner_Type
    hierarchy: Literal["", "items", "folders"] = ""  # "items": Parent_Key; "folders": and IsFolder
    prefix: str = "Catalog"  # or "ChartOfCharacteristicTypes", "ExchangePlan"


@dataclass(frozen=True, slots=True)
class Document:
    name: str
    fields: tuple[Field, ...]
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class AccumulationRegister:
    name: str
    dimensions: tuple[Field, ...]
    resources: tuple[Field, ...]
    attributes: tuple[Field, ...] = ()
    recorders: tuple[str, ...] = ()  # entity sets of documents
    turnover_only: bool = False


@dataclass(frozen=True, slots=True)
class InformationRegister:
    name: str
    dimensions: tuple[Field, ...]
    resources: tuple[Field, ...]
    attributes: tuple[Field, ...] = ()
    recorders: tuple[str, ...] = ()  # empty: independent
    periodic: bool = True


@dataclass(frozen=True, slots=True)
class Enumeration:
    name: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExchangePlan:
    """What is registered for other nodes when it changes, published or not."""

    name: str
    own_code: str  # of the node that stands for this base
    members: frozenset[str]  # entity sets: objects, and registers subordinate to a recorder

    @property
    def entity_set(self) -> str:
        return f"ExchangePlan_{self.name}"


@dataclass(frozen=True, slots=True)
class Configuration:
    """Everything a base consists of; only `published` sets are visible through OData."""

    catalogs: tuple[Catalog, ...]
    documents: tuple[Document, ...]
    accumulation_registers: tuple[AccumulationRegister, ...]
    information_registers: tuple[InformationRegister, ...]
    enumerations: tuple[Enumeration, ...]
    unpublished: frozenset[str] = field(default_factory=frozenset)
    exchange_plan: ExchangePlan | None = None


def text(name: str, length: int = 0, *, fixed: bool = False, folders: str = "both") -> Field:
    return Field(name, "string", length=length, fixed=fixed, folders=folders)  # type: ignore[arg-type]


def number(name: str, digits: int = 2) -> Field:
    return Field(name, "number", digits=digits)


def int64(name: str) -> Field:
    return Field(name, "int64")


def date(name: str) -> Field:
    return Field(name, "date")


def flag(name: str, *, folders: str = "both") -> Field:
    return Field(name, "bool", folders=folders)  # type: ignore[arg-type]


def ref(name: str, target: str, *, folders: str = "both") -> Field:
    return Field(name, "ref", (target,), folders=folders)  # type: ignore[arg-type]


def enum(name: str, enumeration: str, *, folders: str = "both") -> Field:
    return Field(name, "enum", (enumeration,), folders=folders)  # type: ignore[arg-type]


def composite(name: str, *targets: str) -> Field:
    return Field(name, "composite", targets)
