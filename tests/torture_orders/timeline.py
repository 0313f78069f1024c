"""All that is known of one order, for who looks for the mistake: its steps, the requests made for it, the books."""

from __future__ import annotations

from typing import Any

from store import outbox, submissions
from store.engine import Store
from tests.torture_orders.wanted import Wanted


def of(store: Store, wanted: Wanted, rows: list[dict[str, Any]]) -> str:
    with store.reading() as tx:
        found = submissions.get(tx, wanted.id.partition(":")[2])
        if found is None:
            return "\n".join(["the hub has no such order", *map(_document, rows)])
        steps = [
            (step.at, f"{step.before} -> {step.after} {step.why or ''} by {step.by} {step.note} {step.words}")
            for step in submissions.steps(tx, found)
        ]
        attempts = [
            (one.at, f"fence {one.fence}: {one.action} {one.outcome} {one.milliseconds} ms")
            for one in outbox.attempts(tx, found)
        ]
    events = [f"{at:%H:%M:%S.%f} {what}" for at, what in sorted([*steps, *attempts])]
    return "\n".join([f"order {found.id}", *events, *map(_document, rows)])


def _document(row: dict[str, Any]) -> str:
    counts = f"posted {row['Posted']}, marked {row['DeletionMark']}"
    return f"in the books: {row['Ref_Key']} {row['Number']} of {row['Date']}, {counts}"
