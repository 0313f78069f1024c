"""The store against a model of a few lines: what it holds depends on what was landed, and on nothing else."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.money import from_units, to_units
from schemas.source import Scope
from schemas.types import WallClock
from store import records
from store.engine import Store
from store.landing import LandedUnit
from tests.migrated import migrate
from tests.unit.store.desk import DOCUMENT, LINE, SOURCE, Desk, Row, document, line

DAYS = [WallClock(f"2026-03-{day:02d}T00:00:00") for day in range(1, 6)]
QUICK = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@contextmanager
def new_desk(folder: Path) -> Iterator[Desk]:
    file = folder / f"{uuid.uuid4().hex}.db"
    migrate(f"sqlite:///{file}")
    store = Store.open(f"sqlite:///{file}", f"memory://{uuid.uuid4().hex}")
    try:
        yield Desk(store)
    finally:
        store.close()
        file.unlink()


@dataclass(frozen=True)
class Reading:
    """What a source held in `scope` at one moment: key -> (day, amount), with `lines` lines per document."""

    scope: Scope
    documents: dict[str, tuple[str, int]]
    lines: int

    def rows(self, keys: Sequence[str]) -> dict[object, Sequence[Row]]:
        return {
            DOCUMENT: [document(key, self.documents[key][0], self.documents[key][1]) for key in keys],
            LINE: [line(key, number, self.documents[key][1]) for key in keys for number in range(self.lines)],
        }


def _inside(scope: Scope, key: str, day: str) -> bool:
    if scope.keys is not None:
        return key in scope.keys
    return (scope.start is None or scope.start <= day) and (scope.end is None or day < scope.end)


@st.composite
def named(draw: st.DrawFn) -> Reading:
    """Single documents read by their keys; one that is named and not held was deleted."""
    keys = draw(st.sets(st.sampled_from("abc"), min_size=1))
    held = st.tuples(st.sampled_from(DAYS), st.integers(0, 2))
    kept = draw(st.dictionaries(st.sampled_from(sorted(keys)), held))
    return Reading(Scope(keys=tuple(sorted(keys))), kept, draw(st.integers(0, 2)))


@st.composite
def windows(draw: st.DrawFn) -> Reading:
    """A complete window, as a source with few documents and many changes would give it."""
    start = draw(st.one_of(st.none(), st.sampled_from(DAYS[:4])))
    end = draw(st.one_of(st.none(), st.sampled_from([day for day in DAYS if start is None or day > start])))
    scope = Scope(start, end)
    days = [day for day in DAYS if _inside(scope, "", day)]
    kept = draw(
        st.dictionaries(
            st.sampled_from("abc"), st.tuples(st.sampled_from(days or DAYS[:1]), st.integers(0, 2))
        )
    )
    return Reading(scope, kept if days else {}, draw(st.integers(0, 2)))


def readings() -> st.SearchStrategy[Reading]:
    return st.one_of(windows(), windows(), named())


def expected(history: Sequence[Reading]) -> tuple[list[Row], list[Row]]:
    """Living documents and their lines after reading the history in order."""
    living: dict[str, tuple[str, int, int]] = {}
    for reading in history:
        living = {
            key: held
            for key, held in living.items()
            if key in reading.documents or not _inside(reading.scope, key, held[0])
        }
        living |= {key: (*held, reading.lines) for key, held in reading.documents.items()}
    documents = [(key, day, amount) for key, (day, amount, _) in sorted(living.items())]
    lines = [(key, n, held[1]) for key, held in sorted(living.items()) for n in range(held[2])]
    return documents, lines


def held(desk: Desk) -> tuple[list[Row], list[Row]]:
    documents = desk.live("id", "dated_at", "amount")
    alive = {key for key, *_ in documents}
    lines = desk.stored(LINE, "document_id", "line_no", "amount")
    return documents, [found for found in lines if found[0] in alive]


def merge(desk: Desk, unit: LandedUnit, reading: Reading, parts: int) -> None:
    keys = sorted(reading.documents)
    pages = [reading.rows(keys[number::parts]) for number in range(parts)]
    desk.merge(unit, *pages)  # type: ignore[arg-type]


@QUICK
@given(history=st.lists(readings(), max_size=5))
def test_the_store_is_what_its_readings_say(folder: Path, history: list[Reading]) -> None:
    with new_desk(folder) as desk:
        for number, reading in enumerate(history):
            merge(desk, desk.land(reading.scope, bytes([number])), reading, 1)
        assert held(desk) == expected(history)


@QUICK
@given(history=st.lists(st.tuples(readings(), st.integers(1, 3)), min_size=1, max_size=4), data=st.data())
def test_any_split_into_pages_any_order_and_any_repeats_give_the_same_store(
    folder: Path, history: list[tuple[Reading, int]], data: st.DataObject
) -> None:
    places = list(range(len(history)))
    order = data.draw(st.permutations(places)) + data.draw(st.lists(st.sampled_from(places), max_size=4))
    with new_desk(folder) as desk:
        units = [
            desk.land(reading.scope, *(bytes([number, part]) for part in range(parts)))
            for number, (reading, parts) in enumerate(history)
        ]
        for place in order:
            merge(desk, units[place], *history[place])
        assert held(desk) == expected([reading for reading, _ in history])


@QUICK
@given(history=st.lists(readings(), min_size=1, max_size=4))
def test_replaying_everything_changes_nothing(folder: Path, history: list[Reading]) -> None:
    with new_desk(folder) as desk:
        units = [desk.land(reading.scope, bytes([number])) for number, reading in enumerate(history)]
        for unit, reading in zip(units, history, strict=True):
            merge(desk, unit, reading, 1)
        before = desk.stored(DOCUMENT), desk.stored(LINE)
        for unit, reading in zip(units, history, strict=True):
            counts = desk.merge(unit, reading.rows(sorted(reading.documents)), run_id="replay")  # type: ignore[arg-type]
            assert (counts.inserted, counts.changed, counts.gone) == (0, 0, 0)
        assert (desk.stored(DOCUMENT), desk.stored(LINE)) == before


@settings(max_examples=30, deadline=None)
@given(
    amounts=st.lists(
        st.decimals("-9999999999999999.99", "9999999999999999.99", places=2), min_size=1, max_size=20
    )
)
def test_every_amount_comes_back_exactly(folder: Path, amounts: list[Decimal]) -> None:
    with new_desk(folder) as desk:
        rows = [document(f"d{number}", amount=to_units(amount, 2)) for number, amount in enumerate(amounts)]
        desk.documents(Scope(), *rows)
        with desk.store.reading() as tx:
            for number, amount in enumerate(amounts):
                found = records.get(tx, DOCUMENT, SOURCE, (f"d{number}",))
                assert from_units(found.amount, 2) == amount
