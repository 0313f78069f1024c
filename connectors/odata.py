"""The OData client: one accounting base, read only."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec
import requests

from connectors import addresses, by_key, envelopes, listing, metadata, strategies
from connectors.answers import TOO_MUCH
from connectors.dialects import DIALECTS
from connectors.reading import Reading
from connectors.reception import Expected
from connectors.statistics import Statistics
from connectors.transport import Gate, SessionFactory, Transport
from schemas.errors import SourceContractError, SourceError, SourceUnavailableError
from schemas.settings import SourceSettings
from schemas.source import RawPage, RawUnit, SourceSet
from schemas.types import WallClock


class ODataClient:
    """Reads one base. A context manager: leaving it gives the 1C sessions back.

    `metadata_cache` is a directory where `$metadata` is kept by its hash. `gate` is called before every
    request, from any thread: what it raises ends the reading. `session_factory`, `sleep` and `now` are for
    tests.
    """

    def __init__(
        self,
        source: SourceSettings,
        *,
        metadata_cache: Path | None = None,
        session_factory: SessionFactory = requests.Session,
        sleep: Callable[[float], None] | None = None,
        now: Callable[[], datetime] | None = None,
        gate: Gate | None = None,
    ) -> None:
        self.source = source
        self.dialect = DIALECTS[source.dialect]
        self.transport = Transport(
            source, dict(self.dialect.headers), self.dialect.ib_session, sleep, session_factory, gate
        )
        self._pool = ThreadPoolExecutor(source.limits.sessions, thread_name_prefix=f"fetch-{source.id}")
        self._now = now or (lambda: datetime.now(source.time_zone))
        self._metadata_cache = metadata_cache
        self.unselected: set[str] = set()  # sets whose list of fields is too long for the web server

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self.transport.hurry()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self.transport.close()

    @property
    def statistics(self) -> Statistics:
        return self.transport.statistics

    @property
    def pool(self) -> ThreadPoolExecutor:
        """As many threads as the base allows requests: what is fetched ahead runs here."""
        return self._pool

    def wall_clock(self) -> datetime:
        """Now by the base's own clock, naive as its values are."""
        return self._now().replace(tzinfo=None, microsecond=0)

    def get(self, path: str, query: addresses.Query = (), *, totals: bool = False) -> RawPage:
        """One JSON answer."""
        return self._fetch(path, [*query, *self.dialect.format_query], "json", totals)

    def atom(self, path: str, query: addresses.Query = ()) -> RawPage:
        """One answer in Atom, 1C's default form."""
        return self._fetch(path, [*query, ("$format", "atom")], "atom", False)

    def follow(self, first: RawPage) -> list[RawPage]:
        """The answer with every page the server sends after it.

        Errors: SourceContractError where a next-page link comes a second time: the pages would never end.
        """
        pages, seen = [first], {first.request}
        while link := envelopes.next_link(pages[-1], self.dialect):
            target = addresses.following(self.source.base_url, pages[-1].request, link)
            if target in seen:
                raise SourceContractError(
                    "the service repeats its next-page link",
                    hint="report it to the service's maker; a larger limits.page_rows may avoid paging",
                    received=pages[-1].body, source=self.source.id, request=target,
                )  # fmt: skip
            seen.add(target)
            pages.append(self.transport.get(target, expect="json"))
        return pages

    def count(self, entity_set: str, query: addresses.Query = ()) -> int | None:
        """How many records match; None where this base does not count."""
        try:
            body = self._fetch(f"{entity_set}/$count", query, "text", False).body
        except SourceError as error:
            if isinstance(error, SourceUnavailableError) and error.context.get("reason") not in TOO_MUCH:
                raise
            return None
        digits = body.removeprefix(codecs.BOM_UTF8).strip()
        return int(digits) if digits.isdigit() else None

    def call(
        self, register: str, function: str, query: addresses.Query = (), **arguments: str | datetime
    ) -> RawPage:
        """A virtual table. Moments are `datetime`, everything else is text and quoted here."""
        literals = {
            name: self.dialect.moment_literal(value.isoformat(timespec="seconds"))
            if isinstance(value, datetime)
            else self.dialect.text_literal(value)
            for name, value in arguments.items()
        }
        path, options = addresses.function_call(register, function, literals, query)
        return self.get(path, options, totals=True)

    def service_document(self) -> tuple[str, ...]:
        """Names of the published entity sets."""
        page = self.get("")
        try:
            return envelopes.entity_sets(page)
        except msgspec.MsgspecError as error:
            raise SourceContractError(
                "the service document is not a list of entity sets",
                hint="check base_url: it ends with /odata/standard.odata",
                received=page.body, source=self.source.id, request=page.request,
            ) from error  # fmt: skip

    def metadata(self) -> metadata.Metadata:
        page = self.transport.get("$metadata", expect="xml", totals=True)
        return metadata.read(page.body, cache=self._metadata_cache)

    def read(
        self,
        source_set: SourceSet,
        start: WallClock | None = None,
        end: WallClock | None = None,
        *,
        narrow: bool = False,
    ) -> Iterator[RawUnit]:
        """Everything of a set with start <= period < end, in units that are complete in themselves.

        `narrow` asks for the fields of `source_set.row` and nothing else, whatever the source's settings say.
        A record that the source cannot give is in its unit's `refused`, and the others are read all the same.
        """
        reading = Reading(self, source_set, "row" if narrow else "set")
        return strategies.strategy_for(source_set).read(reading, start, end)

    def read_keys(
        self, source_set: SourceSet, keys: Sequence[str], types: Mapping[str, str] | None = None
    ) -> Iterator[RawUnit]:
        """The records with these keys, wherever they are dated, in units of a batch of keys each.

        Objects are named by their reference, movements (`Register_RecordType`) by their recorder. `types`
        gives the entity set of each recorder; a register with a single kind of recorder needs none.
        """
        return by_key.read(Reading(self, source_set), tuple(dict.fromkeys(keys)), types or {})

    def keys_of(
        self,
        source_set: SourceSet,
        field: str,
        values: Sequence[str],
        *,
        told: str = "",
        start: WallClock | None = None,
    ) -> dict[str, str]:
        """The keys of the records whose reference `field` is one of `values`, with what each tells in `told`.

        Movements are named by their recorder, and tell the entity set of it: what `read_keys` asks for.
        """
        return dict(listing.keys(Reading(self, source_set), field, values, told, start))

    def _fetch(self, path: str, query: addresses.Query, expect: Expected, totals: bool) -> RawPage:
        return self.transport.get(addresses.target(path, query), expect=expect, totals=totals)
