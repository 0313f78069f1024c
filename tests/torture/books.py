"""The accounting side: a company that lives on a file, its server, and what the hub cannot know before night."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from simulator.base import Base
from simulator.company import CompanyOptions, build
from simulator.configuration import TRADE
from simulator.life import Event, Life, NothingFitsError
from simulator.model import Configuration
from simulator.server import Server, running
from simulator.settings import PoisonKind, ServerOptions
from tests.torture.ways import (
    DOCUMENTS,
    ENTITY_OF,
    MARGIN,
    MOVEMENTS,
    OVERLAP,
    SETS_BY_WINDOW,
    SOURCE,
    learns_by_window,
    table_of,
)

ZONE = "Europe/Moscow"
SHIPMENT = "Document_РеализацияТоваровУслуг"
BANK = "Document_ПоступлениеБезналичныхДенежныхСредств"
CASH = "Document_ПриходныйКассовыйОрдер"
MOVING = (SHIPMENT, BANK, CASH)
COMMENT = "Комментарий"

Place = tuple[str, str]  # a table of the hub, and the first part of a record's key in it


def _configuration() -> Configuration:
    """Half of it is not in the exchange plan: nothing but windows and the night tells what changes there."""
    plan = TRADE.exchange_plan
    assert plan is not None
    left_out = {one.removesuffix("_RecordType") for one in SETS_BY_WINDOW}
    return replace(TRADE, exchange_plan=replace(plan, members=plan.members - left_out))


class Books:
    """`hidden` is what ordinary pulls are not promised to see: it waits for the night.

    `troubled` documents may rightly be named by a comparison in the midst of it all: hidden ones, damaged ones,
    and those changed far back, which windows do not tell while the plan makes no package.
    """

    def __init__(self, home: Path, seed: int) -> None:
        self.path = home / "base.sqlite"
        self.ahead = timedelta()  # of everybody's clock before the real one
        self.overlap = OVERLAP
        self.skew = timedelta()  # of the base's clock before the hub's
        self.hidden: dict[Place, str] = {}
        self.troubled: set[str] = set()
        self.events = 0
        self._asked = 0  # before the last restart
        self._poison: dict[str, PoisonKind] = {}
        self._seed = seed
        self.base = Base(_configuration(), str(self.path))
        build(self.base, CompanyOptions(seed=seed, size=120))
        self._dates = {row["Ref_Key"]: row["Date"] for kind in DOCUMENTS for row in self.base.iterate(kind)}
        self._stack = ExitStack()
        self._serve(ServerOptions(name=SOURCE, pool_size=60, pool_timeout_s=1.0))

    def _serve(self, options: ServerOptions) -> None:
        self.life = Life(self.base, self._seed)
        self.server: Server = self._stack.enter_context(running(self.base, options))

    def close(self) -> None:
        self._stack.close()
        self.base.close()

    def restart(self) -> None:
        """The accounting system dies with everything in its memory, and is started again on its file."""
        port = int(self.server.url.split(":")[2].partition("/")[0])
        options = replace(self.server.options, port=port)
        faults = self.server.faults
        self._asked = self.requests
        self.close()
        self._stack = ExitStack()
        self.base = Base(_configuration(), str(self.path))
        self._serve(options)
        self.server.faults.struck.update(faults.struck)

    def advance(self, by: timedelta, skew: timedelta | None = None) -> None:
        """Let time go on for everybody; with `skew`, the base's clock jumps to so much before the hub's."""
        self.ahead += by
        self.skew = self.skew if skew is None else skew
        jump, real = (self.ahead + self.skew).total_seconds(), -self.ahead.total_seconds()
        self.server.change(clock_jump_s=jump, clock_skew_s=real)

    def hub_now(self) -> datetime:
        return (datetime.now(ZoneInfo(ZONE)) + self.ahead).replace(tzinfo=None, microsecond=0)

    def live(self, events: int) -> None:
        for _ in range(events):
            self.note(self.life.step())

    def do(self, kind: str, **arguments: Any) -> Event | None:
        """One event by its name; None where the base has nothing that allows it."""
        try:
            event = self.life.do(kind, arguments)
        except NothingFitsError:
            return None
        self.note(event)
        return event

    def note(self, event: Event) -> None:
        """Remember which records of the hub this event leaves behind until a census or a comparison."""
        self.events += 1
        before = self._dates.get(event.ref)
        row = self.base.read(event.entity_set, event.ref)
        if event.entity_set not in DOCUMENTS:
            return
        after = row["Date"] if row else None
        if after is not None:
            self._dates[event.ref] = after
        entities = (ENTITY_OF[event.entity_set], *(MOVEMENTS if event.entity_set in MOVING else ()))
        if row is None or not event.registered:
            self._hide(entities, event.ref, "deleted" if row is None else "silent")
            self.troubled.add(event.ref)
            return
        if min(date for date in (before, after) if date) < self._seen_from():
            self._hide(filter(learns_by_window, entities), event.ref, "far back")
            self.troubled.add(
                event.ref
            )  # also what the plan tells: windows stand in where it makes no package

    def _seen_from(self) -> str:
        """Windows begin here at the latest, whenever the last one was read."""
        return (self.hub_now() - MARGIN - self.overlap).isoformat()

    def _hide(self, entities: Iterable[str], ref: str, why: str) -> None:
        self.hidden.update({(table_of(entity), ref): why for entity in entities})

    def recent(self, kinds: Iterable[str] = MOVING, *, within: timedelta = OVERLAP) -> list[tuple[str, str]]:
        """Sets and references of documents dated not long ago, which a window certainly sees."""
        since = max((self.hub_now() - within).isoformat(), self._seen_from())
        now = self.base.now().isoformat()
        return sorted(
            (kind, row["Ref_Key"])
            for kind in kinds
            for row in self.base.iterate(kind)
            if since <= row["Date"] <= now
        )

    @property
    def requests(self) -> int:
        return self._asked + len(self.server.requests)

    @property
    def registered(self) -> int:
        """What a package would tell: 1C registers a deletion too, and says nothing of it."""
        query = "SELECT count(*) FROM exchange_changes WHERE NOT deleted"
        return int(self.base.database.connection.execute(query).fetchone()[0])

    @property
    def poisoned(self) -> dict[str, PoisonKind]:
        return dict(self._poison)

    def poison(self, marks: dict[str, PoisonKind]) -> None:
        self._poison |= marks
        self.troubled |= {mark.rpartition("/")[2] for mark in marks}
        self.server.change(poison=dict(self._poison))

    def cure(self) -> None:
        """Every damaged record is mended in the accounting system, that is, written anew."""
        marks, self._poison = self._poison, {}
        self.server.change(poison={})
        for ref in {mark.rpartition("/")[2] for mark in marks}:
            kind = next((one for one in DOCUMENTS if self.base.read(one, ref)), None)
            if kind is None:
                continue
            for register in {mark.rpartition("/")[0] for mark in marks if mark.endswith(f"/{ref}")}:
                self.base.write_records(register, ref, kind, self.base.records(register, ref))
            row = self.base.read(kind, ref) or {}
            self.base.write(kind, [row])
            self.note(Event("mend", kind, ref, True, "mended"))

    def night_over(self, overlap: timedelta) -> None:
        """Nothing is hidden any more; from now on windows reach back so far."""
        self.overlap = overlap
        self.hidden.clear()
        self.troubled.clear()
