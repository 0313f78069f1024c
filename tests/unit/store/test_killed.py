"""A process that dies at any step leaves the unit landed and not mapped, or nothing of it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from store import landing
from store.engine import Store
from tests.unit.store.desk import DOCUMENT, LINE, SOURCE, Desk, document, line, month

ROOT = Path(__file__).parents[3]
PROGRAM = """
import os, sys
from store import bulk, landing, records, rejections, upsert, watermarks
from store.engine import Store
from tests.unit.store.desk import DOCUMENT, LINE, Desk, document, line, month

database, files, module, function = sys.argv[1:]
desk = Desk(Store.open(database, files))
setattr(sys.modules[module], function, lambda *_, **__: os._exit(9))
unit = desk.land(month(3), b"new", watermark="2026-03-31T00:00:00")
desk.merge(unit, {DOCUMENT: [document("a", amount=2), document("b")], LINE: [line("a", 1, 2)]})
"""


@pytest.mark.parametrize(
    ("step", "landed"),
    [
        ("store.watermarks.put", False),
        ("store.upsert._upsert", True),
        ("store.upsert._replace_nested", True),
        ("store.rejections.record", True),
    ],
)
def test_a_killed_process_leaves_no_half_of_a_unit(
    migrated_sqlite: str, tmp_path: Path, step: str, landed: bool
) -> None:
    store = Store.open(migrated_sqlite, f"file://{tmp_path / 'landing'}")
    desk = Desk(store)
    desk.documents(month(3), document("a", amount=1), lines=[line("a", 1, 1), line("a", 2, 1)])
    before = desk.stored(DOCUMENT), desk.stored(LINE)
    command = [sys.executable, "-c", PROGRAM, migrated_sqlite, f"file://{tmp_path / 'landing'}"]
    died = subprocess.run([*command, *step.rsplit(".", 1)], cwd=ROOT, check=False)
    assert died.returncode == 9
    assert (desk.stored(DOCUMENT), desk.stored(LINE)) == before
    pending = landing.pending(store, SOURCE, "shipping_note")
    assert [landing.read(store, page) for unit in pending for page in unit.pages] == [b"new"] * landed
    store.close()
