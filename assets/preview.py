"""What a replay with today's declarations would change, tried in a copy that is thrown away."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from assets.replay import Progress, replay
from assets.source import Source
from mappings.entity import Entity
from store import balances, comparing, copying
from store.engine import Store

# What balances are made of, and what mapping looks up: in the copy whatever is replayed.
BASIS = frozenset(
    {
        "currency",
        "contact_kind",
        "counterparty",
        "contract",
        "settlement_key",
        "settlement_entry",
        "due_entry",
    }
)


@dataclass(frozen=True, slots=True)
class Moved:
    """A balance that would move: minor units now and then; 0 where there is none."""

    organization_id: str
    counterparty_id: str
    contract_id: str
    currency: str
    now: int
    then: int


@dataclass(frozen=True, slots=True)
class Preview:
    """`rows` counts by table how many rows would be changed, added and removed."""

    rows: Mapping[str, Mapping[str, int]]
    moved: tuple[Moved, ...]


def preview(
    store: Store,
    source: Source,
    entities: Sequence[Entity],
    *,
    run_id: str,
    progress: Progress = lambda *_: None,
) -> Preview:
    """Replay `entities` in a temporary copy of what they and the balances need; `store` is only read."""
    written = {
        table.name for entity in entities for table in (entity.table, *(part.table for part in entity.rows))
    }
    with tempfile.TemporaryDirectory(prefix="saldo-preview-") as folder:
        trial = copying.trial(store, f"sqlite:///{Path(folder, 'trial.db')}", source.id, written | BASIS)
        try:
            replay(trial, source, entities, run_id=run_id, progress=progress)
            return Preview(_rows(store, trial, source.id, written), _moved(store, trial, source.id))
        finally:
            trial.close()


def _rows(store: Store, trial: Store, source: str, tables: set[str]) -> dict[str, dict[str, int]]:
    counted: dict[str, dict[str, int]] = {}
    for found in comparing.differences(store, trial, tables=tables, source=source):
        of_table = counted.setdefault(found.table, {"changed": 0, "added": 0, "removed": 0})
        of_table[found.what] += 1
    return counted


def _moved(store: Store, trial: Store, source: str) -> tuple[Moved, ...]:
    now, then = _debts(store, source), _debts(trial, source)
    keys = sorted(key for key in now.keys() | then.keys() if now.get(key, 0) != then.get(key, 0))
    return tuple(Moved(*key, now.get(key, 0), then.get(key, 0)) for key in keys)


def _debts(store: Store, source: str) -> dict[tuple[str, str, str, str], int]:
    with store.reading() as tx:
        return {
            (one.organization_id, one.counterparty_id, one.contract_id, one.currency): one.debt
            for one in balances.totals(tx, source)
        }
