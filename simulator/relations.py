"""Entity sets as SQL: where their text lies, and which of their properties SQL can test and sort."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from simulator.base import Base
from simulator.edm import Edm, EntityType, Property
from simulator.errors import ODataError, segment_not_found
from simulator.filter_parser import Member, Name, Node
from simulator.tables import ObjectTable, RegisterTable, literal, name, row_text, value_of


@dataclass(frozen=True, slots=True)
class Relation:
    """One entity set of the base; `shape` tells which columns its table has."""

    type: EntityType  # as the installation shows it
    stored: EntityType  # as the base keeps it
    table: str
    body: str  # SQL expressions
    links: str
    key: str  # the column a single entity is found by; of a register, its recorder
    column: Callable[[Property], str | None]  # exact and typed, to compare in SQL


def relation(base: Base, type_: EntityType) -> Relation:
    stored = base.edm.types[type_.name]
    if type_.shape in ("object", "part"):
        table = base.objects[type_.owner or type_.name]
        base.settle(table)
        return Relation(type_, stored, table.table, "body", "links", "ref", _object_column)
    register = base.registers[type_.owner or type_.name]
    base.settle(register)
    links = _record_links(register, base.edm) if type_.shape != "record_set" else "''"
    recorder = name(register.recorder) if register.recorder else ""
    return Relation(
        type_, stored, register.table, row_text(register.type.properties), links, recorder, _record_column
    )


def _object_column(one: Property) -> str | None:
    if one.role != "standard":
        return None
    return {"Ref_Key": "ref", "Date": "moment"}.get(one.source)


def _record_column(one: Property) -> str | None:
    return None if one.kind in ("composite", "type", "part") else name(one.source)


def _record_links(register: RegisterTable, stored: Edm) -> str:
    """Navigation links of single records, as SQL: only for references that are not empty."""
    type_ = register.type
    keys = [f"'{k}=' || {_key_value(type_.by_name[k])}" for k in type_.key]
    address = f"{literal(type_.name + '(')} || " + " || ', ' || ".join(keys) + " || ')/'"
    lines = ["''"]
    for one in type_.properties:
        if not stored.linked(one):
            continue
        link = literal(f',\n"{one.navigation}@navigationLinkUrl": "')
        column = name(one.source)
        filled = f"{column} NOT IN ('', '00000000-0000-0000-0000-000000000000')"
        if one.kind == "composite":
            filled += f" AND {name(one.source + '_Type')} LIKE 'StandardODATA.%'"
        lines.append(
            f"CASE WHEN {filled} THEN {link} || {address} || {literal(one.navigation + chr(34))} ELSE '' END"
        )
    return " || ".join(lines)


def _key_value(one: Property) -> str:
    column = name(one.source)
    if one.kind == "guid":
        return f"'guid''' || {column} || ''''"
    if one.kind == "datetime":
        return f"'datetime''' || {column} || ''''"
    if one.kind in ("string", "composite", "type"):
        return f"'''' || replace({column}, '''', '''''') || ''''"
    return value_of(column, one) if one.kind == "double" else f"{column}"


class SortKeys:
    """`$orderby` paths as SQL expressions. A reference is sorted by what it shows, never by its guid."""

    def __init__(self, base: Base, edm: Edm) -> None:
        self._base = base
        self._edm = edm

    def of(self, found: Relation, path: Node) -> str:
        names = _names(path)
        return self._of(found.type, found.table, names, register=found.type.shape in ("record", "rows"))

    def _of(self, type_: EntityType, table: str, names: list[str], *, register: bool) -> str:
        head, rest = names[0], names[1:]
        one = type_.by_name.get(head)
        if one is not None and not rest:
            value = _value(one, table, register=register)
            return self._shown(one, value) if one.kind in ("guid", "composite") else value
        one = type_.by_navigation.get(head)
        target = self._edm.published(one.targets[0]) if one and one.kind == "guid" else None
        if one is None or target is None:
            raise segment_not_found(head)
        key = _value(one, table, register=register)
        inner = self._base.objects[target.name]
        self._base.settle(inner)
        alias = name(f"{table.strip(chr(34))}>{head}")
        value = self._of(target, alias, rest, register=False) if rest else f"{alias}.shown"
        return f"(SELECT {value} FROM {inner.table} AS {alias} WHERE {alias}.ref = {key})"

    def _shown(self, one: Property, key: str) -> str:
        if one.name == "Ref_Key" and one.role == "standard":
            return key.rpartition(".")[0] + ".shown"
        tables: list[ObjectTable] = [self._base.objects[t] for t in one.targets if t in self._base.objects]
        self._base.settle(*tables)
        shown = (f"(SELECT s.shown FROM {t.table} AS s WHERE s.ref = {key})" for t in tables)
        return f"coalesce({', '.join((*shown, key))})" if tables else key


def _names(path: Node) -> list[str]:
    if isinstance(path, Name):
        return [path.name]
    if isinstance(path, Member):
        return [*_names(path.base), path.name]
    raise ODataError(14, "Ошибка при разборе опции запроса $orderby")


def _value(one: Property, table: str, *, register: bool) -> str:
    if register:
        return f"{table}.{name(one.source)}"
    column = _object_column(one)
    if column:
        return f"{table}.{column}"
    if one.kind == "part":
        raise ODataError(14, "Ошибка при разборе опции запроса $orderby: упорядочивание по коллекции")
    value = f"json_extract('{{' || {table}.body || '}}', {literal('$.' + name(one.source))})"
    return f"CAST({value} AS INTEGER)" if one.kind == "int64" else value
