"""`$orderby`: its parts, and sorting where SQL cannot do it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from simulator.errors import ODataError
from simulator.filter_eval import Scope
from simulator.filter_parser import Member, Name, Node, parse
from simulator.filter_terms import Row
from simulator.paths import split

Order = tuple[tuple[Node, bool], ...]  # an expression, and whether it descends
Item = TypeVar("Item")


def parse_order(option: str | None) -> Order:
    keys = []
    for piece in split(option or "", ","):
        text, _, way = piece.strip().rpartition(" ")
        if way not in ("asc", "desc"):
            text, way = piece.strip(), "asc"
        if text:
            keys.append((parse(text.strip(), "$orderby"), way == "desc"))
    return tuple(keys)


def check(order: Order, scope: Scope) -> None:
    for expression, _ in order:
        if scope.value(expression).kind == "collection":
            raise ODataError(14, "Ошибка при разборе опции запроса $orderby: упорядочивание по коллекции")


def is_path(node: Node) -> bool:
    """Whether SQL can sort by it: `Контрагент/ИНН`, and no function."""
    return isinstance(node, Name) or (isinstance(node, Member) and is_path(node.base))


def arrange(
    items: Iterable[Item],
    order: Order,
    scope: Scope,
    row_of: Callable[[Item], Row],
    shown_of: Callable[[Item], Any] | None = None,
) -> list[Item]:
    """Sort in memory; ties in no particular order. `shown_of` is what a Ref_Key sorts by."""
    found = list(items)
    random.shuffle(found)
    for expression, down in reversed(order):
        if shown_of is not None and expression == Name("Ref_Key"):
            found.sort(key=shown_of, reverse=down)
        else:
            found.sort(key=_key(scope.value(expression).get, row_of), reverse=down)
    return found


def _key(get: Callable[[Row], Any], row_of: Callable[[Item], Row]) -> Callable[[Item], tuple[bool, Any]]:
    def key(item: Item) -> tuple[bool, Any]:
        value = get(row_of(item))
        return value is not None, value

    return key
