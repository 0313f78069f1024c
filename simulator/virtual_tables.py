"""Balances, turnovers and slices, aggregated by SQL in exact integers."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import islice
from typing import Any

from simulator.edm import EntityType, Property
from simulator.errors import ODataError, QueryFailed, segment_not_found
from simulator.filter_eval import Scope
from simulator.filter_parser import parse
from simulator.filter_terms import Row
from simulator.literals import Literal
from simulator.literals import parse as parse_literal
from simulator.model import AccumulationRegister, InformationRegister
from simulator.options import Options
from simulator.ordering import arrange, check, parse_order
from simulator.paths import Segment
from simulator.pushdown import ALWAYS, Condition, push
from simulator.query import Query, Reader
from simulator.relations import Relation, relation
from simulator.tables import SCALE, name
from simulator.virtual_types import dimensions, functions, resources, result_type

_ARGUMENTS = {
    "Balance": {"Period", "Condition", "Dimensions"},
    "Turnovers": {"StartPeriod", "EndPeriod", "Condition", "Dimensions"},
    "BalanceAndTurnovers": {"StartPeriod", "EndPeriod", "Condition", "Dimensions"},
    "SliceLast": {"Period", "Condition"},
    "SliceFirst": {"Period", "Condition"},
}


def call(reader: Reader, type_: EntityType, function: Segment, options: Options) -> VirtualQuery | Query:
    """The rows a register's function gives, to be filtered, sorted and paged like any others."""
    source = type_.source
    if function.name in _functions(type_):
        given = _arguments(function, options)
        if isinstance(source, InformationRegister):
            return _slice(reader, type_, function.name, given, options)
        record = reader.edm.types[f"{type_.name}_RecordType"]
        return VirtualQuery(reader, record, function.name, given, options)
    raise ODataError(6, "Метод не найден")


def _functions(type_: EntityType) -> tuple[str, ...]:
    source = type_.source
    if isinstance(source, InformationRegister) and source.periodic and type_.shape in ("rows", "record"):
        return ("SliceLast", "SliceFirst")
    if isinstance(source, AccumulationRegister) and type_.shape == "record_set":
        return functions(source)
    return ()


def _arguments(function: Segment, options: Options) -> dict[str, Any]:
    """Arguments stand in brackets or among the query options, there also without quotes."""
    allowed = _ARGUMENTS[function.name]
    found: dict[str, Any] = {}
    for key, literal in function.named().items():
        if key not in allowed or (literal.kind == "date") != key.endswith("Period"):
            raise ODataError(21, f"Неверное количество или тип аргументов функции {function.name}")
        found[key] = literal.value
    for key in allowed & options.arguments.keys():
        text = options.arguments[key]
        found[key] = _date(text) if key.endswith("Period") else _unquoted(text)
    return found


def _date(text: str) -> str:
    literal: Literal = parse_literal(text)
    if literal.kind != "date":
        raise ODataError(1, f"Не удалось разобрать строку '{text}' как значение типа Edm.DateTime!")
    return str(literal.value)


def _unquoted(text: str) -> str:
    return str(parse_literal(text).value) if text.startswith("'") else text


def _conditions(
    reader: Reader, source: Relation, text: str
) -> tuple[Condition, Callable[[Row], bool] | None]:
    if not text:
        return ALWAYS, None
    tree = parse(text, "Condition")
    type_ = source.type
    predicate = Scope(reader.edm, type_, type_.properties, reader.lookup()).compile(tree)
    pushed = push(tree, source, reader.edm)
    return pushed, None if pushed.exact else predicate


def _slice(
    reader: Reader, type_: EntityType, function: str, given: Mapping[str, Any], options: Options
) -> Query:
    source = relation(reader.base, type_)
    condition, predicate = _conditions(reader, source, given.get("Condition", ""))
    last = function == "SliceLast"
    where, parameters = f"({condition.sql})", condition.parameters
    if "Period" in given:
        where += f' AND "Period" {"<=" if last else ">="} ?'
        parameters += (given["Period"],)
    if predicate is not None:
        rows = Query(reader, type_, Options(), Condition(where, parameters, exact=True)).identified()
        kept = ", ".join(str(identity) for identity, row in rows if predicate(row))
        where, parameters = f"id IN ({kept})", ()
    group = ", ".join(name(p.source) for p in source.stored.properties if p.role == "dimension") or "1"
    edge = "max" if last else "min"
    chosen = f'SELECT id, {edge}("Period") FROM {source.table} WHERE {where} GROUP BY {group}'
    return Query(reader, type_, options, Condition(f"id IN (SELECT id FROM ({chosen}))", parameters, True))


