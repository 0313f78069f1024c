"""Single entities: from a key in the address to a condition on the base."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.codec import number_text
from simulator.edm import EntityType, Property
from simulator.errors import ODataError
from simulator.literals import Literal
from simulator.paths import Segment
from simulator.pushdown import Condition
from simulator.tables import SCALE, name

_KINDS = {"guid": "guid", "datetime": "date", "bool": "bool"}


def key(type_: EntityType, segment: Segment) -> dict[str, Literal]:
    given = segment.named()
    if "" in given and len(given) == 1:
        # `Reg(guid'..')` addresses a record set, `Catalog(guid'..')` an object
        if len(type_.key) > 1:
            raise ODataError(7, f"Не указан элемент ключа {type_.key[1]}!")
        given = {type_.key[0]: given[""]}
    for part in type_.key:
        if part not in given:
            raise ODataError(7, f"Не указан элемент ключа {part}!")
    for part in given:
        if part not in type_.key:
            raise ODataError(6, f"Сегмент пути {segment.name}({segment.arguments}) не найден!")
    for part, value in given.items():
        if _wanted(type_.by_name[part]) != value.kind:
            raise ODataError(4, f"Неверное значение элемента ключа {part}!")
    return given


def _wanted(one: Property) -> str:
    if one.kind in ("int64", "int16", "double"):
        return "number"
    return _KINDS.get(one.kind, "string")


def condition(type_: EntityType, given: Mapping[str, Literal]) -> Condition:
    """All of the key that SQL can test; a tabular row's number is left to `matches`."""
    if type_.shape in ("object", "part"):
        return Condition("ref = ?", (given["Ref_Key"].value,), exact=type_.shape == "object")
    columns, values = [], []
    for part, literal in given.items():
        one = type_.by_name[part]
        columns.append(f"{name(one.source)} = ?")
        if literal.kind == "number":
            values.append(int(literal.value * (SCALE if one.kind == "double" else 1)))
        else:
            values.append(literal.value)
    return Condition(" AND ".join(columns), tuple(values), exact=True)


def matches(given: Mapping[str, Literal], row: Mapping[str, object]) -> bool:
    return "LineNumber" not in given or str(row["LineNumber"]) == number_text(given["LineNumber"].value)
