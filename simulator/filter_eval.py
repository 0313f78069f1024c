"""A filter's tree to a predicate over rows, refusing what 1C refuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from simulator.edm import NAMESPACE, Edm, EntityType, Property
from simulator.errors import ODataError, QueryFailed, not_comparable, segment_not_found
from simulator.filter_functions import FUNCTIONS, REFUSED, UNITS
from simulator.filter_parser import Binary, Call, Lambda, Member, Name, Node, Unary
from simulator.filter_terms import PRIMITIVES, Lookup, Row, Term, both, cast, equality, isof, require
from simulator.literals import Literal

_KINDS = {
    "string": "string",
    "guid": "guid",
    "double": "number",
    "int64": "number",
    "int16": "number",
    "datetime": "date",
    "bool": "bool",
}


@dataclass(frozen=True, slots=True)
class Scope:
    """What names mean in one filter."""

    edm: Edm
    type: EntityType
    properties: tuple[Property, ...]
    lookup: Lookup

    def compile(self, tree: Node) -> Callable[[Row], bool]:
        term = _Compiler(self).term(tree)
        if term.kind != "bool":
            raise ODataError(14, "Ошибка при разборе опции запроса $filter: выражение не является условием")
        get = term.get
        return lambda row: get(row) is True

    def value(self, tree: Node) -> Term:
        """A sort key or any other single value."""
        return _Compiler(self).term(tree)


class _Compiler:
    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._variables: dict[str, Term] = {}

    def term(self, node: Node) -> Term:
        if isinstance(node, Literal):
            value = node.value
            return Term(node.kind, lambda _row: value)
        if isinstance(node, Name):
            if node.name in self._variables:
                return self._variables[node.name]
            return self._property(node.name, self._scope.properties, lambda row: row)
        if isinstance(node, Member):
            return self._member(self.term(node.base), node.name)
        if isinstance(node, Call):
            return self._call(node)
        if isinstance(node, Unary):
            return self._unary(node)
        if isinstance(node, Lambda):
            return self._lambda(node)
        return self._binary(node)

    def _property(
        self, name: str, properties: Sequence[Property], row_of: Callable[[Row], Row | None]
    ) -> Term:
        for one in properties:
            if one.name == name:
                return self._own(one, row_of)
            if one.targets and one.kind == "guid" and one.navigation == name:
                return self._reference(one, row_of)
        raise segment_not_found(name)

    def _own(self, one: Property, row_of: Callable[[Row], Row | None]) -> Term:
        name = one.name
        if one.kind == "type":
            raise QueryFailed(f'{{(1, 1)}}: Поле не найдено "{name}"')
        if one.kind == "part":
            return Term("collection", _field(row_of, name), properties=one.rows)
        if one.kind == "composite":
            type_of = _field(row_of, f"{name}_Type")
            text_of = _field(row_of, name)
            recorder = name == "Recorder"
            return Term("composite", lambda row: (type_of(row), text_of(row)), recorder=recorder)
        return Term(_KINDS[one.kind], _field(row_of, name))

    def _reference(self, one: Property, row_of: Callable[[Row], Row | None]) -> Term:
        target = self._scope.edm.published(one.targets[0])
        if target is None:
            raise segment_not_found(one.navigation)
        key_of = _field(row_of, one.name)
        type_name = f"{NAMESPACE}.{target.name}"
        return Term("ref", lambda row: (type_name, key_of(row)), target=target)

    def _member(self, base: Term, name: str) -> Term:
        if base.kind == "row":
            return self._property(name, base.properties, base.get)
        if base.kind != "ref" or base.target is None:
            raise ODataError(14, f"Ошибка при разборе опции запроса $filter: недопустимый путь {name}")
        target, lookup, reference = base.target, self._scope.lookup, base.get

        def row_of(row: Row) -> Row | None:
            found = reference(row)
            return lookup(target, found[1]) if found else None

        return self._property(name, target.properties, row_of)

    def _lambda(self, node: Lambda) -> Term:
        collection = self.term(node.collection)
        if collection.kind != "collection":
            raise ODataError(14, "Ошибка при разборе опции запроса $filter: ожидается коллекция")
        rows_of = collection.get
        if node.body is None:
            return Term("bool", lambda row: bool(rows_of(row)))
        current: list[Row] = [{}]
        self._variables[node.variable] = Term("row", lambda _row: current[0], collection.properties)
        body = self.term(node.body).get
        del self._variables[node.variable]
        quantify = any if node.quantifier == "any" else all

        def holds(row: Row, one: Row) -> bool:
            current[0] = one
            return body(row) is True

        return Term("bool", lambda row: quantify(holds(row, one) for one in rows_of(row) or ()))

    def _unary(self, node: Unary) -> Term:
        term = self.term(node.operand)
        get = term.get
        if node.operator == "not":
            require(term, "bool")
            return Term("bool", lambda row: None if (v := get(row)) is None else not v)
        require(term, "number")
        return Term("number", lambda row: None if (v := get(row)) is None else -v)

    def _binary(self, node: Binary) -> Term:
        if node.operator == "and" and _over_record_set(node.left) and _over_record_set(node.right):
            raise QueryFailed("Произошла внутренняя ошибка OData сервиса")
        left, right = self.term(node.left), self.term(node.right)
        if node.operator in ("and", "or"):
            require(left, "bool")
            require(right, "bool")
            return Term("bool", _junction(node.operator, left.get, right.get))
        if node.operator in ("eq", "ne"):
            return Term("bool", equality(left, right, negative=node.operator == "ne"))
        if node.operator in _ORDER:
            if left.kind != right.kind or left.kind not in ("string", "number", "date"):
                raise not_comparable()
            return Term("bool", both(left.get, right.get, _ORDER[node.operator]))
        require(left, "number")
        require(right, "number")
        return Term("number", both(left.get, right.get, _ARITHMETIC[node.operator]))

    def _call(self, node: Call) -> Term:
        if node.name in ("cast", "isof"):
            return self._typed(node)
        if node.name in REFUSED:
            raise ODataError(21, f"Функция {node.name} не реализована")
        function = FUNCTIONS.get(node.name)
        if function is None:
            raise ODataError(14, f"Ошибка при разборе опции запроса $filter: неизвестная функция {node.name}")
        terms = [self.term(one) for one in node.arguments]
        if tuple(t.kind for t in terms) not in function.takes:
            raise ODataError(21, f"Неверное количество или тип аргументов функции {node.name}")
        if node.name in ("dateadd", "datedifference"):
            unit = node.arguments[1 if node.name == "dateadd" else 2]
            if not isinstance(unit, Literal) or unit.value not in UNITS:
                raise ODataError(21, f"Неверное значение аргумента функции {node.name}")
        call, gets = function.call, [t.get for t in terms]

        def get(row: Row) -> Any:
            values = [one(row) for one in gets]
            return None if None in values else call(*values)

        return Term(function.gives, get)

    def _typed(self, node: Call) -> Term:
        if len(node.arguments) != 2 or not isinstance(kind := node.arguments[1], Literal):
            raise ODataError(21, f"Неверное количество или тип аргументов функции {node.name}")
        term = self.term(node.arguments[0])
        target = self._scope.edm.types.get(str(kind.value))
        if kind.kind != "string" or (target is None and kind.value not in PRIMITIVES):
            raise ODataError(14, f"Ошибка при разборе опции запроса $filter: неизвестный тип {kind.value}")
        make = isof if node.name == "isof" else cast
        return make(term, self._scope.edm, str(kind.value), target)


def _field(row_of: Callable[[Row], Row | None], name: str) -> Callable[[Row], Any]:
    return lambda row: None if (own := row_of(row)) is None else own[name]


def _over_record_set(node: Node) -> bool:
    return isinstance(node, Lambda) and node.collection == Name("RecordSet")


def _junction(operator: str, left: Callable[[Row], Any], right: Callable[[Row], Any]) -> Callable[[Row], Any]:
    if operator == "and":
        return lambda row: left(row) is True and right(row) is True
    return lambda row: left(row) is True or right(row) is True


_ORDER: Mapping[str, Callable[[Any, Any], bool]] = {
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
}

_ARITHMETIC: Mapping[str, Callable[[Any, Any], Any]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: None if b == 0 else Decimal(a) / b,
}
