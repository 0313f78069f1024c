"""What may have changed about a source, noted by the transaction that changed it: nothing is missed by a crash.

Right before it commits, such a transaction counts the source's version up and writes its marks. Counting up keeps
the others of this source waiting until it has committed, so whoever reads a version has all that went before it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy import select

from store import bulk, inserts
from store.engine import Tx
from store.tables_of_news import NEWS, SOURCE_VERSION, TOLD

Kind = Literal["counterparty", "document", "order", "everybody", "first"]
FIRST = "first"  # the topic that names what is told of at all
PARTIES = "parties"


@dataclass(slots=True)
class _Pending:
    """What one transaction changed of a source. Documents are by declaration; None: not looked which."""

    source: str
    everybody: bool = False
    parties: set[str] | None = field(default_factory=set)
    documents: dict[str, set[str] | None] = field(default_factory=dict)

    def __call__(self, tx: Tx) -> None:
        count_up(tx, self.source)
        if self.everybody or self.parties != set() or self.documents:
            write(tx, self.source, self._marks(begun(tx, self.source)))

    def _marks(self, known: frozenset[str]) -> list[tuple[Kind, str]]:
        """What nobody is told of yet is left out: the first look will have all of it."""
        read = {entity: ids for entity, ids in self.documents.items() if entity in known}
        parties = self.parties if PARTIES in known else set()
        if None in read.values() or parties is None or (self.everybody and known):
            return [("everybody", "")]
        marks: list[tuple[Kind, str]] = [("counterparty", party) for party in sorted(parties)]
        return marks + [("document", one) for ids in read.values() for one in sorted(ids or ())]


def bump(tx: Tx, source: str) -> None:
    """An answer about the source changes with this transaction, and nobody needs to be told."""
    _pending(tx, source)


def parties(tx: Tx, source: str, ids: Iterable[str] | None) -> None:
    """What these counterparties owe, may open or are traded with may change with this transaction.

    None: it was not looked which. That is looked for only where somebody is told, which may begin meanwhile.
    """
    pending = _pending(tx, source)
    known = pending.parties
    pending.parties = None if ids is None or known is None else known.union(ids)


def everybody(tx: Tx, source: str) -> None:
    """Anything about the source may change with this transaction."""
    _pending(tx, source).everybody = True


def documents(tx: Tx, source: str, entity: str, ids: Iterable[str] | None) -> None:
    """The same of documents that a declaration brings."""
    known = _pending(tx, source).documents
    before = known.setdefault(entity, set())
    known[entity] = None if ids is None or before is None else before.union(ids)


def version(tx: Tx, source: str) -> int:
    """Grows with every transaction that may change an answer about the source; 0 before the first."""
    known = select(SOURCE_VERSION.c.version).where(SOURCE_VERSION.c.source == source)
    return int(tx.connection.execute(known).scalar_one_or_none() or 0)


def begun(tx: Tx, source: str) -> frozenset[str]:
    """What is told of: "parties", and the declarations of documents whose first reading was looked at."""
    column = TOLD.c
    known = select(column.subject_id).where(column.source == source, column.topic == FIRST)
    return frozenset(tx.connection.execute(known).scalars())


def count_up(tx: Tx, source: str) -> None:
    """Make the source's version the next one; others that would do so wait until this transaction ends."""
    first = inserts.into(tx.dialect, SOURCE_VERSION).values(source=source, version=1)
    tx.connection.execute(
        first.on_conflict_do_update(index_elements=["source"], set_={"version": SOURCE_VERSION.c.version + 1})
    )


def write(tx: Tx, source: str, marks: Iterable[tuple[Kind, str]]) -> None:
    bulk.write(tx, NEWS, ["source", "kind", "record_id"], [(source, *mark) for mark in marks])


def _pending(tx: Tx, source: str) -> _Pending:
    pending = tx.at_end.setdefault(f"news {source}", _Pending(source))
    if not isinstance(pending, _Pending):
        raise TypeError(f"something else is done at the end under the name of news of {source}")
    return pending
