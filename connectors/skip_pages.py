"""Reading a set by `$skip` over a unique order, with proof that nothing is missing or twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from connectors import envelopes, queries
from connectors.answers import TOO_MUCH
from connectors.envelopes import Envelope
from schemas.errors import SourceContractError, SourceError
from schemas.source import RawPage, RawUnit, Scope, SourceSet

if TYPE_CHECKING:
    from connectors.odata import ODataClient


def read(client: ODataClient, source_set: SourceSet, growth: int) -> Iterator[RawUnit]:
    """Yield the set as one unit.

    Errors: SourceContractError where even a single answer has not as many different keys as the base counts.
    """
    rows: int | None = client.source.limits.page_rows
    too_much: int | None = None
    while True:
        try:
            pages = _one_pass(client, source_set, rows)
        except SourceError as error:
            if error.context.get("reason") not in TOO_MUCH or rows is None or rows <= 1:
                raise
            too_much, rows = rows, rows // 2
            continue
        read_envelopes = [envelopes.read(page, client.dialect, source_set.key) for page in pages]
        if _is_whole(read_envelopes):
            yield RawUnit(Scope(), tuple(pages))
            return
        total = read_envelopes[0].count
        if rows is None or total is None or (too_much is not None and rows * growth >= too_much):
            raise _incomplete(source_set, read_envelopes, pages)
        rows = rows * growth if rows * growth < total else None


def _one_pass(client: ODataClient, source_set: SourceSet, rows: int | None) -> list[RawPage]:
    """All pages of `rows` records each, or the whole set in one answer."""
    first = _page(client, source_set, rows, 0)
    envelope = envelopes.read(first[-1], client.dialect, source_set.key)
    total = envelopes.read(first[0], client.dialect, source_set.key).count
    step = len(envelope.keys) if len(first) == 1 else rows
    if rows is None or total is None or not step or total <= step:
        return first
    # a server that gives fewer records than asked for sets the step; a gap would only be found by the proof
    rest = [client.pool.submit(_page, client, source_set, rows, skip) for skip in range(step, total, step)]
    try:
        return [*first, *(page for future in rest for page in future.result())]
    finally:
        for future in rest:
            future.cancel()


def _page(client: ODataClient, source_set: SourceSet, rows: int | None, skip: int) -> list[RawPage]:
    query = queries.condition([source_set.condition])
    query.append(("$orderby", ",".join(source_set.order_by)))
    if skip == 0:
        query.append(client.dialect.count_option)
    if rows is not None:
        query.append(("$top", str(rows)))
    if skip:
        query.append(("$skip", str(skip)))
    return client.records(source_set, query)


def _is_whole(found: list[Envelope]) -> bool:
    keys = [key for envelope in found for key in envelope.keys]
    return len(keys) == len(set(keys)) == found[0].count


def _incomplete(source_set: SourceSet, found: list[Envelope], pages: list[RawPage]) -> SourceContractError:
    keys = [key for envelope in found for key in envelope.keys]
    counted = found[0].count
    return SourceContractError(
        f"{source_set.name}: the base counts {'nothing' if counted is None else counted} records, "
        f"the answers hold {len(keys)}, of them {len(set(keys))} different",
        hint="read again when fewer people write to this set; order_by and key must be unique",
        received=pages[-1].body, request=pages[-1].request, set=source_set.name,
    )  # fmt: skip
