"""What was just pushed, read at once: the journal has the documents of orders within moments."""

from __future__ import annotations

import logging
from collections.abc import Collection

from assets import alone, land, sync
from assets.land import Landed
from assets.source import Source
from assets.sync import Run
from connectors.odata import ODataClient
from mappings.entity import Entity
from schemas.errors import HubError
from store import landing, runs
from store.engine import Store

LOG = logging.getLogger("saldo.push")
ORDER = "order"


def fetch(
    store: Store,
    client: ODataClient,
    source: Source,
    run: Run,
    ref_keys: Collection[str],
    name: str = ORDER,
) -> bool:
    """Read these records by key; tells whether it was done.

    Nothing depends on it: where another reads the base just now, or it does not answer, the next pull brings them.
    """
    if not ref_keys:
        return False
    try:
        done = _land(store, client, source, run, source.entity(name), tuple(sorted(ref_keys)))
        if done:
            sync.map_entity(store, source, source.entity(name), run)
    except HubError as error:
        LOG.warning("%s: what was pushed comes with the next pull: %s", source.id, error)
        return False
    return done


def _land(
    store: Store, client: ODataClient, source: Source, run: Run, entity: Entity, keys: tuple[str, ...]
) -> bool:
    landed = Landed()
    with alone.if_free(store, source.settings, run.id) as lease:
        if lease is None:
            return False
        with store.transaction() as tx:
            runs.start(tx, run_id=run.id, source=source.id, entity=entity.name, job=run.job)
        with land.cost(client, landed):
            for unit in client.read_keys(entity.source_set, keys, {}):
                landing.save(store, source.id, entity.name, unit, run_id=run.id, lease=lease)
                land.count(landed, unit)
    sync.note_landed(store, source.id, entity, run, landed)
    return True
