"""The bytes of the summary, by version: made again only after something changed (ADR 0016)."""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from api.money import summary
from api.money.summary import Summary
from api.web import etags
from api.web.callers import Caller, counterparty_not_found
from api.web.hub import Hub
from schemas import freshness
from schemas.errors import StoreError
from schemas.settings import SourceSettings
from schemas.types import Guid
from store import direct, summaries
from store.direct import Reader
from store.summaries import Found, SourceState

MOST_BYTES = 32 * 2**20  # of kept answers, which take about a kilobyte each
_ATTEMPTS = 20  # to read a counterparty and its source between two commits
_ENCODER = msgspec.json.Encoder()
_SHAPE = _ENCODER.encode(msgspec.json.schema(Summary))


@dataclass(frozen=True, slots=True)
class Answer:
    """`body` is None where what the client has is what it would get."""

    etag: str
    body: bytes | None

    def unless(self, if_none_match: str) -> Answer:
        """Without the body where the client named it."""
        return Answer(self.etag, None) if if_none_match and etags.matches(if_none_match, self.etag) else self


@dataclass(slots=True)
class Panels:
    """Answers by counterparty. What is kept is good for one version of its source, one day and one freshness."""

    hub: Hub
    reader: Reader
    most_bytes: int = MOST_BYTES
    _kept: OrderedDict[tuple[str, Guid], Answer] = field(default_factory=OrderedDict)
    _bytes: int = 0
    _bases: dict[str, tuple[object, hashlib.blake2b]] = field(default_factory=dict)
    _states: dict[str, SourceState] = field(default_factory=dict)
    _looks: dict[str, asyncio.Future[SourceState]] = field(default_factory=dict)
    _turns: dict[str, asyncio.Lock] = field(default_factory=dict)

    @classmethod
    def over(cls, hub: Hub) -> Panels:
        return cls(hub, direct.reader(hub.store.engine.url))

    async def answer(self, caller: Caller, source: SourceSettings, guid: Guid, if_none_match: str) -> Answer:
        """Errors: ProblemError counterparty_not_found, reach_too_narrow; StoreError."""
        caller.must_see_money(source.id, guid)
        now, kept = self.hub.clock(), self._kept.get((source.id, guid))
        if kept is not None or if_none_match:
            etag = self._etag(source, guid, await self._current(source.id), now)
            if kept is not None and kept.etag == etag:
                self._kept.move_to_end((source.id, guid))
                return kept.unless(if_none_match)
            if if_none_match != "*" and etags.matches(if_none_match, etag):
                return Answer(etag, None)
        return (await self._made(caller, source, guid, now)).unless(if_none_match)

    async def _made(self, caller: Caller, source: SourceSettings, guid: Guid, now: datetime) -> Answer:
        found = await self._found(caller, source.id, guid)
        body = _ENCODER.encode(summary.of(found, guid, source, self.hub.settings, now))
        made = Answer(self._etag(source, guid, found.state, now), body)
        self._keep((source.id, guid), made, len(body))
        return made

    def _keep(self, key: tuple[str, Guid], made: Answer, size: int) -> None:
        """In place of what was kept of it, and of those that were not asked for the longest."""
        old = self._kept.pop(key, None)
        self._bytes += size - len(old.body or b"" if old else b"")
        self._kept[key] = made
        while self._bytes > self.most_bytes:
            _, dropped = self._kept.popitem(last=False)
            self._bytes -= len(dropped.body or b"")

    async def _found(self, caller: Caller, source: str, guid: Guid) -> Found:
        """The counterparty and its source at one moment: both are of the same version."""
        state = self._states.get(source) or await self._current(source)
        for _ in range(_ATTEMPTS):
            found = await summaries.find(self.reader, state, source, guid, caller.tenancy)
            if found is None:
                raise counterparty_not_found()
            if found.version == state.version:
                return found
            state = await self._current(source)
        raise StoreError("The store changes faster than it can be read", hint="Try again in a second")

    async def _current(self, source: str) -> SourceState:
        """One look serves everybody who asked before it began: nobody is given what was true before he asked."""
        look = self._looks.get(source)
        if look is None:
            look = self._looks[source] = asyncio.ensure_future(self._look(source))
        return await asyncio.shield(look)

    async def _look(self, source: str) -> SourceState:
        async with self._turns.setdefault(source, asyncio.Lock()):
            del self._looks[source]
            known = self._states.get(source)
            if known is None or known.version != await summaries.version(self.reader, source):
                known = self._states[source] = await summaries.state(self.reader, source)
            return known

    def _etag(self, source: SourceSettings, guid: Guid, state: SourceState, now: datetime) -> str:
        """Of everything that the bytes are made of: what is stored, the settings, and what time alone changes."""
        settings, day = self.hub.settings, now.astimezone(source.time_zone).date()
        fresh = freshness.state(state.as_of, now, settings.fresh_for_s)
        known, begun = self._bases.get(source.id, (None, None))
        basis = (state.version, state.refreshed_at, day, fresh)
        if begun is None or known != basis:
            made_of = (basis, settings.terms, settings.fresh_for_s, source.id, source.time_zone.key, _SHAPE)
            begun = hashlib.blake2b(repr(made_of).encode(), digest_size=12)
            self._bases[source.id] = (basis, begun)
        digest = begun.copy()
        digest.update(guid.encode())
        return f'"{digest.hexdigest()}"'

    def close(self) -> None:
        self.reader.close()
        self._looks.clear()
        self._turns.clear()
