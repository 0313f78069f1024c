"""`$filter` to a tree, with 1C's precedence: `gt ge lt le` bind tighter than `eq ne`, then `and`, `or`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from simulator.errors import ODataError, QueryFailed
from simulator.literals import Literal, from_token


@dataclass(frozen=True, slots=True)
class Name:
    name: str


@dataclass(frozen=True, slots=True)
class Member:
    base: Node
    name: str


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Unary:
    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary:
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Lambda:
    """`Товары/any(d: d/Цена gt 10)`; an `any` without arguments has no body."""

    collection: Node
    quantifier: str
    variable: str = ""
    body: Node | None = None


Node = Literal | Name | Member | Call | Unary | Binary | Lambda

_LEVELS: tuple[tuple[str, ...], ...] = (
    ("or",),
    ("and",),
    ("eq", "ne"),
    ("gt", "ge", "lt", "le"),
    ("add", "sub"),
    ("mul", "div"),
)
_WORDS = {word for level in _LEVELS for word in level} | {"not"}
_TOKENS = re.compile(
    r"\s*(?:(?P<guid>guid'[^']*')|(?P<date>datetime'[^']*')|(?P<string>'(?:[^']|'')*')"
    r"|(?P<number>\d+(?:\.\d+)?(?![\w.]))|(?P<bool>(?:true|false)\b)"
    r"|(?P<name>[^\W\d]\w*)|(?P<mark>[(),:/-])|(?P<plus>\+))"
)


def parse(text: str, option: str = "$filter") -> Node:
    parser = _Parser(_tokens(text, option), text, option)
    tree = parser.expression()
    if parser.kind != "end":
        raise parser.failure()
    return tree


def _refusal(option: str, text: str, where: int) -> ODataError:
    return ODataError(
        14, f"Ошибка при разборе опции запроса {option}: синтаксическая ошибка в позиции {where + 1}: {text}"
    )


def _tokens(text: str, option: str) -> list[tuple[str, str, int]]:
    """Tokens with their places. 1C does not read `+` as a space and lets the database refuse it."""
    found = []
    place = 0
    while text[place:].strip():
        match = _TOKENS.match(text, place)
        if not match:
            raise _refusal(option, text, place)
        if match.lastgroup == "plus":
            raise QueryFailed('{(1, 1)}: Операция не разрешена в предложении "ГДЕ"')
        found.append((str(match.lastgroup), match[0].strip(), match.start()))
        place = match.end()
    return [*found, ("end", "", place)]


class _Parser:
    def __init__(self, tokens: list[tuple[str, str, int]], text: str, option: str) -> None:
        self._tokens = tokens
        self._at = 0
        self._text = text
        self._option = option

    @property
    def kind(self) -> str:
        return self._tokens[self._at][0]

    @property
    def word(self) -> str:
        return self._tokens[self._at][1]

    def failure(self) -> ODataError:
        return _refusal(self._option, self._text, self._tokens[self._at][2])

    def _next(self) -> str:
        word = self.word
        self._at += 1
        return word

    def _expect(self, mark: str) -> None:
        if self.word != mark or self.kind != "mark":
            raise self.failure()
        self._at += 1

    def _accept(self, mark: str) -> bool:
        found = self.kind == "mark" and self.word == mark
        self._at += found
        return found

    def expression(self, level: int = 0) -> Node:
        if level == len(_LEVELS):
            return self._unary()
        left = self.expression(level + 1)
        while self.kind == "name" and self.word in _LEVELS[level]:
            operator = self._next()
            left = Binary(operator, left, self.expression(level + 1))
        return left

    def _unary(self) -> Node:
        if self.kind == "name" and self.word == "not":
            self._at += 1
            return Unary("not", self._unary())
        if self._accept("-"):
            return Unary("-", self._unary())
        return self._path(self._primary())

    def _primary(self) -> Node:
        if self._accept("("):
            inside = self.expression()
            self._expect(")")
            return inside
        if self.kind in ("guid", "date", "string", "number", "bool"):
            return from_token(self.kind, self._next())
        if self.kind != "name" or self.word in _WORDS:
            raise self.failure()
        name = self._next()
        return Call(name, self._arguments(self.expression)) if self._accept("(") else Name(name)

    def _arguments(self, one: Callable[[], Node]) -> tuple[Node, ...]:
        if self._accept(")"):
            return ()
        found = [one()]
        while self._accept(","):
            found.append(one())
        self._expect(")")
        return tuple(found)

    def _path(self, base: Node) -> Node:
        while self._accept("/"):
            if self.kind != "name":
                raise self.failure()
            name = self._next()
            if name in ("any", "all") and self._accept("("):
                base = self._lambda(base, name)
            else:
                base = Member(base, name)
        return base

    def _lambda(self, collection: Node, quantifier: str) -> Node:
        if self._accept(")"):
            if quantifier == "all":
                raise self.failure()
            return Lambda(collection, quantifier)
        variable = self._next()
        self._expect(":")
        body = self.expression()
        self._expect(")")
        return Lambda(collection, quantifier, variable, body)
