"""Counting what the store has of each day, and the hash that two equal days share."""

from __future__ import annotations

import time
from collections import defaultdict
from datetime import UTC, datetime

from schemas.source import Scope
from schemas.types import WallClock
from store import bulk, census
from store.engine import Store
from store.record_tables import STORED
from tests.unit.store.desk import DOCUMENT, ENTRY, SOURCE, Desk, document, row

DOCUMENTS = census.Counted(SOURCE, "shipping_note", DOCUMENT, ("version",), "dated_at")
MOVEMENTS = census.Counted(SOURCE, "settlement_entry", ENTRY, ("line_no", "at", "active"), "at")


def folded(records: list[tuple[str, str, str]]) -> dict[str, tuple[int, int]]:
    """What the source's side would make of the same records."""
    found: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for day, _, text in records:
        count, hashed = found[day]
        found[day] = (count + 1, (hashed + census.digest(text)) % census.MODULUS)
    return dict(found)


def fill(desk: Desk) -> None:
    march = [document(f"m-{n}", f"2026-03-{n + 1:02d}T10:00:00", version=f"v{n}") for n in range(20)]
    desk.documents(Scope(), *march, document("m-20", "2026-03-01T23:59:59", version="Ж"))


def test_a_day_has_the_same_count_and_hash_wherever_it_is_counted(desk: Desk) -> None:
    fill(desk)
    with desk.store.reading() as tx:
        records = census.records(tx, DOCUMENTS, Scope(), census.days(tx, DOCUMENTS, Scope()))
        assert census.days(tx, DOCUMENTS, Scope()) == folded(records)
    assert ("2026-03-01", "m-20", "m-20|Ж") in records
    assert len(records) == 21


def test_movements_are_told_apart_by_line_date_and_whether_they_count(desk: Desk) -> None:
    unit = desk.land(Scope(), entity="settlement_entry")
    rows = [
        row(ENTRY, recorder_id="d-1", line_no=1, active=True, settlement_key_id="k", amount=-150),
        row(ENTRY, recorder_id="d-1", line_no=2, active=False, settlement_key_id="k", amount=7),
    ]
    desk.merge(unit, {ENTRY: rows}, main=ENTRY, nested=(), entity="settlement_entry")
    with desk.store.reading() as tx:
        records = census.records(tx, MOVEMENTS, Scope(), {"2026-03-05"})
        assert sorted(text for _, _, text in records) == [
            "d-1|1|2026-03-05T10:00:00|1",
            "d-1|2|2026-03-05T10:00:00|0",
        ]
        assert census.days(tx, MOVEMENTS, Scope()) == folded(records)
        assert census.recorder_kinds(tx, MOVEMENTS, ["d-1", "d-2"]) == {"d-1": ""}


def test_only_living_records_of_the_scope_are_counted(desk: Desk) -> None:
    fill(desk)
    desk.documents(
        Scope(WallClock("2026-03-05T00:00:00"), WallClock("2026-03-07T00:00:00")),
        document("m-4", "2026-03-05T10:00:00", version="v4"),
    )
    scope = Scope(WallClock("2026-03-04T00:00:00"), WallClock("2026-03-07T00:00:00"))
    with desk.store.reading() as tx:
        assert {day: count for day, (count, _) in census.days(tx, DOCUMENTS, scope).items()} == {
            "2026-03-04": 1,
            "2026-03-05": 1,
        }
        assert census.living(tx, DOCUMENTS, ["m-4", "m-5", "nobody"]) == {"m-4"}


def test_records_without_a_period_are_put_together_by_their_keys(desk: Desk) -> None:
    fill(desk)
    by_key = census.Counted(SOURCE, "shipping_note", DOCUMENT, ("version",), None)
    with desk.store.reading() as tx:
        assert census.days(tx, by_key, Scope())["m-"][0] == 21


def test_a_census_is_written_down(store: Store) -> None:
    began = datetime(2026, 3, 5, 1, tzinfo=UTC)
    found = census.Census(SOURCE, "shipping_note", "run-1", began, 3, 10, 1, 2, 1, 0)
    with store.transaction() as tx:
        census.save(tx, found)
        assert census.history(tx, SOURCE, "shipping_note", 5) == [found]


def test_counting_many_records_takes_a_moment(store: Store) -> None:
    number = 100_000
    blank = document("")
    at = [f"{2024 + n % 3}-{1 + n % 12:02d}-{1 + n % 28:02d}T10:00:00" for n in range(number)]
    place = list(DOCUMENT.fields).index("dated_at")
    names = [
        "source",
        *DOCUMENT.fields,
        "landing_id",
        "place",
        "changed_at",
        "entity",
        "mapping_digest",
        "run_id",
    ]
    now = "2026-03-05T10:00:00+00:00" if store.engine.dialect.name == "sqlite" else datetime.now(UTC)
    rows = (
        (
            SOURCE,
            f"{n:036x}",
            *blank[1:place],
            at[n],
            *blank[place + 1 :],
            1,
            n,
            now,
            "shipping_note",
            "d",
            "r",
        )
        for n in range(number)
    )
    with store.transaction() as tx:
        bulk.write(tx, STORED[DOCUMENT], names, rows)
    with store.reading() as tx:
        began = time.perf_counter()
        found = census.days(tx, DOCUMENTS, Scope())
        took = time.perf_counter() - began
    assert sum(count for count, _ in found.values()) == number
    assert took < 3, "a second on an idle machine; the tests share theirs"
