"""Counterparties and partners that were just pushed, read at once: the portal may order for them within moments."""

from __future__ import annotations

from collections.abc import Collection

from assets import order_pull
from assets.source import Source
from assets.sync import Run
from connectors.odata import ODataClient
from schemas import TABLES
from store import records
from store.engine import Store


def fetch(
    store: Store,
    client: ODataClient,
    source: Source,
    run: Run,
    counterparties: Collection[str],
    partners: Collection[str],
) -> None:
    """Nothing depends on it, as for orders."""
    order_pull.fetch(store, client, source, run, counterparties, "counterparty")
    with store.reading() as tx:
        found = [records.get(tx, TABLES["counterparty"], source.id, (one,)) for one in counterparties]
    theirs = {one.partner_id for one in found if one is not None and one.partner_id}
    order_pull.fetch(store, client, source, run, {*partners, *theirs}, "partner")
