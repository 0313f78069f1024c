"""The desk at which one event is worked on: its number, its chance, and the base to look into."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from simulator.base import Base
from simulator.company.chance import Chance, Guids
from simulator.life.event import Event, NothingFitsError
from simulator.tables import SCALE, name

Row = dict[str, Any]
_RECENT = 40
_TRIES = 40


class Desk:
    def __init__(self, base: Base, seed: int, number: int, attempt: int) -> None:
        self.base = base
        self.number = number
        self.chance = Chance("life", seed, number, attempt)
        self._guid = Guids("life", seed)

    def new_ref(self, kind: str) -> str:
        return self._guid(kind, self.number)

    def moment(self, *, days: int = 0, minutes: int = 0) -> str:
        """Now, or so long after it; before it, if negative."""
        return (self.base.now() + timedelta(days=days, minutes=minutes)).isoformat()

    def event(self, kind: str, entity_set: str, ref: str, what: str) -> Event:
        return Event(kind, entity_set, ref, self.base.registering, what)

    def row(self, entity_set: str, ref: str) -> Row:
        found = self.base.read(entity_set, ref)
        if found is None:
            raise NothingFitsError(f"{entity_set} has no {ref}")
        return found

    def some(self, kinds: Sequence[str], fits: Callable[[str, Row], bool], ref: str = "") -> tuple[str, Row]:
        """An object of one of the kinds that fits: the one named, else any, a recent one rather."""
        if ref:
            return self._named(kinds, fits, ref)
        for _ in range(_TRIES):
            kind = self.chance.pick(kinds)
            row = self._any(kind)
            if row is not None and fits(kind, row):
                return kind, row
        raise NothingFitsError(f"nothing fits among {', '.join(kinds)}")

    def _named(self, kinds: Sequence[str], fits: Callable[[str, Row], bool], ref: str) -> tuple[str, Row]:
        for kind in kinds:
            row = self.base.read(kind, ref)
            if row is not None:
                if not fits(kind, row):
                    raise NothingFitsError(f"{kind} {ref} does not allow it now")
                return kind, row
        raise NothingFitsError(f"no {ref} among {', '.join(kinds)}")

    def _any(self, kind: str) -> Row | None:
        count = self.base.count(kind)
        if not count:
            return None
        recent = count > _RECENT and self.chance.often(0.6)
        place = count - 1 - self.chance.below(_RECENT) if recent else self.chance.below(count)
        query = f"SELECT ref FROM {name(kind)} ORDER BY id LIMIT 1 OFFSET ?"
        found = self.base.database.connection.execute(query, (place,)).fetchone()
        return self.base.read(kind, found[0])

    def with_text(self, entity_set: str, text: str) -> str:
        """The first object whose stored text contains a line; empty if there is none."""
        query = f"SELECT ref FROM {name(entity_set)} WHERE instr(body, ?) ORDER BY id LIMIT 1"
        found = self.base.database.connection.execute(query, (text,)).fetchone()
        return found[0] if found else ""

    def in_base_currency(self, currency: str, amount: Decimal) -> Decimal:
        query = (
            'SELECT "Курс", "Кратность" FROM "InformationRegister_КурсыВалют"'
            ' WHERE "Валюта_Key" = ? ORDER BY "Period" DESC LIMIT 1'
        )
        found = self.base.database.connection.execute(query, (currency,)).fetchone()
        rate, multiplicity = found or (SCALE, 1)
        return (amount * rate / (SCALE * multiplicity)).quantize(Decimal("0.01"))
