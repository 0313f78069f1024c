"""Dropping what is not needed loses nothing: what is left still maps to the store as it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from schemas.source import Scope
from store import comparing, copying, landing, retention
from store.engine import Store
from tests.property.test_store import DAYS, QUICK, Reading, new_desk, readings
from tests.unit.store.desk import DOCUMENT, LINE, SOURCE, Desk, Row, document, line

A = Reading(Scope(), {"a": (DAYS[0], 1)}, 0)
NOTHING = Reading(Scope(), {}, 0)
LATER = datetime.now(UTC) + timedelta(days=1)


def rows(reading: Reading) -> dict[object, Sequence[Row]]:
    """As the accounting system has it: whatever changes in a document, its version changes."""
    held = {key: (day, amount, reading.lines) for key, (day, amount) in sorted(reading.documents.items())}
    return {
        DOCUMENT: [
            document(key, day, amount, version=f"{day} {amount} {lines}")
            for key, (day, amount, lines) in held.items()
        ],
        LINE: [
            line(key, number, amount) for key, (_, amount, lines) in held.items() for number in range(lines)
        ],
    }


def rebuilt(desk: Desk, folder: Path, history: Sequence[Reading]) -> list[str]:
    """What differs in a store mapped from what the landing of `desk` still has."""
    with new_desk(folder) as empty:
        other = Desk(Store(empty.store.engine, desk.store.blobs))
        copying.begin(desk.store, other.store, run_id="again")
        for unit in landing.units(other.store, SOURCE, "shipping_note"):
            other.merge(unit, rows(history[landing.read(other.store, unit.pages[0])[0]]))  # type: ignore[arg-type]
        return [str(found) for found in comparing.differences(desk.store, other.store)]


@settings(QUICK, max_examples=15)
@example(history=[A, NOTHING])
@example(history=[A, NOTHING, True, A, NOTHING])
@example(history=[A, NOTHING, True, A])
@given(history=st.lists(st.one_of(readings(), st.just(True)), min_size=1, max_size=7))
def test_what_retention_leaves_maps_to_the_same_store(folder: Path, history: list[Reading | bool]) -> None:
    with new_desk(folder) as desk:
        landed = [step for step in history if isinstance(step, Reading)]
        done = 0
        for step in history:
            if isinstance(step, Reading):
                desk.merge(desk.land(step.scope, bytes([done])), rows(step))  # type: ignore[arg-type]
                done += 1
            else:
                retention.drop(desk.store, LATER)
        retention.drop(desk.store, LATER)
        assert rebuilt(desk, folder, landed) == []
