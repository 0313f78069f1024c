from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from schemas.source import Scope
from store import landing, retention
from store.engine import Store
from store.retention import Dropped
from tests.unit.store.desk import DOCUMENT, SOURCE, Desk, document, month

OLD = datetime(2026, 1, 1, tzinfo=UTC)
BETWEEN = datetime(2026, 6, 1, tzinfo=UTC)


def aged(tmp_path: Path) -> list[str]:
    """The files of the landing, made two hours old."""
    files = list((tmp_path / "landing").rglob("*.zst"))
    for file in files:
        os.utime(file, (time.time() - 7_200,) * 2)
    return [file.stem for file in files]


def files(tmp_path: Path) -> int:
    return len(list((tmp_path / "landing").rglob("*.zst")))


def three_versions(desk: Desk) -> None:
    """Two old readings that are superseded row by row, and a new one."""
    for number in range(3):
        unit = desk.land(month(3), bytes([number]), fetched_at=OLD if number < 2 else None)
        desk.merge(unit, {DOCUMENT: [document("a", amount=number)]})


def test_units_whose_rows_were_replaced_go_with_their_files(desk: Desk, tmp_path: Path) -> None:
    three_versions(desk)
    aged(tmp_path)
    told = retention.drop(desk.store, BETWEEN, dry_run=True)
    assert files(tmp_path) == 3
    assert retention.drop(desk.store, BETWEEN) == told
    assert (told.units, told.pages, told.files) == (2, 2, 2)
    assert files(tmp_path) == 1
    (left,) = landing.units(desk.store, SOURCE, "shipping_note")
    assert landing.read(desk.store, left.pages[0]) == bytes([2])
    assert retention.drop(desk.store, BETWEEN) == Dropped()


def test_what_a_living_row_needs_stays_however_old_it_is(desk: Desk, tmp_path: Path) -> None:
    desk.merge(desk.land(month(3), b"1", fetched_at=OLD), {DOCUMENT: [document("a")]})
    desk.merge(desk.land(month(3), b"2"), {DOCUMENT: [document("a"), document("b")]})
    assert retention.drop(desk.store, BETWEEN) == Dropped()


def test_a_unit_that_waits_to_be_mapped_stays_with_all_after_it(desk: Desk, tmp_path: Path) -> None:
    desk.land(month(3), b"waits", fetched_at=OLD)
    desk.merge(desk.land(month(3), b"1", fetched_at=OLD), {DOCUMENT: [document("a", amount=1)]})
    desk.merge(desk.land(month(3), b"2"), {DOCUMENT: [document("a", amount=2)]})
    assert retention.drop(desk.store, BETWEEN) == Dropped()


def test_bytes_that_another_page_has_stay(desk: Desk, tmp_path: Path) -> None:
    desk.merge(desk.land(month(3), b"same", fetched_at=OLD), {DOCUMENT: [document("a", amount=1)]})
    desk.merge(desk.land(month(3), b"other", fetched_at=OLD), {DOCUMENT: [document("a", amount=2)]})
    desk.merge(desk.land(month(3), b"same"), {DOCUMENT: [document("a", amount=3)]})
    aged(tmp_path)
    dropped = retention.drop(desk.store, BETWEEN)
    assert (dropped.units, dropped.files) == (2, 1)
    (left,) = landing.units(desk.store, SOURCE, "shipping_note")
    assert landing.read(desk.store, left.pages[0]) == b"same"


def test_a_file_written_just_now_stays_for_who_has_not_committed_yet(desk: Desk, tmp_path: Path) -> None:
    three_versions(desk)
    dropped = retention.drop(desk.store, BETWEEN)
    assert (dropped.units, dropped.files) == (2, 0)
    assert files(tmp_path) == 3


def test_rows_of_the_landing_are_gone_for_good_before_their_files(desk: Desk, tmp_path: Path) -> None:
    """A process that dies between the two leaves files nobody names, never names without a file."""
    three_versions(desk)
    aged(tmp_path)
    seen: list[int] = []

    class Watched:
        def __init__(self) -> None:
            self.blobs = desk.store.blobs

        def delete(self, sha256: str, *, written_before: datetime) -> bool:
            with desk.store.reading() as tx:
                rows = tx.connection.exec_driver_sql(
                    f"SELECT count(*) FROM landing_page WHERE sha256 = '{sha256}'"
                )
                seen.append(rows.scalar_one())
            return self.blobs.delete(sha256, written_before=written_before)

    retention.drop(Store(desk.store.engine, Watched()), BETWEEN)  # type: ignore[arg-type]
    assert seen == [0, 0]


def test_what_came_in_place_of_an_answer_is_dropped_when_it_is_old(desk: Desk, tmp_path: Path) -> None:
    landing.save_refused(desk.store, SOURCE, "order", "/x", b"<html>", "a web page", run_id="r")
    aged(tmp_path)
    assert retention.drop(desk.store, datetime.now(UTC) - timedelta(days=1)) == Dropped()
    dropped = retention.drop(desk.store, datetime.now(UTC) + timedelta(days=1))
    assert (dropped.units, dropped.pages, dropped.files) == (0, 1, 1)


def test_the_page_that_denies_a_record_stays_with_the_page_of_its_last_content(
    desk: Desk, tmp_path: Path
) -> None:
    desk.merge(desk.land(Scope(), b"has", fetched_at=OLD), {DOCUMENT: [document("a")]})
    desk.merge(desk.land(Scope(), b"denies", fetched_at=OLD), {DOCUMENT: []})
    desk.merge(desk.land(Scope(), b"denies again", fetched_at=OLD), {DOCUMENT: []})
    dropped = retention.drop(desk.store, BETWEEN)
    assert dropped.units == 1
    assert [
        landing.read(desk.store, unit.pages[0]) for unit in landing.units(desk.store, SOURCE, "shipping_note")
    ] == [
        b"has",
        b"denies",
    ]
