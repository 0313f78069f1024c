"""What somebody asked for and takes its time: asking, finding it again, the pauses between two looks at it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from litestar import Request

from desk.frame.errors import DeskError
from desk.frame.visits import Visit
from store import operations
from store.engine import Tx
from store.operations import Kind, Operation

MOST_OPEN = 50  # of one person
FIRST_PAUSE_MS, LONGEST_PAUSE_MS = 300, 3_000
_GROWS_BY = 1.3
_MOST_LOOKS = 9_999
_NUMBER = re.compile(r"[0-9a-f]{32}")


def ask(
    tx: Tx,
    visit: Visit,
    kind: Kind,
    source: str,
    counterparty_id: str | None = None,
    input: Mapping[str, Any] = MappingProxyType({}),
) -> Operation:
    """Asked again while the first one waits, it is the same one."""
    asked = operations.ask(
        tx, kind, source, counterparty_id, key_number=visit.by, most=MOST_OPEN, input=input
    )
    if asked is None:
        raise too_many(visit)
    return asked


def too_many(visit: Visit) -> DeskError:
    _ = visit.text.gettext
    return DeskError(429, _("You have asked for too much at once."), _("Wait until some of it is done."))


def find(tx: Tx, number: str) -> Operation | None:
    """By a number out of an address, whatever stands there."""
    return operations.get(tx, number) if _NUMBER.fullmatch(number) else None


def is_open(operation: Operation) -> bool:
    return operation.state in operations.OPEN


def looks(request: Request[Any, Any, Any]) -> int:
    """How often the page has looked already."""
    said = str(request.query_params.get("n", ""))
    return min(int(said), _MOST_LOOKS) if said.isascii() and said.isdigit() and len(said) < 9 else 0


def pause_ms(before: int) -> int:
    """After so many looks."""
    return int(min(FIRST_PAUSE_MS * _GROWS_BY ** min(before, 20), LONGEST_PAUSE_MS))
