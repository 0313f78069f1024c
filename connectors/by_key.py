"""Reading records by their keys: objects by reference, movements by their recorder."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from itertools import islice

from connectors import addresses, queries
from connectors.answers import POISON
from connectors.queries import Options
from connectors.reading import Reading
from schemas.errors import SourceContractError, SourceError
from schemas.source import RawPage, RawUnit, RefusedRecord, Scope

Terms = Mapping[str, str]  # key -> what the filter says of it

RECORDS = "_RecordType"
MOST_KEYS = 30  # in one request
LONGEST_QUERY = 2_000  # bytes: IIS takes 2 048
LONGEST_SELECTION = 1_000  # leaves room for keys
ATTEMPTS = 3  # before a record is taken for bad
CURABLE = POISON | {"memory", "size"}  # by asking for fewer records
TOO_LONG = "url_length"


def read(reading: Reading, keys: Sequence[str], types: Mapping[str, str]) -> Iterator[RawUnit]:
    """Yield units of a batch of keys each; `limits.sessions` batches are under way.

    `types` gives the entity set of each recorder. Errors: SourceContractError where one is not known.
    """
    if not has_key(reading):
        raise ValueError(f"{reading.source_set.name}: no single key names its records")
    reading = _with_room(reading)
    terms = terms_of(reading, keys, types)
    reading.refusals.look_at(len(terms))
    waiting = batches(reading, terms)
    ahead = reading.client.source.limits.sessions
    under_way: deque[tuple[Terms, Future[list[RawPage]]]] = deque()
    pool = reading.client.pool
    try:
        while True:
            for batch in islice(waiting, ahead - len(under_way)):
                under_way.append((batch, pool.submit(_fetch, reading, batch, ())))
            if not under_way:
                return
            batch, answer = under_way.popleft()
            refused: list[RefusedRecord] = []
            try:
                pages = answer.result()
            except SourceError as error:
                pages, refused = isolate(reading, batch, (), error)
            yield RawUnit(Scope(keys=tuple(batch)), tuple(pages), tuple(refused))
    finally:
        for _, answer in under_way:
            answer.cancel()


def has_key(reading: Reading) -> bool:
    """Whether a single key names records of this set."""
    return reading.source_set.name.endswith(RECORDS) or len(reading.source_set.key) == 1


def key_fields(reading: Reading) -> tuple[str, ...]:
    """The fields that tell a record's key: its reference, or its recorder and that one's type."""
    source_set = reading.source_set
    if not source_set.name.endswith(RECORDS):
        return source_set.key
    alone = any(field.name == "Recorder_Key" for field in source_set.row.fields)
    return ("Recorder_Key",) if alone else ("Recorder", "Recorder_Type")


def terms_of(reading: Reading, keys: Sequence[str], types: Mapping[str, str]) -> Terms:
    """What a filter says of each key. 1C finds a reference of several types only by `cast`."""
    first, *of_type = key_fields(reading)
    literal = reading.client.dialect.guid_literal
    if not of_type:
        return {key: f"{first} eq {literal(key)}" for key in keys}
    terms: dict[str, str] = {}
    for key in keys:
        entity_set = types.get(key, "").removeprefix("StandardODATA.")
        if not entity_set or "." in entity_set:
            raise SourceContractError(
                "movements can be read by their recorder only if its kind is known and published",
                hint="publish the documents that move this register, or read its movements by window",
                source=reading.client.source.id, set=reading.source_set.name, record=key,
            )  # fmt: skip
        terms[key] = f"{first} eq cast({literal(key)},'{entity_set}')"
    return terms


def batches(reading: Reading, terms: Terms, extra: Sequence[str] = ()) -> Iterator[Terms]:
    """Cut terms into requests that web servers take."""
    batch: dict[str, str] = {}
    for key, term in terms.items():
        longer = {**batch, key: term}
        if batch and (len(longer) > MOST_KEYS or _length(reading, longer, extra) > LONGEST_QUERY):
            yield batch
            longer = {key: term}
        batch = longer
    if batch:
        yield batch


def collect(
    reading: Reading, terms: Terms, extra: Sequence[str], cause: SourceError
) -> tuple[list[RawPage], list[RefusedRecord]]:
    """The records of all terms, batch after batch, without the bad ones among them."""
    reading = _with_room(reading)
    pages: list[RawPage] = []
    refused: list[RefusedRecord] = []
    for batch in batches(reading, terms, extra):
        more, bad = _part(reading, batch, extra, cause)
        pages += more
        refused += bad
    return pages, refused


def isolate(
    reading: Reading, batch: Terms, extra: Sequence[str], error: SourceError, cause: SourceError | None = None
) -> tuple[list[RawPage], list[RefusedRecord]]:
    """Halve a batch that failed until the bad records stand alone.

    Errors: `error` where fewer records are no cure; `cause` where too many are bad.
    """
    reason, cause = error.context.get("reason"), cause or error
    if reason not in CURABLE and (reason != TOO_LONG or len(batch) == 1):
        raise error
    if len(batch) == 1:
        return _alone(reading, batch, extra, error, cause)
    items = list(batch.items())
    middle = len(items) // 2
    pages, refused = _part(reading, dict(items[:middle]), extra, cause)
    more, bad = _part(reading, dict(items[middle:]), extra, cause)
    return [*pages, *more], [*refused, *bad]


def _part(
    reading: Reading, batch: Terms, extra: Sequence[str], cause: SourceError
) -> tuple[list[RawPage], list[RefusedRecord]]:
    try:
        return _fetch(reading, batch, extra), []
    except SourceError as error:
        return isolate(reading, batch, extra, error, cause)


def _alone(
    reading: Reading, batch: Terms, extra: Sequence[str], error: SourceError, cause: SourceError
) -> tuple[list[RawPage], list[RefusedRecord]]:
    """One record, asked for again: a failure that passes is no reason to set it aside."""
    for _ in range(ATTEMPTS - 1):
        try:
            return _fetch(reading, batch, extra), []
        except SourceError as again:
            if again.context.get("reason") not in CURABLE:
                raise
            error = again
    (key,) = batch
    return [], [reading.refusals.refuse(key, error, cause)]


def _fetch(reading: Reading, batch: Terms, extra: Sequence[str]) -> list[RawPage]:
    return reading.records(_query(reading, batch, extra))


def _query(reading: Reading, batch: Terms, extra: Sequence[str]) -> Options:
    return queries.condition([" or ".join(batch.values()), *extra, reading.source_set.condition])


def _length(reading: Reading, batch: Terms, extra: Sequence[str]) -> int:
    options = [*reading.selection(), *_query(reading, batch, extra), *reading.client.dialect.format_query]
    return len(addresses.query_text(options))


def _with_room(reading: Reading) -> Reading:
    """Without its list of fields where that alone would fill the address."""
    is_long = len(addresses.query_text(reading.selection())) > LONGEST_SELECTION
    return reading.everything() if is_long else reading
