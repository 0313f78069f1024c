"""What was last told of each subject, with the version of it. What was never told of is as if it were empty."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from store import inserts
from store.engine import Tx
from store.news import FIRST
from store.tables_of_news import TOLD

State = Mapping[str, Any]
NOTHING: State = {}


@dataclass(frozen=True, slots=True)
class Told:
    """`version` counts the events of the subject: 0 where it was only looked at."""

    topic: str
    subject_id: str
    version: int
    state: State


def of(
    tx: Tx, source: str, topics: Collection[str], subject_ids: Collection[str]
) -> dict[tuple[str, str], Told]:
    """By (topic, subject); a subject never looked at is not among them."""
    column = TOLD.c
    rows = tx.connection.execute(
        select(column.topic, column.subject_id, column.version, column.state).where(
            column.source == source,
            column.topic.in_(sorted(topics)),
            column.subject_id.in_(sorted(subject_ids)),
        )
    )
    return {
        (topic, subject): Told(topic, subject, version, json.loads(state))
        for topic, subject, version, state in rows
    }


def put(tx: Tx, source: str, told: Iterable[Told], at: datetime) -> None:
    """Keep what is told in this transaction, in place of what was told before."""
    rows = [
        {
            "source": source,
            "topic": one.topic,
            "subject_id": one.subject_id,
            "version": one.version,
            "state": text_of(one.state),
            "told_at": at,
        }
        for one in told
    ]
    if not rows:
        return
    first = inserts.into(tx.dialect, TOLD)
    given = {name: first.excluded[name] for name in ("version", "state", "told_at")}
    keys = ["source", "topic", "subject_id"]
    tx.connection.execute(first.on_conflict_do_update(index_elements=keys, set_=given), rows)


def begin(tx: Tx, source: str, what: str, at: datetime) -> None:
    """Note that from now on it is told of: `news.PARTIES`, or a declaration of documents."""
    put(tx, source, [Told(FIRST, what, 0, NOTHING)], at)


def text_of(state: State) -> str:
    """As the databases give it back: compact, the keys in order."""
    return json.dumps(state, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
