"""From what a client sent to what the base keeps: parsed, cut, ignored or refused as 1C does it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from simulator import literals
from simulator.codec import plain_text
from simulator.edm import EMPTY_DATE, NAMESPACE, UNDEFINED, ZERO_GUID, Edm, EntityType, Property
from simulator.errors import ODataError
from simulator.model import AccumulationRegister, Field, InformationRegister

Row = dict[str, Any]
LENGTHS = {"Number": 11, "Description": 150}
_BIND = "@odata.bind"
_ADDRESS = re.compile(r"(?:.*/)?(?P<set>\w+)\(guid'(?P<ref>[^']*)'\)")
_GIVEN_BY_THE_BASE = ("DataVersion", "Predefined", "PredefinedDataName")
_INTERNAL = "Произошла внутренняя ошибка OData сервиса"


@dataclass(frozen=True, slots=True)
class Shape:
    """What the declaration says beyond the wire: lengths of strings, members of enumerations."""

    lengths: Mapping[tuple[str, str], int]  # by tabular part ("": the object itself) and name in the base
    enumerations: Mapping[tuple[str, str], str]


def shape(type_: EntityType) -> Shape:
    source = type_.source
    if isinstance(source, AccumulationRegister | InformationRegister):
        raise TypeError(f"{type_.name} is not an object")
    declared: list[tuple[str, Field]] = [("", one) for one in source.fields]
    declared += [(part.name, one) for part in source.parts for one in part.fields]
    lengths = {("", name): length for name, length in LENGTHS.items()}
    if (code := getattr(source, "code", None)) is not None:
        lengths["", "Code"] = code.length
    lengths |= {(part, one.name): one.length for part, one in declared if one.length}
    enums = {(part, one.name): one.targets[0] for part, one in declared if one.type == "enum"}
    return Shape(lengths, enums)


class Values:
    """Reads bodies for one entity type as an installation shows it."""

    def __init__(self, type_: EntityType, edm: Edm) -> None:
        self._type = type_
        self._edm = edm
        self._shape = shape(edm.types[type_.name])
        self._members = {one.name: frozenset(one.members) for one in edm.configuration.enumerations}

    def read(self, body: Mapping[str, Any]) -> Row:
        """By names of the base; what is unknown here, or is the base's to give, is left out without a word."""
        return self._row(self._type.properties, body, "")

    def missing(self, body: Mapping[str, Any]) -> list[str]:
        """Attributes and parts of the configuration that a whole object would have brought."""
        bound = {name.removesuffix(_BIND) for name in body if name.endswith(_BIND)}
        own = (p for p in self._type.properties if p.role != "standard")
        return [p.name for p in own if p.name not in body and p.navigation not in bound]

    def _row(self, properties: Sequence[Property], body: Mapping[str, Any], part: str) -> Row:
        row: Row = {}
        for one in properties:
            if one.source in _GIVEN_BY_THE_BASE:
                continue
            if (bound := body.get(one.navigation + _BIND)) is not None and one.targets:
                row |= self._bound(one, bound)
            elif one.name in body and one.kind == "composite":
                row |= self._composite(one, body, properties)
            elif one.name in body and one.kind != "type":
                row[one.source] = self._value(one, body[one.name], part)
        return row

    def _value(self, one: Property, value: Any, part: str) -> Any:
        if one.kind == "part":
            return self._rows(one, value)
        if isinstance(value, list | dict):
            raise ODataError(-1, _INTERNAL)
        if one.kind == "string":
            return self._text(one, value, part)
        return _EMPTY[one.kind] if value is None else _PARSERS[one.kind](one, value)

    def _text(self, one: Property, value: Any, part: str) -> str:
        """Cut to the attribute's length without a word; of an enumeration only a member."""
        text = "" if value is None else plain_text(value)
        enumeration = self._shape.enumerations.get((part, one.source))
        if enumeration is not None:
            if text and text not in self._members[enumeration]:
                raise unreadable(text, f"{NAMESPACE}.{enumeration}")
            return text
        return text[: self._shape.lengths.get((part, one.source)) or None]

    def _rows(self, part: Property, value: Any) -> list[Row]:
        if value is None:
            return []
        if not isinstance(value, list) or any(not isinstance(row, dict) for row in value):
            raise ODataError(-1, _INTERNAL)
        return list(self._numbered(part, value))

    def _numbered(self, part: Property, rows: list[Mapping[str, Any]]) -> Iterator[Row]:
        """Each row brings its number, and they run 1..n."""
        for place, row in enumerate(rows, 1):
            if row.get("LineNumber") is None:
                raise ODataError(-1, _INTERNAL)
            made = self._row(part.rows, row, part.source)
            if made["LineNumber"] != place:
                raise ODataError(4, f"Неверное значение свойства LineNumber табличной части {part.name}!")
            made.pop("Ref_Key", None)
            yield made

    def _bound(self, one: Property, address: Any) -> Row:
        found = _ADDRESS.fullmatch(address) if isinstance(address, str) else None
        if found is None:
            raise ODataError(1, f"Не удалось разобрать строку '{address}'!")
        if found["set"] not in one.targets:
            raise ODataError(8, f"Тип сущности {found['set']} не найден!")
        ref = literals.guid(found["ref"]).value
        if one.kind == "guid":
            return {one.source: ref}
        return {one.source: ref, f"{one.source}_Type": f"{NAMESPACE}.{found['set']}"}

    def _composite(self, one: Property, body: Mapping[str, Any], properties: Sequence[Property]) -> Row:
        """A value counts only with its type; without one it is Undefined."""
        shown = next(p.name for p in properties if p.source == f"{one.source}_Type")
        type_name, value = body.get(shown), body[one.name]
        if isinstance(value, list | dict):
            raise ODataError(-1, _INTERNAL)
        if not type_name or type_name == UNDEFINED or value is None:
            return {one.source: "", f"{one.source}_Type": UNDEFINED}
        target = str(type_name).removeprefix(f"{NAMESPACE}.")
        if target not in one.targets:
            raise ODataError(8, f"Тип сущности {type_name} не найден!")
        if not target.startswith("Edm."):
            value = literals.guid(str(value)).value
        return {one.source: value, f"{one.source}_Type": type_name}


def unreadable(text: str, type_name: str) -> ODataError:
    return ODataError(1, f"Не удалось разобрать строку '{text}' как значение типа {type_name}!")


def _flag(_: Property, value: Any) -> bool:
    if value is True or value == "true":
        return True
    if value is False or value == "false":
        return False
    raise unreadable(plain_text(value), "Edm.Boolean")


def _decimal(value: Any) -> Decimal:
    """Text that is no number silently becomes 0."""
    try:
        found = Decimal(plain_text(value))
    except InvalidOperation:
        return Decimal()
    return found if found.is_finite() else Decimal()


def _number(one: Property, value: Any) -> Decimal:
    return _decimal(value).quantize(Decimal(1).scaleb(-one.digits), ROUND_HALF_UP)


_PARSERS: Mapping[str, Callable[[Property, Any], Any]] = {
    "guid": lambda _, value: literals.guid(plain_text(value)).value,
    "datetime": lambda _, value: literals.date(plain_text(value)).value,
    "bool": _flag,
    "double": _number,
    "int64": lambda _, value: int(_decimal(value)),
    "int16": lambda _, value: int(_decimal(value)),
}
_EMPTY: Mapping[str, Any] = {
    "guid": ZERO_GUID,
    "datetime": EMPTY_DATE,
    "bool": False,
    "double": Decimal(),
    "int64": 0,
    "int16": 0,
}
