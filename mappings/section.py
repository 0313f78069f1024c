"""A submission that becomes a row in a tabular part of an object that is there already.

1C replaces a tabular part as a whole: the rows that are there are sent again, as they came, with the new one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from mappings import stored
from mappings.writers import Writer
from mappings.written import KEY, LINE_NUMBER, Outgoing
from schemas.outgoing import Difference, Row


@dataclass(frozen=True, slots=True)
class SectionRow(Outgoing):
    """`fields` are those of the row, `section` is its part; a row is the same where all of `known_by` are equal."""

    section: str = ""
    known_by: tuple[str, ...] = ()

    def there(self, sent: Row, owner: Row) -> Row | None:
        """The row of the object that says the same already."""
        types = {one.name: one.type for one in self.fields}
        for row in self.rows(owner):
            if all(stored.equal(types[name], sent[name], row.get(name)) for name in self.known_by):
                return row
        return None

    def rows(self, owner: Row) -> list[Row]:
        found = owner.get(self.section)
        return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []

    def with_it(self, sent: Row, owner: Row) -> Row:
        """The part with everything that is in it and the new row behind."""
        rows = [_travelling(row) for row in self.rows(owner)]
        rows.append(dict(sent))
        return {self.section: [{**row, LINE_NUMBER: str(place)} for place, row in enumerate(rows, 1)]}

    def lost(self, before: Row, after: Row) -> int:
        """How many rows that were there are not there any more."""
        left = [_same(row) for row in self.rows(after)]
        missing = 0
        for row in map(_same, self.rows(before)):
            if row in left:
                left.remove(row)
            else:
                missing += 1
        return missing

    def paths(self) -> Iterator[str]:
        yield from (f"{self.section}/{one}" for one in (LINE_NUMBER, *(one.name for one in self.fields)))

    def renamed(self, names: Mapping[str, str]) -> SectionRow:
        start = f"{self.entity_set}.{self.section}."
        own = {path.removeprefix(start): name for path, name in names.items() if path.startswith(start)}
        fields = (replace(one, name=own.get(one.name, one.name)) for one in self.fields)
        return replace(
            self,
            fields=tuple(one for one in fields if one.name),
            known_by=tuple(own.get(name, name) for name in self.known_by),
        )

    def differences(self, sent: Row, row: Row, *, later: bool = False) -> tuple[Difference, ...]:
        found = self.there(sent, row)
        if found is None:
            return (Difference(self.section, "a row", None),)
        compared = ((one.name, one.type, sent[one.name]) for one in _judged(self.fields, sent, later))
        return tuple(stored.compared(compared, found, f"{self.section}/"))


def _judged(fields: Sequence[Writer], sent: Row, later: bool) -> Iterable[Writer]:
    return (one for one in fields if one.name in sent and one.compared and (one.lasting or not later))


def _travelling(row: Row) -> Row:
    """Without what the protocol adds."""
    return {name: value for name, value in row.items() if name != KEY and "@" not in name}


def _same(row: Row) -> dict[str, str]:
    return {name: str(value) for name, value in _travelling(row).items() if name != LINE_NUMBER}
