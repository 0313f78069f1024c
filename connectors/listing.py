"""Which records refer to something: their keys, and one more field of each, without the records themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from connectors import by_key, envelopes, queries
from connectors.reading import Reading
from schemas.source import Scope
from schemas.types import WallClock


def keys(
    reading: Reading, field: str, values: Sequence[str], told: str, start: WallClock | None
) -> Iterator[tuple[str, str]]:
    """Yield (key, `told`) of the records whose reference `field` is one of `values`, dated at `start` or later.

    For movements the key is their recorder and what is told the entity set of it, whatever `told` says.
    """
    names = by_key.key_fields(reading)
    if not reading.source_set.name.endswith(by_key.RECORDS) and told:
        names = (*names, told)
    client, source_set = reading.client, reading.source_set
    asked = reading.only(names)
    literal = client.dialect.guid_literal
    terms = {value: f"{field} eq {literal(value)}" for value in values}
    dated = queries.period_terms(source_set, Scope(start), client.dialect) if source_set.period else []
    for batch in by_key.batches(asked, terms, dated):
        query = queries.condition([" or ".join(batch.values()), *dated, source_set.condition])
        for page in asked.records(query):
            for key, *more in envelopes.read(page, client.dialect, names).keys:
                yield str(key), str(more[0]) if more else ""