class VirtualQuery:
    """A virtual table of an accumulation register."""

    def __init__(
        self,
        reader: Reader,
        record: EntityType,
        function: str,
        given: Mapping[str, Any],
        options: Options,
    ) -> None:
        self._reader = reader
        self._function = function
        self._given = given
        self._now = reader.base.now().isoformat()
        self._source = relation(reader.base, record)
        grouped = self._dimensions(record)
        whole = result_type(record, function)
        shown = tuple(p for p in whole.properties if p.role == "resource" or p in grouped)
        self._grouped = grouped
        self._receipts = any(p.name == "RecordType" for p in record.properties)
        self._resources = tuple(p for p in shown if p.role == "resource")
        self.type = replace(whole, properties=shown)
        self.options = options
        fields = dimensions(record)
        inside = replace(self._source, type=replace(record, properties=fields))
        self._condition, self._predicate = _conditions(reader, inside, given.get("Condition", ""))

    def _dimensions(self, record: EntityType) -> tuple[Property, ...]:
        every = dimensions(record)
        text = self._given.get("Dimensions", "")
        if not text:
            return every
        wanted = [piece.strip() for piece in text.split(",")]
        for one in wanted:
            if not any(one in (p.name, p.navigation) for p in every if p.kind != "type"):
                raise segment_not_found(one)
        named = {p.name for p in every if p.name in wanted or p.navigation in wanted}
        return tuple(p for p in every if p.name in named or p.name.removesuffix("_Type") in named)

    def count(self) -> int:
        return sum(1 for _ in self._filtered())

    def rows(self) -> Iterator[dict[str, Any]]:
        rows = self._filtered()
        scope = Scope(self._reader.edm, self.type, self.type.properties, self._reader.lookup())
        order = parse_order(self.options.orderby)
        check(order, scope)
        if order:
            rows = iter(arrange(rows, order, scope, lambda row: row))
        top, skip = self.options.top, self.options.skip
        return islice(rows, skip, None if top is None else skip + top)

    def _filtered(self) -> Iterator[dict[str, Any]]:
        rows = self._rows()
        if self.options.filter is None:
            return rows
        scope = Scope(self._reader.edm, self.type, self.type.properties, self._reader.lookup())
        predicate = scope.compile(parse(self.options.filter))
        return (row for row in rows if predicate(row))

    def _rows(self) -> Iterator[dict[str, Any]]:
        """Groups that have something in them; a resource nobody moved is None."""
        if self._predicate is None:
            return (self._row(self._grouped, values) for values in self._aggregated(self._grouped))
        return self._regrouped(self._predicate)

    def _regrouped(self, predicate: Callable[[Row], bool]) -> Iterator[dict[str, Any]]:
        """For a condition SQL cannot test: by all dimensions first, then by the wanted ones."""
        every = dimensions(self._source.type)
        sums: dict[tuple[Any, ...], dict[str, Any]] = {}
        for values in self._aggregated(every):
            row = self._row(every, values)
            if not predicate(row):
                continue
            key = tuple(row[p.name] for p in self._grouped)
            group = sums.setdefault(key, {p.name: row[p.name] for p in self._grouped})
            for one in self._resources:
                group[one.name] = _plus(group.get(one.name), row[one.name])
        return (row for row in sums.values() if any(row[p.name] for p in self._resources))

    def _row(self, grouped: tuple[Property, ...], values: tuple[Any, ...]) -> dict[str, Any]:
        row = {p.name: _value(p, v) for p, v in zip(grouped, values, strict=False)}
        for one, value in zip(self._resources, values[len(grouped) :], strict=True):
            row[one.name] = _value(one, value)
        return row

    def _aggregated(self, grouped: tuple[Property, ...]) -> Iterator[tuple[Any, ...]]:
        where, parameters = self._period()
        sums = [self._sum(p) for p in self._resources]
        columns = [name(p.source) for p in grouped]
        query = (
            f"SELECT {', '.join([*columns, *(sql for sql, _ in sums)])} FROM {self._source.table}"
            f' WHERE "Active" AND {where} AND {self._condition.sql}'
            + (f" GROUP BY {', '.join(columns)}" if columns else "")
        )
        before = tuple(value for _, values in sums for value in values)
        try:
            cursor = self._reader.base.database.connection.execute(
                query, (*before, *parameters, *self._condition.parameters)
            )
            for values in cursor:
                if any(values[len(columns) :]):
                    yield values
        except sqlite3.OperationalError as error:
            raise QueryFailed(f"Переполнение при вычислении итогов: {error}") from error

    def _period(self) -> tuple[str, tuple[str, ...]]:
        """A plain moment means its beginning: movements at exactly `Period` are not in the balance."""
        if self._function == "Balance":
            if "Period" in self._given:
                return '"Period" < ?', (self._given["Period"],)
            return '"Period" <= ?', (self._now,)
        conditions, values = ["1"], []
        if "StartPeriod" in self._given and self._function == "Turnovers":
            conditions.append('"Period" >= ?')
            values.append(self._given["StartPeriod"])
        if "EndPeriod" in self._given:
            conditions.append('"Period" <= ?')
            values.append(self._given["EndPeriod"])
        return " AND ".join(conditions), tuple(values)

    def _sum(self, one: Property) -> tuple[str, tuple[str, ...]]:
        column = name(one.source)
        suffix = one.name.removeprefix(self._shown_name(one))
        signed = column if not self._receipts else f"iif(\"RecordType\" = 'Receipt', {column}, -{column})"
        moved = {
            "Receipt": f"CASE WHEN \"RecordType\" = 'Receipt' THEN {column} END",
            "Expense": f"CASE WHEN \"RecordType\" = 'Expense' THEN {column} END",
        }.get(suffix, signed)
        if self._function != "BalanceAndTurnovers" or suffix == "ClosingBalance":
            return f"sum({moved})", ()
        start = self._given.get("StartPeriod", "")
        side = "<" if suffix == "OpeningBalance" else ">="
        return f'sum(CASE WHEN "Period" {side} ? THEN {moved} END)', (start,)

    def _shown_name(self, one: Property) -> str:
        """A resource's name as this installation shows it, without the virtual table's suffix."""
        return next(p.name for p in resources(self._source.type) if p.source == one.source)


def _value(one: Property, value: Any) -> Any:
    if value is None:
        return None
    if one.kind == "double":
        return Decimal(value) / SCALE
    return bool(value) if one.kind == "bool" else value


def _plus(before: Any, more: Any) -> Any:
    return more if before is None else before if more is None else before + more
