from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from schemas.errors import ConfigurationError, LeaseLostError, LineageError
from schemas.source import RawUnit, RefusedRecord, Scope
from store import landing, leases, watermarks
from store.blobs import Blobs
from store.engine import Store
from store.tables import LANDING_PAGE, LANDING_UNIT
from tests.unit.store.desk import DOCUMENT, SOURCE, Desk, document, month, page

ENTITY = "shipping_note"
MARCH = month(3)


def files(store: Store) -> list[Path]:
    return sorted(path for path in Path(store.blobs.root).rglob("*") if path.is_file())


def test_bytes_come_back_exactly_as_received(desk: Desk) -> None:
    bodies = (b"\xef\xbb\xbf{}", bytes(range(256)) * 1000, b"")
    unit = desk.land(MARCH, *bodies)
    assert tuple(landing.read(desk.store, landed) for landed in unit.pages) == bodies
    assert [(landed.seq, landed.size) for landed in unit.pages] == [(0, 5), (1, 256_000), (2, 0)]


def test_the_same_bytes_are_kept_once(desk: Desk) -> None:
    desk.land(MARCH, b"same", b"other")
    again = desk.land(MARCH, b"same")
    (landed,) = again.pages
    kept = [path.relative_to(desk.store.blobs.root).as_posix() for path in files(desk.store)]
    assert len(kept) == 2
    assert f"{landed.sha256[:2]}/{landed.sha256}.zst" in kept


def test_pages_are_numbered_in_the_order_of_arrival(desk: Desk) -> None:
    units = [desk.land(MARCH, b"1", b"2"), desk.land(MARCH, b"3")]
    ids = [landed.id for unit in units for landed in unit.pages]
    assert ids == sorted(set(ids))


def test_a_damaged_page_is_named(desk: Desk) -> None:
    (landed,) = desk.land(MARCH, b"original").pages
    (file,) = files(desk.store)
    other = Blobs.open(f"{file.parent}/elsewhere")
    other.write(b"forged")
    file.write_bytes(files(Store(desk.store.engine, other))[0].read_bytes())
    with pytest.raises(LineageError, match=f"landing page {landed.id} is not what was written"):
        landing.read(desk.store, landed)
    file.write_bytes(b"not zstd")
    with pytest.raises(LineageError, match=f"landing page {landed.id} cannot be unpacked"):
        landing.read(desk.store, landed)


def test_a_lost_page_is_named_with_what_to_do(desk: Desk) -> None:
    (landed,) = desk.land(MARCH, b"original").pages
    files(desk.store)[0].unlink()
    with pytest.raises(LineageError, match="is not there") as error:
        landing.read(desk.store, landed)
    assert error.value.context["landing"] == landed.id
    assert "fetch the same period again" in error.value.hint


def test_refused_bytes_are_kept_and_belong_to_no_unit(desk: Desk) -> None:
    page_id = landing.save_refused(
        desk.store, SOURCE, ENTITY, "Document_X", b"<html>", "a login page", run_id="run-1"
    )
    with desk.store.reading() as tx:
        row = tx.connection.execute(select(LANDING_PAGE)).one()
    assert (row.id, row.unit_id, row.error) == (page_id, None, "run run-1: a login page")
    assert desk.store.blobs.read(row.sha256, page=page_id) == b"<html>"
    assert landing.pending(desk.store, SOURCE, ENTITY) == []


def test_what_is_not_mapped_is_pending_in_order(desk: Desk) -> None:
    units = [desk.land(MARCH, b"1"), desk.land(month(4), b"2"), desk.land(Scope(), b"3")]
    assert landing.pending(desk.store, SOURCE, ENTITY) == units
    assert landing.pending(desk.store, SOURCE, "invoice") == []
    desk.merge(units[0], {DOCUMENT: [document("a")]})
    assert landing.pending(desk.store, SOURCE, ENTITY) == units[1:]
    assert list(landing.units(desk.store, SOURCE, ENTITY)) == units


def test_units_beyond_one_batch_are_all_given(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landing, "_BATCH", 2)
    units = [desk.land(MARCH, bytes([number])) for number in range(5)]
    assert list(landing.units(desk.store, SOURCE, ENTITY)) == units


def test_a_unit_remembers_what_it_cost(desk: Desk) -> None:
    early = datetime(2026, 3, 5, 10, 0, tzinfo=UTC)
    pages = (page(b"12345", early + timedelta(seconds=5)), page(b"678", early))
    landing.save(desk.store, SOURCE, ENTITY, RawUnit(MARCH, pages), run_id="run-1")
    with desk.store.reading() as tx:
        row = tx.connection.execute(select(LANDING_UNIT)).one()
    assert (row.pages, row.bytes, row.seconds, row.fetched_at) == (2, 8, 0.5, early)
    assert (row.records, row.mapped_at, row.state) == (None, None, "landed")


def test_the_watermark_moves_with_the_unit_and_never_back(desk: Desk) -> None:
    def watermark() -> str | None:
        with desk.store.reading() as tx:
            return watermarks.get(tx, SOURCE, ENTITY)

    desk.land(MARCH, b"1")
    assert watermark() is None
    desk.land(MARCH, b"2", watermark="2026-03-31T10:00:00")
    desk.land(MARCH, b"3", watermark="2026-03-30T10:00:00")
    assert watermark() == "2026-03-31T10:00:00"
    with desk.store.transaction() as tx:
        watermarks.put(tx, SOURCE, ENTITY, None, unit_id=None, run_id="reset")
    assert watermark() is None


