"""Canonical addresses of entities, as links and ids carry them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.codec import number_text
from simulator.edm import EntityType, Property


def canonical(type_: EntityType, row: Mapping[str, Any]) -> str:
    """`Catalog_X(guid'..')`; a key of several parts names them, a space after each comma."""
    parts = [(name, _literal(type_.by_name[name], row[name])) for name in type_.key]
    if len(parts) == 1:
        return f"{type_.name}({parts[0][1]})"
    return f"{type_.name}({', '.join(f'{name}={value}' for name, value in parts)})"


def _literal(one: Property, value: Any) -> str:
    if one.kind == "guid":
        return f"guid'{value}'"
    if one.kind == "datetime":
        return f"datetime'{value}'"
    if one.kind in ("int64", "int16", "double"):
        return number_text(value)
    if one.kind == "bool":
        return "true" if value else "false"
    return "'" + str(value).replace("'", "''") + "'"
