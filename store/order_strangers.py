"""Orders in the books that carry the hub's marker and that this hub does not know: a backup was restored (ADR 0027)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select

from schemas.types import Day
from store.engine import Tx
from store.standing_documents import DOCUMENT, chunks
from store.tables_of_orders import SUBMISSION

ORDER = "order"
# What `mappings/stored.py: marker` writes; here it is found in what was read back.
_MARKER = re.compile(r"\[saldo ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\]")


@dataclass(frozen=True, slots=True)
class Stranger:
    """`submission` is what the marker says; `reference` the storefront's own, as the books keep it."""

    ref_key: str
    submission: str
    number: str
    reference: str
    dated_on: Day


def of(tx: Tx, source: str) -> list[Stranger]:
    """The oldest first. Those that are marked for deletion are nobody's any more."""
    marked = {one.submission: one for one in _marked(tx, source)}
    known: set[str] = set()
    for part in chunks(marked):
        wanted = select(SUBMISSION.c.id).where(SUBMISSION.c.id.in_(part))
        known.update(tx.connection.execute(wanted).scalars())
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
