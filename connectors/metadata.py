"""What a base publishes: `$metadata` of v2, v3 and v4 read in one streaming pass.

1C's document is not valid by its own rules: function names repeat (only the binding parameter tells them
apart) and the enumeration AllowedLength is declared twice. Both are taken as they are.
"""

from __future__ import annotations

import hashlib
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
from lxml import etree

from schemas.errors import SourceContractError

CACHE_FORMAT = "1"  # part of the file name: raise it when a struct below changes


class Property(msgspec.Struct, frozen=True, gc=False):
    """`type` without its namespace: `Edm.String`, `Collection(Document_X_Товары_RowType)`."""

    type: str
    nullable: bool


class Type(msgspec.Struct, frozen=True):
    """An entity or complex type. `navigation` leads to names of other types."""

    fields: dict[str, Property]
    key: tuple[str, ...] = ()
    base: str = ""
    navigation: dict[str, str] = {}


class Function(msgspec.Struct, frozen=True):
    """A function or action. `binding` is the type it is called on, "" for an unbound one."""

    name: str
    binding: str
    parameters: dict[str, str]
    returns: str
    has_side_effects: bool


class Metadata(msgspec.Struct, frozen=True):
    """`sets` gives the type name of each entity set; `digest` is the SHA-256 of the document."""

    digest: str
    types: dict[str, Type]
    sets: dict[str, str]
    functions: tuple[Function, ...]

    def fields(self, name: str) -> dict[str, Property]:
        """Fields of an entity set, or of a virtual table written as `Register/Function`; {} if unknown."""
        entity_set, _, function = name.partition("/")
        if function:
            found = self.function(entity_set, function)
            return self._all_fields(inner(found.returns)) if found else {}
        return self._all_fields(self.sets.get(name, ""))

    def part(self, fields: dict[str, Property], name: str) -> dict[str, Property]:
        """Fields of the rows of a tabular part."""
        return self._all_fields(inner(fields[name].type)) if name in fields else {}

    def function(self, entity_set: str, name: str) -> Function | None:
        """The function of that name that belongs to this set."""
        binding = self.sets.get(entity_set, entity_set)
        return next((f for f in self.functions if f.name == name and inner(f.binding) == binding), None)

    def _all_fields(self, type_name: str) -> dict[str, Property]:
        found = self.types.get(type_name)
        if found is None:
            return {}
        own = found.fields | {name: Property(target, True) for name, target in found.navigation.items()}
        return self._all_fields(found.base) | own if found.base else own


def inner(type_name: str) -> str:
    return type_name.removeprefix("Collection(").removesuffix(")")


def read(document: bytes, cache: Path | None = None) -> Metadata:
    """Read a `$metadata` document, from `cache` if the same one was read before.

    Errors: SourceContractError where it is no EDMX document.
    """
    digest = hashlib.sha256(document).hexdigest()
    kept = cache / f"metadata-{CACHE_FORMAT}-{digest}.msgpack" if cache else None
    if kept and kept.exists():
        try:
            return msgspec.msgpack.decode(kept.read_bytes(), type=Metadata)
        except msgspec.MsgspecError:
            kept.unlink(missing_ok=True)
    metadata = parse(document, digest)
    if kept:
        kept.parent.mkdir(parents=True, exist_ok=True)
        unfinished = kept.with_suffix(f".{id(metadata):x}")
        unfinished.write_bytes(msgspec.msgpack.encode(metadata))
        unfinished.replace(kept)
    return metadata


def parse(document: bytes, digest: str = "") -> Metadata:
    types: dict[str, Type] = {}
    sets: dict[str, str] = {}
    functions: list[Function] = []
    try:
        for element in _elements(document):
            match etree.QName(element).localname:
                case "EntityType" | "ComplexType":
                    types[element.get("Name", "")] = _type(element)
                case "EntitySet":
                    sets[element.get("Name", "")] = _bare(element.get("EntityType", ""))
                case "FunctionImport" | "Function" | "Action" if element.get("Function") is None:
                    functions.append(_function(element))
    except etree.XMLSyntaxError as error:
        raise _not_metadata(document) from error
    if not types:
        raise _not_metadata(document)
    return Metadata(digest, types, sets, tuple(functions))


WANTED = ("EntityType", "ComplexType", "EntitySet", "FunctionImport", "Function", "Action")


def _elements(document: bytes) -> Any:
    """Each wanted element once it is complete; what was read is thrown away, so memory stays flat."""
    events = etree.iterparse(
        BytesIO(document), events=("end",), tag=[f"{{*}}{name}" for name in WANTED],
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True,
    )  # fmt: skip
    for _, element in events:
        yield element
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def _type(element: Any) -> Type:
    fields: dict[str, Property] = {}
    navigation: dict[str, str] = {}
    key: list[str] = []
    for child in element.iter("{*}Property", "{*}PropertyRef", "{*}NavigationProperty"):
        name = child.get("Name", "")
        match etree.QName(child).localname:
            case "Property":
                fields[name] = Property(
                    _bare(child.get("Type", "")), child.get("Nullable", "true") != "false"
                )
            case "PropertyRef":
                key.append(name)
            case _:
                navigation[name] = _bare(child.get("Type", child.get("ToRole", "")))
    return Type(fields, tuple(key), _bare(element.get("BaseType", "")), navigation)


def _function(element: Any) -> Function:
    parameters = {
        child.get("Name", ""): _bare(child.get("Type", "")) for child in element.iter("{*}Parameter")
    }
    bound = element.get("IsBindable") == "true" or element.get("IsBound") == "true"
    binding = parameters.pop(next(iter(parameters))) if bound and parameters else ""
    returned = element.find("{*}ReturnType")
    returns = element.get("ReturnType", "") if returned is None else returned.get("Type", "")
    changes = element.get("IsSideEffecting") == "true" or etree.QName(element).localname == "Action"
    return Function(element.get("Name", ""), binding, parameters, _bare(returns), changes)


def _bare(name: str) -> str:
    """A type name without its namespace; `Edm.` stays, it tells plain values from records."""
    if name.startswith("Collection("):
        return f"Collection({_bare(inner(name))})"
    return name if name.startswith("Edm.") else name.rpartition(".")[2]


def _not_metadata(document: bytes) -> SourceContractError:
    return SourceContractError(
        "the metadata document cannot be read",
        hint="open base_url/$metadata in a browser; an exception there means a broken OData composition",
        received=document,
    )  # fmt: skip