def test_a_crash_before_the_rows_leaves_no_unit_and_no_watermark(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(watermarks, "advance", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            desk.land(MARCH, b"1", watermark="2026-03-31T10:00:00")
    assert landing.pending(desk.store, SOURCE, ENTITY) == []
    with desk.store.reading() as tx:
        assert watermarks.get(tx, SOURCE, ENTITY) is None
        assert tx.connection.execute(select(LANDING_PAGE.c.id)).all() == []
    (landed,) = desk.land(MARCH, b"1").pages
    assert landing.read(desk.store, landed) == b"1"


def test_a_crash_while_bytes_are_written_leaves_no_half_file(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = desk.store.blobs.files.open

    def breaking(path: str, mode: str, **options: object) -> object:
        real(path, mode, **options).write(b"half")
        raise OSError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(desk.store.blobs.files, "open", breaking)
        with pytest.raises(OSError, match="disk is full"):
            desk.land(MARCH, b"whole")
    assert files(desk.store) == []
    (landed,) = desk.land(MARCH, b"whole").pages
    assert landing.read(desk.store, landed) == b"whole"


def test_an_unknown_location_is_refused_at_the_start() -> None:
    with pytest.raises(ConfigurationError, match="landing_url"):
        Blobs.open("nosuch://bucket/landing")


def test_the_landing_may_be_any_location_of_fsspec() -> None:
    blobs = Blobs.open("memory://test-landing-any")
    blob = blobs.write(b"bytes")
    assert blobs.write(b"bytes") == blob
    assert blobs.read(blob.sha256, page=1) == b"bytes"


def test_a_unit_of_keys_says_which_and_leaves_the_watermark(desk: Desk) -> None:
    unit = desk.land(Scope(keys=("a", "б")), b"1", watermark="2026-03-05T00:00:00")
    assert unit.scope == Scope(keys=("a", "б"))
    assert landing.pending(desk.store, SOURCE, ENTITY) == [unit]
    with desk.store.reading() as tx:
        assert watermarks.get(tx, SOURCE, ENTITY) is None
        assert landing.found(tx, [unit.id]) == [unit]
    assert unit.pages[0].media_type == "application/json"


def test_a_record_the_source_cannot_give_is_landed_beside_the_pages(desk: Desk) -> None:
    refused = RefusedRecord("bad", "Document_X(guid'bad')", "a control character", "mend it", b"<error/>")
    raw = RawUnit(MARCH, (page(b"1"),), (refused,))
    unit_id = landing.save(desk.store, SOURCE, ENTITY, raw, run_id="run-1")
    (unit,) = landing.pending(desk.store, SOURCE, ENTITY)
    (landed,) = unit.refused
    assert (unit.id, len(unit.pages)) == (unit_id, 1)
    assert (landed.record_id, landed.reason, landed.hint) == ("bad", "a control character", "mend it")
    assert landed.request == "Document_X(guid'bad')"
    assert unit.landings == [unit.pages[0].id, landed.page_id]
    with desk.store.reading() as tx:
        sha256 = tx.connection.execute(
            select(LANDING_PAGE.c.sha256).where(LANDING_PAGE.c.id == landed.page_id)
        ).scalar_one()
    assert desk.store.blobs.read(sha256, page=landed.page_id) == b"<error/>"


def test_a_unit_without_any_answer_is_no_unit(desk: Desk) -> None:
    with pytest.raises(ValueError, match="says nothing"):
        landing.save(desk.store, SOURCE, ENTITY, RawUnit(MARCH, ()), run_id="run-1")


def test_a_package_becomes_a_unit_of_keys_for_each_entity(desk: Desk) -> None:
    keys = {"shipping_note": ["a", "b"], "item": ["i"]}
    units = landing.save_package(desk.store, SOURCE, page(b"<feed/>"), keys, run_id="run-1")
    for entity, named in keys.items():
        (unit,) = landing.pending(desk.store, SOURCE, entity)
        assert (unit.id, unit.scope) == (units[entity], Scope(keys=tuple(named)))
        assert landing.read(desk.store, unit.pages[0]) == b"<feed/>"
    assert len(files(desk.store)) == 1


def test_nothing_is_landed_under_a_lease_that_was_lost(desk: Desk) -> None:
    lost = leases.take(desk.store, "read", "elsewhere:1:x", 60)
    assert lost is not None
    leases.release(desk.store, lost)
    mine = leases.take(desk.store, "read", "elsewhere:2:x", 60)
    raw = RawUnit(MARCH, (page(b"1"),))
    with pytest.raises(LeaseLostError):
        landing.save(desk.store, SOURCE, ENTITY, raw, run_id="run-1", lease=lost)
    with pytest.raises(LeaseLostError):
        landing.save_package(desk.store, SOURCE, page(b"2"), {ENTITY: ["a"]}, run_id="run-1", lease=lost)
    assert landing.pending(desk.store, SOURCE, ENTITY) == []
    landing.save(desk.store, SOURCE, ENTITY, raw, run_id="run-1", lease=mine)
    assert len(landing.pending(desk.store, SOURCE, ENTITY)) == 1


def test_bytes_are_on_the_disk_under_their_name_before_anything_is_committed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    real = os.fsync

    def note(handle: int) -> None:
        synced.append(os.readlink(f"/proc/self/fd/{handle}") if os.path.exists("/proc/self/fd") else "?")
        real(handle)

    monkeypatch.setattr("store.blobs.os.fsync", note)
    desk.store.blobs.write(b"a package that will be confirmed")
    (kept,) = files(desk.store)
    assert len(synced) == 3
    if "?" not in synced:
        assert synced[1:] == [str(kept.parent), str(kept.parent.parent)]
