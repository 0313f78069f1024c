"""Cuts a selection out of an object's stored text without decoding it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial

from simulator.edm import Property

Cut = Callable[[str], str]
_PART = r"(?s:\[\]|\[\n.*?\n\])"
_LINK = re.compile(r',\n"([^"@]*)@navigationLinkUrl": "([^"]*)"')


def same(text: str) -> str:
    return text


def cut(stored: tuple[Property, ...], chosen: tuple[Property, ...]) -> Cut:
    """From the text of all `stored` properties to that of the `chosen` ones, under their shown names."""
    wanted = {p.source: p for p in chosen}
    if len(wanted) == len(stored) and all(_unchanged(p, wanted.get(p.name)) for p in stored):
        return same
    pattern, made = [], []
    for one in stored:
        line = f'"{re.escape(one.name)}": '
        value = _PART if one.kind == "part" else ".*"
        shown = wanted.get(one.name)
        pattern.append(f"{line}({value})" if shown else line + value)
        if shown:
            inner = cut(one.rows, shown.rows) if one.kind == "part" else same
            made.append((f'"{shown.name}": ', same if inner is same else partial(_rows, inner)))
    matching = re.compile(",\n".join(pattern)).fullmatch

    def sliced(text: str) -> str:
        found = matching(text)
        if found is None:
            raise ValueError("stored text does not follow its declaration")
        return ",\n".join(
            [prefix + change(value) for (prefix, change), value in zip(made, found.groups(), strict=True)]
        )

    return sliced


def _unchanged(stored: Property, shown: Property | None) -> bool:
    if shown is None or shown.name != stored.name or len(shown.rows) != len(stored.rows):
        return False
    return all(_unchanged(s, w) for s, w in zip(stored.rows, shown.rows, strict=True))


def _rows(change: Cut, text: str) -> str:
    if text == "[]":
        return text
    rows = text[4:-4].split("\n},\n{\n")
    return "[\n{\n" + "\n},\n{\n".join(map(change, rows)) + "\n}\n]"


def cut_links(shown: Mapping[str, str], total: int) -> Cut:
    """Keep the links of navigations in `shown` (stored name to shown name)."""
    if len(shown) == total and all(a == b for a, b in shown.items()):
        return same
    if not shown:
        return lambda _text: ""

    def line(found: re.Match[str]) -> str:
        name = shown.get(found[1])
        if name is None:
            return ""
        address = found[2].removesuffix(found[1]) + name
        return f',\n"{name}@navigationLinkUrl": "{address}"'

    return lambda text: _LINK.sub(line, text)
