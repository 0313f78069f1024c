"""Work that a warm process has begun for a run that is still to come: Dagster takes longer to make a run than it takes.

The run reports what was done for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from typing import Any

_BEGUN: dict[str, Sequence[Future[Any]]] = {}  # by run, until the run asks for it


def begun(run_id: str, works: Sequence[Future[Any]]) -> None:
    """Say that the work of a run that is still to come is under way in this process, or done."""
    _BEGUN[run_id] = works


def outcome(run_id: str) -> list[Any] | None:
    """What a run finds begun, when it is done; None where it is to do the work itself. Errors: those of the work."""
    works = _BEGUN.pop(run_id, None)
    return None if works is None else [one.result() for one in works]
