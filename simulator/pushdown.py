"""The part of a filter that SQL can answer, so that the rest is asked of few rows.

A condition is either exact or lets too much through; the compiled filter decides the remainder.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from simulator.codec import number_text, quoted
from simulator.edm import Edm, Property
from simulator.filter_parser import Binary, Call, Lambda, Member, Name, Node, Unary
from simulator.literals import Literal
from simulator.relations import Relation
from simulator.tables import SCALE, name

_OPERATORS = {"eq": "=", "ne": "<>", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
_MIRRORED = {"gt": "lt", "ge": "le", "lt": "gt", "le": "ge"}


@dataclass(frozen=True, slots=True)
class Condition:
    sql: str
    parameters: tuple[Any, ...]
    exact: bool


ALWAYS = Condition("1", (), exact=True)
Properties = Callable[[Node], Property | None]


def push(tree: Node, relation: Relation, edm: Edm) -> Condition:
    """A condition that every row the filter accepts fulfils."""
    pusher = _Pusher(relation, edm, _own(relation))
    return pusher.condition(tree) or Condition("1", (), exact=False)


def _own(relation: Relation) -> Properties:
    by_name = {p.name: p for p in relation.type.properties}
    return lambda node: by_name.get(node.name) if isinstance(node, Name) else None


class _Pusher:
    def __init__(self, relation: Relation, edm: Edm, property_of: Properties) -> None:
        self._relation = relation
        self._edm = edm
        self._property = property_of

    def condition(self, node: Node) -> Condition | None:
        if isinstance(node, Binary) and node.operator in ("and", "or"):
            return self._junction(node)
        if isinstance(node, Binary) and node.operator in _OPERATORS:
            return self._comparison(node)
        if isinstance(node, Unary) and node.operator == "not":
            inside = self.condition(node.operand)
            return (
                Condition(f"NOT ({inside.sql})", inside.parameters, True) if inside and inside.exact else None
            )
        if isinstance(node, Lambda):
            return self._recorded(node)
        return None

    def _junction(self, node: Binary) -> Condition | None:
        left, right = self.condition(node.left), self.condition(node.right)
        if left and right:
            both = f"({left.sql} {node.operator.upper()} {right.sql})"
            return Condition(both, left.parameters + right.parameters, left.exact and right.exact)
        one = left or right
        return Condition(one.sql, one.parameters, exact=False) if one and node.operator == "and" else None

    def _comparison(self, node: Binary) -> Condition | None:
        left, operator, right = node.left, node.operator, node.right
        if isinstance(left, Literal) or _cast_guid(left):
            left, operator, right = right, _MIRRORED.get(operator, operator), left
        one = self._property(left)
        if one is None:
            return None
        if one.kind == "composite":
            return self._composite(one, operator, _cast_guid(right))
        if not isinstance(right, Literal):
            return None
        column = self._relation.column(one)
        if column:
            return self._compared(column, one, operator, right)
        return self._contained(one, right) if operator == "eq" and self._relation.body == "body" else None

    def _compared(self, column: str, one: Property, operator: str, right: Literal) -> Condition | None:
        value = right.value
        if one.kind == "double":
            value = Decimal(value) * SCALE
        if isinstance(value, Decimal):
            if value != int(value):
                return None
            value = int(value)
        column = f"rtrim({column})" if one.kind == "string" else column
        value = value.rstrip(" ") if one.kind == "string" else value
        return Condition(f"{column} {_OPERATORS[operator]} ?", (value,), exact=True)

    def _contained(self, one: Property, right: Literal) -> Condition | None:
        """The finished text of an object holds the line of an equal property."""
        if one.length or (one.kind == "string" and right.value != right.value.rstrip(" ")):
            return None
        line = f'"{one.source}": {_line_text(one, right)}'
        return Condition("instr(body, ?)", (line,), exact=False)

    def _composite(self, one: Property, operator: str, reference: tuple[str, str] | None) -> Condition | None:
        if reference is None or operator != "eq":
            return None
        if self._relation.body == "body":
            return Condition("instr(body, ?)", (f'"{one.source}": "{reference[0]}"',), exact=False)
        sql = f"({name(one.source)} = ? AND {name(one.source + '_Type')} = ?)"
        return Condition(sql, (reference[0], self._edm.type_name(reference[1])), exact=False)

    def _recorded(self, node: Lambda) -> Condition | None:
        """`RecordSet/any(r: ...)`: the recorders of the records that fulfil it."""
        relation = self._relation
        if relation.type.shape != "record_set" or node.quantifier != "any" or node.body is None:
            return None
        if node.collection != Name("RecordSet"):
            return None
        rows = {p.name: p for p in relation.type.by_name["RecordSet"].rows}
        variable = Name(node.variable)

        def of_row(path: Node) -> Property | None:
            return rows.get(path.name) if isinstance(path, Member) and path.base == variable else None

        inside = _Pusher(relation, self._edm, of_row).condition(node.body)
        if inside is None:
            return None
        sql = f"{relation.key} IN (SELECT {relation.key} FROM {relation.table} WHERE {inside.sql})"
        return Condition(sql, inside.parameters, inside.exact)


def _line_text(one: Property, literal: Literal) -> str:
    if literal.kind == "number":
        text = number_text(literal.value)
        return f'"{text}"' if one.kind == "int64" else text
    if literal.kind == "bool":
        return "true" if literal.value else "false"
    return quoted(literal.value)[:-1]  # trailing spaces do not count


def _cast_guid(node: Node) -> tuple[str, str] | None:
    """`cast(guid'..','Document_X')` as (guid, set)."""
    if isinstance(node, Call) and node.name == "cast" and len(node.arguments) == 2:
        value, target = node.arguments
        if isinstance(value, Literal) and value.kind == "guid" and isinstance(target, Literal):
            return value.value, str(target.value)
    return None
