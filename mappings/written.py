"""What a kind of submission becomes in the books of one configuration, and how it is known there again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mappings import stored
from mappings.values import EMPTY_DATE
from mappings.writers import Writer, WrittenPart, same
from schemas.errors import ConfigurationError
from schemas.outgoing import Difference, Row, Sought, WrittenType
from schemas.submissions import Kind
from schemas.types import WallClock

KEY = "Ref_Key"
LINE_NUMBER = "LineNumber"
MOMENT = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d)?")
WORDS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A declaration: which fields are written of (facts, content), and which of them tell that it is ours.

    `marked_in` is the text that ends with `marker(id)`, `looked_by` are the fields by which it is looked for
    where its key is the books' own choice. `posts`: the books post objects of this kind.
    """

    kind: Kind
    entity_set: str
    fields: tuple[Writer, ...]
    parts: tuple[WrittenPart, ...]
    marked_in: str
    looked_by: tuple[str, ...]
    posts: bool

    def build(self, facts: Any, content: Any) -> Row:
        """What is sent, without the key. Numbers are exact; a tabular part is always there as a whole."""
        row = _row(self.fields, facts, content)
        for part in self.parts:
            lines = enumerate(part.lines(content), 1)
            row[part.name] = [
                {LINE_NUMBER: str(place), **_row(part.fields, facts, content, line, place)}
                for place, line in lines
            ]
        return row

    def looked_for(self, sent: Row) -> tuple[Sought, ...]:
        """By what the books are asked whether they have it: whose it is, and the storefront's own number of it."""
        types = {one.name: one.type for one in self.fields}
        return tuple(Sought(name, types[name], str(sent[name])) for name in self.looked_by)

    def ref_key(self, id: str) -> str:
        """The key that the object gets where the base keeps a chosen one: its own id, which is made like one."""
        return id

    def is_ours(self, row: Row, id: str) -> bool:
        """By the last marker: before it stands what the customer wrote, whatever that is."""
        marks = stored.MARKER.findall(str(row.get(self.marked_in) or ""))
        return marks[-1:] == [id] or str(row.get(KEY, "")).lower() == self.ref_key(id)

    def differences(self, sent: Row, row: Row, *, later: bool = False) -> tuple[Difference, ...]:
        """What of `sent` an object does not have, or not so. 1C ignores fields it does not know without a word.

        `later`: its people have had it, so only what was approved counts, not what they go on with.
        """
        found = list(stored.compared(_judged(self.fields, sent, row, later), row, ""))
        for part in self.parts:
            lines: Sequence[Row] = sent[part.name]  # type: ignore[assignment]
            there = row.get(part.name)
            if not isinstance(there, list):
                found.append(Difference(part.name, f"{len(lines)}", None))
                continue
            found += self._of_part(part, lines, there, later)
        return tuple(found)

    def number_of(self, row: Row) -> str:
        return str(row.get("Number") or row.get("Code") or "").strip()

    def moment_of(self, row: Row) -> WallClock | None:
        moment = str(row.get("Date") or EMPTY_DATE)
        return None if moment == EMPTY_DATE else WallClock(moment)

    def is_posted(self, row: Row) -> bool:
        return row.get("Posted") is True

    def is_marked(self, row: Row) -> bool:
        return row.get("DeletionMark") is True

    def paths(self) -> Iterator[str]:
        """Every field that may be written, as `Поле` or `Часть/Поле`."""
        yield from (one.name for one in self.fields)
        for part in self.parts:
            yield f"{part.name}/{LINE_NUMBER}"
            yield from (f"{part.name}/{one.name}" for one in part.fields)

    def renamed(self, names: Mapping[str, str]) -> Outgoing:
        """Write this installation's fields: {"Document_X.Поле": "ЕгоПоле"}; "" where it has no such field.

        Errors: ConfigurationError where it has none of those by which an order is known again.
        """
        own = _inside(names, self.entity_set)
        known_by = (self.marked_in, *self.looked_by)
        if missing := [name for name in known_by if own.get(name) == ""]:
            raise ConfigurationError(
                f"orders cannot do without {missing[0]} of {self.entity_set}",
                hint="Give the field's name on this installation in [fields] of the source's settings.",
            )
        return replace(
            self,
            fields=_renamed(self.fields, own),
            parts=tuple(
                replace(one, fields=_renamed(one.fields, _inside(own, one.name))) for one in self.parts
            ),
            marked_in=own.get(self.marked_in, self.marked_in),
            looked_by=tuple(own.get(name, name) for name in self.looked_by),
        )

    def with_constants(self, constants: Mapping[str, str]) -> Outgoing:
        """Write these too, or instead: {"Склад_Key": "..."}, {"Товары.ВариантОбеспечения": "..."} in every line."""
        if own_fields := constants.keys() & {KEY, self.marked_in, *self.looked_by}:
            raise ConfigurationError(
                f"orders are known again by {min(own_fields)}: it cannot be the same in all of them",
                hint="Take it out of [orders.constants] in the source's settings.",
            )
        of_part = {part.name: _inside(constants, part.name) for part in self.parts}
        if strange := {path.partition(".")[0] for path in constants if "." in path} - of_part.keys():
            raise ConfigurationError(
                f"{self.entity_set} has no part {min(strange)} for a constant",
                hint="Correct [orders.constants] in the source's settings: a field, or Part.Field.",
            )
        own = {path: value for path, value in constants.items() if "." not in path}
        parts = (replace(part, fields=_fixed(part.fields, of_part[part.name])) for part in self.parts)
        return replace(self, fields=_fixed(self.fields, own), parts=tuple(parts))

    def _of_part(
        self, part: WrittenPart, lines: Sequence[Row], there: Sequence[Any], later: bool
    ) -> Iterator[Difference]:
        by_number = {str(row.get(LINE_NUMBER)): row for row in there if isinstance(row, dict)}
        for line in lines:
            number = str(line[LINE_NUMBER])
            place = f"{part.name}/{number}"
            row = by_number.pop(number, None)
            if row is None:
                yield Difference(place, "a line", None)
            else:
                yield from stored.compared(_judged(part.fields, line, row, later), row, f"{place}/")
        yield from (Difference(f"{part.name}/{number}", None, "a line") for number in by_number)


