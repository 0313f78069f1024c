"""Orders in the books that carry the hub's marker and that this hub does not know: a backup was restored (ADR 0027)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlalchemy import and_, select

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

    `here` is its state where the hub knows it again, and ended it without asking the books.
    """

    ref_key: str
    submission: str
    number: str
    reference: str
    dated_on: Day
    here: State | None = None


def of(tx: Tx, source: str) -> list[Stranger]:
    """The oldest first. Those that are marked for deletion are nobody's any more.

    With them those that were sent again, and cancelled or declined before the hub looked for them: they count there.
    """
    marked = {one.submission: one for one in _marked(tx, source)}
    column, known = SUBMISSION.c, set[str]()
    lost = and_(column.state.in_(("cancelled", "rejected")), column.ref_key.is_(None))
    for part in chunks(marked):
        wanted = select(column.id, column.state, lost).where(column.id.in_(part))
        for key, state, is_lost in tx.connection.execute(wanted):
            marked[key] = replace(marked[key], here=state)
            known.update(() if is_lost else (key,))
    found = (one for key, one in marked.items() if key not in known)
    return sorted(found, key=lambda one: (one.dated_on, one.ref_key))


def _marked(tx: Tx, source: str) -> Iterator[Stranger]:
    column = DOCUMENT.c
    wanted = select(
        column.id, column.number, column.external_number, column.dated_at, column.internal_memo
    ).where(
        column.source == source,
        column.kind == ORDER,
        ~column.deletion_mark,
        column.gone_at.is_(None),
        column.internal_memo.contains("[saldo ", autoescape=True),
    )
    for ref_key, number, reference, dated_at, memo in tx.connection.execute(wanted):
        for submission in _MARKER.findall(memo):
            yield Stranger(ref_key, submission, number, reference, Day(dated_at[: len("2026-01-01")]))
