"""The path part of an address, from the service root on."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.errors import ODataError
from simulator.literals import Literal, parse


@dataclass(frozen=True, slots=True)
class Segment:
    name: str
    arguments: str | None = None  # what stands in brackets

    def named(self) -> dict[str, Literal]:
        """Arguments as `Name=literal` pairs; a single key may stand without its name, as ''."""
        found = {}
        for piece in split(self.arguments or "", ","):
            name, equals, value = piece.partition("=")
            if equals and name.strip().isidentifier():
                found[name.strip()] = parse(value)
            elif piece.strip():
                found[""] = parse(piece)
        return found


def segments(path: str) -> list[Segment]:
    return [_segment(piece) for piece in split(path, "/") if piece]


def _segment(piece: str) -> Segment:
    name, bracket, rest = piece.partition("(")
    if not bracket:
        return Segment(piece)
    if not rest.endswith(")"):
        raise ODataError(6, f"Сегмент пути {piece} не найден!")
    return Segment(name, rest[:-1])


def split(text: str, separator: str) -> list[str]:
    """Split outside quotes and brackets."""
    pieces, start, depth, quoted = [], 0, 0, False
    for place, mark in enumerate(text):
        if mark == "'":
            quoted = not quoted
        elif quoted:
            continue
        elif mark in "()":
            depth += 1 if mark == "(" else -1
        elif mark == separator and depth == 0:
            pieces.append(text[start:place])
            start = place + 1
    return [*pieces, text[start:]]
