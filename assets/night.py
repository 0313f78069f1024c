"""Once a night: compare every total with the books, count every record, and mend what may be mended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from assets import named, sync
from assets.agree import Agreed
from assets.census import Counted
from assets.compare import compare, repair
from assets.ordinary import Pulled
from assets.source import Source
from assets.sync import Run
from connectors.odata import ODataClient
from schemas.errors import HubError
from store.engine import Store

Say = Callable[[str], None]


@dataclass(slots=True)
class Night:
    """`agreed` is how the base stands in the end, `first` what the night began with where that differed.

    `failed` tells why an entity could not be counted; the others were.
    """

    agreed: Agreed
    first: Agreed | None = None
    counted: dict[str, Counted] = field(default_factory=dict)
    failed: dict[str, HubError] = field(default_factory=dict)
    pulled: Pulled = field(default_factory=Pulled)


def night(store: Store, client: ODataClient, source: Source, run: Run, say: Say) -> Night:
    """Compare, count, and compare again where counting changed something, or where the first time failed.

    Counting mends what it finds missing, deleted or changed; figures that differ wait for `repair`, unless
    the source's settings repair by themselves. Errors: a HubError where nothing could be compared in the end.
    """
    say("comparing every total with the books")
    first: Agreed | None = None
    try:
        first = compare(store, client, source, run)
    except HubError as error:
        say(f"the totals could not be compared, and are again after counting: {error}")
    counted, failed, pulled = _count(store, client, source, run, say)
    if pulled.mapped:
        pulled.balanced = sync.refresh_balances(store, source)
    if first is None or pulled.mapped:
        done = Night(compare(store, client, source, run), first, counted, failed, pulled)
    else:
        done = Night(first, None, counted, failed, pulled)
    if done.agreed.documents and source.settings.repair == "auto":
        say("reading the documents that differ again")
        again = repair(store, client, source, run)
        pulled.landed |= again.landed
        pulled.mapped |= again.mapped
        pulled.balanced = again.balanced
        done.first, done.agreed = done.agreed, compare(store, client, source, run)
    return done


def _count(
    store: Store, client: ODataClient, source: Source, run: Run, say: Say
) -> tuple[dict[str, Counted], dict[str, HubError], Pulled]:
    """Count every entity but those of which every reading is the whole; what cannot be counted stops no other."""
    counted: dict[str, Counted] = {}
    failed: dict[str, HubError] = {}
    pulled = Pulled()
    for entity in source.entities:
        if entity.is_virtual:
            continue
        say(f"counting {entity.name}")
        try:
            counted[entity.name], read = named.count(store, client, source, entity, run)
        except HubError as error:
            if sync.is_absent(error, entity):
                say(f"{entity.name} is not there to be counted: {error}")
                continue
            say(f"{entity.name} could not be counted: {error}")
            failed[entity.name] = error
            continue
        pulled.landed |= read.landed
        pulled.mapped |= read.mapped
    return counted, failed, pulled