def _judged(
    fields: Sequence[Writer], sent: Row, row: Row, later: bool
) -> Iterator[tuple[str, WrittenType, object]]:
    for one in fields:
        counts = (one.lasting or not later) and (one.compared or one.name not in row)
        if one.name in sent and counts:
            yield one.name, one.type, sent[one.name]


def _row(fields: Sequence[Writer], *made_of: Any) -> Row:
    written = ((one.name, one.write(*made_of)) for one in fields)
    return {name: value for name, value in written if value is not None}


def _inside(names: Mapping[str, str], part: str) -> dict[str, str]:
    """Of {"Set.Field": ..., "Part.Field": ...} those of one set or part, without its name."""
    start = f"{part}."
    return {path.removeprefix(start): value for path, value in names.items() if path.startswith(start)}


def _renamed(fields: tuple[Writer, ...], names: Mapping[str, str]) -> tuple[Writer, ...]:
    named = (replace(one, name=names.get(one.name, one.name)) for one in fields)
    return tuple(one for one in named if one.name)


def _fixed(fields: tuple[Writer, ...], constants: Mapping[str, str]) -> tuple[Writer, ...]:
    kept = tuple(one for one in fields if one.name not in constants)
    return kept + tuple(_constant(name, value) for name, value in constants.items())


def _constant(name: str, value: str) -> Writer:
    """A value of the settings, by what it looks like."""
    kind: WrittenType = "text"
    given: object = value
    if name.endswith("_Key"):
        kind = "guid"
    elif value in WORDS:
        kind, given = "flag", WORDS[value]
    elif MOMENT.fullmatch(value):
        kind = "moment"
    return same(name, kind, given)
