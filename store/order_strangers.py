"""Orders in the books that carry the hub's marker and that this hub does not know: a backup was restored (ADR 0027)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlalchemy import select

from schemas.submissions import State
from schemas.types import Day
from store.engine import Tx
from store.standing_documents import DOCUMENT, chunks
from store.tables_of_orders import SUBMISSION

ORDER = "order"
# What `mappings/stored.py: marker` writes; here it is found in what was read back.
_MARKER = re.compile(r"\[saldo ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\]")


@dataclass(frozen=True, slots=True)
class Stranger:
    """`submission` is what the marker says; `reference` the storefront's own, as the books keep it.

    `here` is its state where the hub knows it: ended without asking the books, or another document is this order.
    """

    ref_key: str
    submission: str
    number: str
    reference: str
    dated_on: Day
    here: State | None = None


def of(tx: Tx, source: str) -> list[Stranger]:
    """The oldest first. Those that are marked for deletion are nobody's any more.

    With them those that were sent again, and cancelled or declined before the hub looked for them: they count there;
    and unposted ones beside the document that is the order here: a request that came late made them, or a copy.
    """
    marked = list(_marked(tx, source))
    column, here = SUBMISSION.c, dict[str, tuple[State, str | None]]()
    for part in chunks({one.submission for one, _ in marked}):
        wanted = select(column.id, column.state, column.ref_key).where(column.id.in_(part))
        here.update((key, (state, mine)) for key, state, mine in tx.connection.execute(wanted))
    found = []
    for one, is_posted in marked:
        state, mine = here.get(one.submission, (None, None))
        lost = mine is None and state in (None, "cancelled", "rejected")
        second = mine not in (None, one.ref_key) and not is_posted
        if lost or second:
            found.append(replace(one, here=state))
    return sorted(found, key=lambda one: (one.dated_on, one.ref_key))


def _marked(tx: Tx, source: str) -> Iterator[tuple[Stranger, bool]]:
    """By the last marker, as the hub knows its own; with whether they are posted."""
    column = DOCUMENT.c
    wanted = select(
        column.id, column.number, column.external_number, column.dated_at, column.internal_memo, column.posted
    ).where(
        column.source == source,
        column.kind == ORDER,
        ~column.deletion_mark,
        column.gone_at.is_(None),
        column.internal_memo.contains("[saldo ", autoescape=True),
    )
    for ref_key, number, reference, dated_at, memo, is_posted in tx.connection.execute(wanted):
        for submission in _MARKER.findall(memo)[-1:]:
            dated_on = Day(dated_at[: len("2026-01-01")])
            yield Stranger(ref_key, submission, number, reference, dated_on), bool(is_posted)
