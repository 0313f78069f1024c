"""Values in a filter: their kinds, and what 1C lets be compared with what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from simulator.codec import plain_text
from simulator.edm import Edm, EntityType, Property
from simulator.errors import not_comparable

Row = Mapping[str, Any]
Lookup = Callable[[EntityType, str], Row | None]
PRIMITIVES = {"String": "string", "Number": "number", "Boolean": "bool", "Date": "date"}
_EDM_OF = {"string": "Edm.String", "number": "Edm.Double", "bool": "Edm.Boolean", "date": "Edm.DateTime"}


@dataclass(frozen=True, slots=True)
class Term:
    """A compiled expression. A reference's value is (type, guid), a composite's (type, text)."""

    kind: str  # string number bool date guid ref composite collection row
    get: Callable[[Row], Any]
    properties: tuple[Property, ...] = ()  # of a row or a collection's rows
    target: EntityType | None = None  # of a reference
    recorder: bool = False


def require(term: Term, kind: str) -> None:
    if term.kind != kind:
        raise not_comparable()


def both(
    left: Callable[[Row], Any], right: Callable[[Row], Any], operation: Callable[[Any, Any], Any]
) -> Callable[[Row], Any]:
    def get(row: Row) -> Any:
        first, second = left(row), right(row)
        return None if first is None or second is None else operation(first, second)

    return get


def equality(left: Term, right: Term, *, negative: bool) -> Callable[[Row], Any]:
    same = _sameness(left, right)
    compare = both(left.get, right.get, same)
    if not negative:
        return compare
    return lambda row: None if (equal := compare(row)) is None else not equal


def _sameness(left: Term, right: Term) -> Callable[[Any, Any], bool]:
    kinds = {left.kind, right.kind}
    if "composite" in kinds and "guid" in kinds:
        if left.recorder or right.recorder:
            raise not_comparable()
        return lambda _a, _b: False  # documented: always empty; `cast` is needed
    if kinds == {"string"}:
        return lambda a, b: bool(a.rstrip(" ") == b.rstrip(" "))
    if len(kinds) == 1 and kinds <= {"number", "bool", "date", "guid", "ref", "composite"}:
        return lambda a, b: bool(a == b)
    if kinds == {"ref", "composite"}:
        return lambda a, b: bool(a == b)
    if kinds == {"ref", "guid"}:
        side = 0 if left.kind == "ref" else 1
        return lambda *pair: bool(pair[side][1] == pair[1 - side])
    if "composite" in kinds and len(kinds - set(_EDM_OF)) == 1:
        side = 0 if left.kind == "composite" else 1
        edm = _EDM_OF[(kinds - {"composite"}).pop()]
        return lambda *pair: bool(pair[side] == (edm, plain_text(pair[1 - side])))
    raise not_comparable()


_READ: Mapping[str, Callable[[str], Any]] = {"number": Decimal, "bool": lambda text: text == "true"}


def isof(term: Term, edm: Edm, name: str, _target: EntityType | None) -> Term:
    if term.kind not in ("composite", "ref"):
        fits = PRIMITIVES.get(name) == term.kind
        return Term("bool", lambda _row: fits)
    wanted = _EDM_OF[PRIMITIVES[name]] if name in PRIMITIVES else edm.type_name(name)
    get = term.get
    return Term("bool", lambda row: get(row)[0] == wanted)


def cast(term: Term, edm: Edm, name: str, target: EntityType | None) -> Term:
    get = term.get
    if target is not None:
        wanted = edm.type_name(name)
        if term.kind == "guid":
            return Term("ref", lambda row: (wanted, get(row)), target=target)
        if term.kind not in ("composite", "ref"):
            raise not_comparable()
        return Term("ref", lambda row: value if (value := get(row))[0] == wanted else None, target=target)
    kind = PRIMITIVES[name]
    if term.kind == kind:
        return term
    if term.kind != "composite":
        raise not_comparable()
    read = _READ.get(kind, str)
    wanted = _EDM_OF[kind]
    return Term(kind, lambda row: read(value[1]) if (value := get(row))[0] == wanted else None)
