"""Reading a virtual table: what a register says at this moment, in one answer.

There are no pages: 1C computes the table again for each request, so pages would be of different moments. It is
as large as what it tells of (items times warehouses, or times kinds of price), not as the register's history;
`limits.body_cap_bytes` is where it ends.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from connectors import envelopes, queries
from connectors.reading import Reading
from schemas.errors import SourceContractError
from schemas.source import RawPage, RawUnit, Scope


def read(reading: Reading) -> Iterator[RawUnit]:
    """Yield the table as one unit.

    Errors: SourceContractError where two of its rows have the same key: the key lacks a dimension.
    """
    client, source_set = reading.client, reading.source_set
    register, _, function = source_set.name.partition("/")
    query = [*reading.selection(), *queries.condition([source_set.condition])]
    pages = client.follow(client.call(register, function, query, **_arguments(reading, function)))
    found = Counter(
        key for page in pages for key in envelopes.read(page, client.dialect, source_set.key).keys
    )
    if twice := next((key for key, times in found.items() if times > 1), None):
        raise _ambiguous(reading, twice, pages[-1])
    reading.refusals.look_at(len(found))
    yield RawUnit(Scope(), tuple(pages))


def _arguments(reading: Reading, function: str) -> dict[str, str | datetime]:
    """Balances are summed by the key alone. A slice would also tell of tomorrow if it were not told the time."""
    if function == "Balance":
        return {"Dimensions": ",".join(name.removesuffix("_Key") for name in reading.source_set.key)}
    return {"Period": reading.client.wall_clock()}


def _ambiguous(reading: Reading, key: tuple[object, ...], page: RawPage) -> SourceContractError:
    name = reading.source_set.name
    return SourceContractError(
        f"{name}: rows are not told apart by {', '.join(reading.source_set.key)}",
        hint="this register has more dimensions than the declaration reads: tell the developers of the hub",
        received=page.body, request=page.request, set=name, record="/".join(map(str, key)),
    )  # fmt: skip
