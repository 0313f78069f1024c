"""Numbers of documents and codes of catalogue items: the next after what is there."""

from __future__ import annotations

from typing import Any

from simulator.base import Base
from simulator.edm import EntityType
from simulator.model import Catalog
from simulator.tables import name

_BODY = "json_extract('{{' || body || '}}', '$.{0}')"
_NODE = "00-"  # this base's own part of every number


def give(base: Base, type_: EntityType, row: dict[str, Any]) -> None:
    """Only where the client brought none."""
    source = type_.source
    if not isinstance(source, Catalog):
        if not row.get("Number"):
            row["Number"] = _number(base, type_.name, row)
    elif source.code is not None and not row.get("Code"):
        row["Code"] = _code(base, type_.name, source.code.length)


def _number(base: Base, kind: str, row: dict[str, Any]) -> str:
    """Runs by organisation and year, as on the papers that are there."""
    organization = base.read("Catalog_Организации", row.get("Организация_Key") or "")
    stem = (organization["Префикс"] if organization else "") + _NODE
    year = row["Date"][:4]
    number = _BODY.format("Number")
    query = (
        f"SELECT max({number}) FROM {name(kind)} WHERE moment >= ? AND moment < ? AND {number} LIKE ? || '%'"
    )
    place = _next(base, f"number/{kind}/{stem}/{year}", query, (year, f"{int(year) + 1:04d}", stem), stem)
    return f"{stem}{place:06d}"


def _code(base: Base, kind: str, length: int) -> str:
    """The last ones of the series are spoken for."""
    code = _BODY.format("Code")
    query = f"SELECT max({code}) FROM {name(kind)} WHERE {code} LIKE ? || '%' AND {code} NOT LIKE ? || '99%'"
    place = _next(base, f"code/{kind}", query, (_NODE, _NODE), _NODE)
    return f"{_NODE}{place:0{length - len(_NODE)}d}"


def _next(base: Base, counter: str, query: str, values: tuple[str, ...], stem: str) -> int:
    """Counted on from what the base remembers, or else from the highest there is."""
    last = base.meta.get(counter)
    if last is None:
        found = base.database.connection.execute(query, values).fetchone()[0]
        last = found.removeprefix(stem) if found else "0"
    place = int(last) + 1 if last.isdigit() else 1
    base.meta[counter] = str(place)
    return place
