"""Holding the site's totals against the books, and reading again what differs."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import takewhile

from assets import agree, named, ordinary, sync
from assets.agree import Agreed
from assets.ordinary import Pulled
from assets.source import Source
from assets.sync import Run
from connectors.odata import ODataClient
from store import agreement
from store.engine import Store

LOOKED_BACK = 20


def compare(store: Store, client: ODataClient, source: Source, run: Run, kind: str = "night") -> Agreed:
    """Compare; a difference that the ordinary pull cures was a lag."""
    movers = [entity for entity in source.entities if entity.name in sync.MADE_FROM]
    return agree.agree(
        store,
        client,
        source,
        kind=kind,
        run=run,
        pull=lambda: ordinary.pull(store, client, source, run, movers),
    )


def unsettled_in_a_row(store: Store, source: Source) -> int:
    """How many of the last comparisons found the books changing under them, and so proved nothing."""
    with store.reading() as tx:
        states = [one.state for one in agreement.history(tx, source.id, LOOKED_BACK)]
    return len(list(takewhile(lambda state: state == "unsettled", states)))


def repair(
    store: Store, client: ODataClient, source: Source, run: Run, documents: Mapping[str, str] | None = None
) -> Pulled:
    """Read documents again with everything they moved; without any, those the last comparison named."""
    if documents is None:
        with store.reading() as tx:
            documents = {
                one.recorder_id: one.recorder_kind for one in agreement.open_documents(tx, source.id)
            }
    read = named.pull(store, client, source, named.records(source, documents), run)
    return Pulled(None, read.landed, read.mapped, sync.refresh_balances(store, source))
