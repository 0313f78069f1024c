"""Cuts a selection out of an object's stored text without decoding it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from simulator.edm import Property

Cut = Callable[[str], str]
_PART = r"\[(?:\]|\n(?:[^\]].*\n)*\])"  # rows begin with a brace or a quote
_LINK = re.compile(r',\n"([^"@]*)@navigationLinkUrl": "([^"]*)"')


def same(text: str) -> str:
    return text


def cut(stored: tuple[Property, ...], chosen: tuple[Property, ...]) -> Cut:
    """From the text of all `stored` properties to that of the `chosen` ones, under their shown names."""
    wanted = {p.source: p for p in chosen}
    if len(wanted) == len(stored) and all(_unchanged(p, wanted.get(p.name)) for p in stored):
        return same
    pattern: list[str] = []
    made: list[tuple[str, Cut]] = []
    for run in _runs(stored, wanted):
        shown = wanted.get(run[0].name)
        inner = _inner(run[0], shown)
        lines = ",\n".join(_line(one, named=shown is not None) for one in run)
        if shown is None:
            pattern.append(lines)
        elif inner is None:
            pattern.append(f"({lines})")
            made.append(("", same))
        else:
            pattern.append(f'"{re.escape(run[0].name)}": ({_PART if run[0].kind == "part" else ".*"})')
            made.append((f'"{shown.name}": ', inner))
    matching = re.compile(",\n".join(pattern)).fullmatch
    plain = all(change is same and not prefix for prefix, change in made)

    def sliced(text: str) -> str:
        found = matching(text)
        if found is None:
            raise ValueError("stored text does not follow its declaration")
        values = found.groups()
        if not plain:
            pairs = zip(made, values, strict=True)
            values = tuple(prefix + change(value) for (prefix, change), value in pairs)
        return ",\n".join(values)

    return sliced


def _runs(stored: tuple[Property, ...], wanted: Mapping[str, Property]) -> Iterator[list[Property]]:
    """Neighbours that are left out, or taken as they are, go together; a changed one goes alone."""
    run: list[Property] = []
    for one in stored:
        shown = wanted.get(one.name)
        alone = _inner(one, shown) is not None
        if run and (alone or (shown is None) != (run[0].name not in wanted)):
            yield run
            run = []
        run.append(one)
        if alone:
            yield run
            run = []
    if run:
        yield run


def _inner(stored: Property, shown: Property | None) -> Cut | None:
    """How a value changes, if it or its name does."""
    if shown is None or _unchanged(stored, shown):
        return None
    inside = cut(stored.rows, shown.rows) if stored.kind == "part" else same
    return same if inside is same else partial(_rows, inside)


def _line(one: Property, *, named: bool) -> str:
    if one.kind == "part":
        return f'"{re.escape(one.name)}": {_PART}'
    return f'"{re.escape(one.name)}": .*' if named else ".*"


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
