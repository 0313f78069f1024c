"""Reading a set by `$skip` over a unique order, with proof that nothing is missing or twice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from connectors import by_key, envelopes, queries
from connectors.answers import POISON, TOO_MUCH
from connectors.reading import Reading
from schemas.errors import SourceContractError, SourceError
from schemas.source import RawPage, RawUnit, RefusedRecord, Scope

Key = tuple[object, ...]


@dataclass(slots=True)
class Part:
    """What was read from one place on: pages, keys of their records, records that could not be had."""

    pages: list[RawPage] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)
    refused: list[RefusedRecord] = field(default_factory=list)
    count: int | None = None

    def add(self, other: Part) -> None:
        self.pages += other.pages
        self.keys += other.keys
        self.refused += other.refused
        self.count = other.count if self.count is None else self.count

    @property
    def is_whole(self) -> bool:
        return len(self.keys) == len(set(self.keys)) == self.count


def read(reading: Reading, growth: int) -> Iterator[RawUnit]:
    """Yield the set as one unit.

    Errors: SourceContractError where even a single answer has not as many different keys as the base counts.
    """
    rows: int | None = reading.client.source.limits.page_rows
    too_much: int | None = None
    while True:
        try:
            found = _one_pass(reading, rows)
        except SourceError as error:
            if error.context.get("reason") not in TOO_MUCH or rows is None or rows <= 1:
                raise
            too_much, rows = rows, rows // 2
            continue
        if found.is_whole:
            yield RawUnit(Scope(), tuple(found.pages), tuple(found.refused))
            return
        total = found.count
        if rows is None or total is None or (too_much is not None and rows * growth >= too_much):
            raise _incomplete(reading, found)
        rows = rows * growth if rows * growth < total else None


def _one_pass(reading: Reading, rows: int | None) -> Part:
    """All pages of `rows` records each, or the whole set in one answer."""
    whole = _part(reading, 0, rows)
    is_one_page = len(whole.pages) == 1 and not whole.refused
    step = len(whole.keys) if is_one_page else rows
    if rows is None or whole.count is None or not step or whole.count <= step:
        return whole
    # a server that gives fewer records than asked for sets the step; a gap would only be found by the proof
    pool = reading.client.pool
    rest = [pool.submit(_part, reading, skip, rows) for skip in range(step, whole.count, step)]
    try:
        for future in rest:
            whole.add(future.result())
        return whole
    finally:
        for future in rest:
            future.cancel()


def _part(reading: Reading, skip: int, rows: int | None) -> Part:
    """`rows` records from `skip` on, less those that are bad: a page that fails is halved down to them."""
    try:
        found = _page(reading, skip, rows)
    except SourceError as error:
        if error.context.get("reason") not in POISON:
            raise
        return _without_the_bad(reading, skip, rows, error)
    reading.refusals.look_at(len(found.keys))
    return found


def _without_the_bad(reading: Reading, skip: int, rows: int | None, error: SourceError) -> Part:
    found = Part()
    if rows is None or skip == 0:
        keys = _page(reading.only(reading.source_set.key), 0, 1)
        found.count, rows = keys.count, rows or keys.count or 1
    if rows == 1:
        found.add(_single(reading, skip, error))
        return found
    for start, wanted in ((skip, rows // 2), (skip + rows // 2, rows - rows // 2)):
        found.add(_part(reading, start, wanted))
    return found


def _single(reading: Reading, skip: int, error: SourceError) -> Part:
    """The record in this place, by its key: it may be another one where the order has ties."""
    keys = _page(reading.only(reading.source_set.key), skip, 1).keys
    if not keys:
        return Part()
    reading.refusals.look_at(1)
    if not by_key.has_key(reading):
        return _again(reading, skip, keys, error)
    terms = by_key.terms_of(reading, [str(keys[0][0])], {})
    pages, refused = by_key.collect(reading, terms, (), error)
    return Part(pages, keys, refused)


def _again(reading: Reading, skip: int, keys: list[Key], cause: SourceError) -> Part:
    """The same for a record that no single key names."""
    try:
        return _page(reading, skip, 1)
    except SourceError as error:
        if error.context.get("reason") not in POISON:
            raise
        name = ",".join(str(part) for part in keys[0])
        return Part(keys=keys, refused=[reading.refusals.refuse(name, error, cause)])


def _page(reading: Reading, skip: int, rows: int | None) -> Part:
    dialect, source_set = reading.client.dialect, reading.source_set
    query = queries.condition([source_set.condition])
    query.append(("$orderby", ",".join(source_set.order_by)))
    if skip == 0:
        query.append(dialect.count_option)
    if rows is not None:
        query.append(("$top", str(rows)))
    if skip:
        query.append(("$skip", str(skip)))
    pages = reading.records(query)
    found = [envelopes.read(page, dialect, source_set.key) for page in pages]
    return Part(pages, [key for envelope in found for key in envelope.keys], [], found[0].count)


def _incomplete(reading: Reading, found: Part) -> SourceContractError:
    name, counted = reading.source_set.name, found.count
    page = found.pages[-1] if found.pages else None
    return SourceContractError(
        f"{name}: the base counts {'nothing' if counted is None else counted} records, "
        f"the answers hold {len(found.keys)}, of them {len(set(found.keys))} different",
        hint="read again when fewer people write to this set; order_by and key must be unique",
        received=page.body if page else None, request=page.request if page else None, set=name,
    )  # fmt: skip
