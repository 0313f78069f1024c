"""Both sides of a comparison: a register as the accounting system tells it, and as the hub has it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypedDict, TypeVar

from connectors import totals
from connectors.decode import decoder_for
from connectors.odata import ODataClient
from connectors.wire_types import attribute
from mappings.entity import Entity
from mappings.totals import Totals, figure, line_reader, line_row
from mappings.values import Context
from schemas.errors import SourceContractError
from schemas.ledger import Cell, Figures, Line, Stretch
from schemas.types import WallClock
from store import agreement, ledger
from store.engine import Store, Tx
from store.ledger import Movements

T = TypeVar("T")

MANY = 500  # settlement keys in one query of the store


class _Asked(TypedDict):
    dimensions: tuple[str, ...]
    resources: tuple[str, ...]


@dataclass(slots=True)
class BooksLedger:
    """One register in the accounting system. `unreadable` are recorders whose movements it cannot give."""

    client: ODataClient
    entity: Entity
    totals: Totals
    context: Callable[[], Context]
    requests: int = 0
    unreadable: set[str] = field(default_factory=set)

    def balance(self, moment: WallClock) -> dict[Cell, Figures]:
        """What everything dated before `moment` sums to."""
        with self._counted():
            told = totals.balance(self.client, self.totals.register, at=moment, **self._asked)
        return self._summed(told.rows)

    def turnovers(self, keys: Collection[str], stretch: Stretch) -> dict[Cell, Figures]:
        among = totals.Among(self.totals.key, sorted(keys))
        with self._counted():
            told = totals.turnovers(self.client, self.totals.register, *stretch, **self._asked, among=among)
        return self._summed(told.rows)

    @property
    def _asked(self) -> _Asked:
        dimensions = (self.totals.key, self.totals.currency)
        return {"dimensions": dimensions, "resources": tuple(self.totals.resources.values())}

    def lines(self, keys: Collection[str], stretch: Stretch) -> list[Line]:
        row = line_row(self.entity, self.totals)
        wanted = replace(self.entity.source_set, row=row, condition=self._condition(keys))
        decoder = decoder_for(row, self.client.dialect)
        read = line_reader(self.entity, self.totals, self.context(), attribute)
        found: list[Line] = []
        with self._counted():
            for unit in self.client.read(wanted, *stretch, narrow=True):
                self.unreadable |= {refused.record_id.partition("/")[0] for refused in unit.refused}
                for page in unit.pages:
                    decoded = decoder.rows(page.body)
                    self.unreadable |= {item.record_id.partition("/")[0] for item in decoded.rejected}
                    found += [self._line(read, record) for record in decoded.rows]
        return [line for line in found if line.active]

    def _condition(self, keys: Collection[str]) -> str:
        terms = [f"{self.totals.key} eq {self.client.dialect.guid_literal(key)}" for key in sorted(keys)]
        return " or ".join(terms)

    def _line(self, read: Callable[[Any], Line], record: Any) -> Line:
        try:
            return read(record)
        except ValueError as error:
            raise self._broken(str(error), getattr(record, attribute(self.totals.key))) from error

    def _summed(self, rows: Iterable[Sequence[Any]]) -> dict[Cell, Figures]:
        sums: dict[Cell, Figures] = {}
        context = self.context()
        for key, currency_key, *amounts in rows:
            try:
                units = [figure(context, amount, currency_key) for amount in amounts]
            except ValueError as error:
                raise self._broken(str(error), key) from error
            cell = Cell(key, units[0][0])
            before = sums.get(cell, (0,) * len(units))
            sums[cell] = tuple(old + new for old, (_, new) in zip(before, units, strict=True))
        return sums

    def _broken(self, reason: str, key: str) -> SourceContractError:
        return SourceContractError(
            f"{self.totals.register} has a figure that is no amount of its currency: {reason}",
            hint="correct the movements of this settlement key in 1C: amounts are whole in the currency's unit",
            source=self.client.source.id,
            set=self.totals.register,
            key=key,
        )

    @contextmanager
    def _counted(self) -> Iterator[None]:
        before = self.client.statistics.requests
        try:
            yield
        finally:
            self.requests += self.client.statistics.requests - before


@dataclass(frozen=True, slots=True)
class HubLedger:
    """The same register in the store; every answer is one consistent reading."""

    store: Store
    of: Movements

    def balance(self, moment: WallClock) -> dict[Cell, Figures]:
        return self._read(lambda tx: ledger.sums(tx, self.of, Stretch(None, moment)))

    def turnovers(self, keys: Collection[str], stretch: Stretch) -> dict[Cell, Figures]:
        return self._read(lambda tx: ledger.sums(tx, self.of, stretch, keys))

    def lines(self, keys: Collection[str], stretch: Stretch) -> list[Line]:
        return self._read(lambda tx: ledger.lines(tx, self.of, stretch, keys))

    def counts(self, keys: Collection[str], stretch: Stretch) -> dict[str, int]:
        every = sorted(keys)
        found: dict[str, int] = {}
        with self.store.reading() as tx:
            for place in range(0, len(every), MANY):
                found |= ledger.counts(tx, self.of, stretch, every[place : place + MANY])
        return found

    def recorders(self, ids: Collection[str]) -> set[str]:
        every = sorted(ids)
        found: set[str] = set()
        with self.store.reading() as tx:
            for place in range(0, len(every), MANY):
                found |= ledger.recorders(tx, self.of, every[place : place + MANY])
        return found

    def quarantined(self) -> set[str]:
        return self._read(lambda tx: agreement.quarantined(tx, self.of.source, self.of.entity))

    def earliest(self) -> WallClock | None:
        return self._read(lambda tx: ledger.earliest(tx, self.of))

    def _read(self, ask: Callable[[Tx], T]) -> T:
        with self.store.reading() as tx:
            return ask(tx)
