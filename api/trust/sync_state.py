"""How far each accounting base is synced: GET /v1/sync."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, get_args

from litestar import get
from litestar.di import NamedDependency
from msgspec import Meta, Struct

from api.trust import families, standing
from api.trust.standing import Agreement, Recency
from api.web import callers, refusals
from api.web.callers import Caller
from api.web.filters import Narrowed, Source
from api.web.hub import Hub
from schemas.settings import Family, SourceSettings
from store import pauses, sync_state
from store.engine import Tx
from store.sync_state import RunState


class FamilyState(Struct, frozen=True, kw_only=True):
    """How far what is read together is synced. `quarantined` records wait for a person or for what they need."""

    family: Family
    as_of: datetime | None
    synced_at: datetime | None
    freshness: Recency
    quarantined: int


class Pause(Struct, frozen=True, kw_only=True):
    """The base is not asked since then; `operator`: a person of the supplier said so."""

    since: datetime
    code: Literal["operator"]


class LastRun(Struct, frozen=True, kw_only=True):
    """The reading that began last. `degraded`: some records could not be read; `failed`: it goes on later."""

    state: RunState
    started_at: datetime
    finished_at: datetime | None


class SyncSource(Struct, frozen=True, kw_only=True):
    """One accounting base. `differing` is how many figures differed from the books when last compared."""

    source: str
    title: str
    time_zone: str
    families: list[FamilyState]
    agreement: Agreement
    differing: Annotated[int | None, Meta(description="Null where nothing was compared yet.")]
    paused: Pause | None
    last_run: LastRun | None


class SyncState(Struct, frozen=True, kw_only=True):
    items: list[SyncSource]


@get(
    "/v1/sync",
    sync_to_thread=True,
    summary="State of the sync",
    operation_id="getSyncState",
    tags=["sync"],
    security=callers.needs("sync:read"),
    responses=refusals.of("source_not_found"),
)
def sync(hub: NamedDependency[Hub], caller: NamedDependency[Caller], source: Source = None) -> SyncState:
    """How fresh each family of data of each accounting base is, and whether the figures agree with its books."""
    narrowed = Narrowed.of(hub, caller, source)
    with hub.store.reading(caller.tenancy) as tx:
        return SyncState(items=[_source(tx, hub, one) for one in narrowed.sources])


def _source(tx: Tx, hub: Hub, source: SourceSettings) -> SyncSource:
    zone, paused = source.time_zone, pauses.get(tx, source.id)
    held = sync_state.quarantined(tx, source.id)
    known = {family: families.entities(source, family) for family in get_args(Family)}
    run = sync_state.last_run(tx, source.id, [name for names in known.values() for name in names])
    return SyncSource(
        source=source.id,
        title=source.title,
        time_zone=zone.key,
        families=[
            _family(tx, hub, source, family, sum(held.get(name, 0) for name in names))
            for family, names in known.items()
            if names
        ],
        agreement=standing.agreed(sync_state.agreed(tx, source.id), zone),
        differing=sync_state.differing(tx, source.id),
        paused=Pause(since=paused.paused_at.astimezone(zone), code="operator") if paused else None,
        last_run=None
        if run is None
        else LastRun(
            state=run.state,
            started_at=run.started_at.astimezone(zone),
            finished_at=standing.local(run.finished_at, zone),
        ),
    )


def _family(tx: Tx, hub: Hub, source: SourceSettings, family: Family, quarantined: int) -> FamilyState:
    read = families.dated(tx, hub, source, family)
    return FamilyState(
        family=family,
        as_of=read["as_of"],
        synced_at=read["synced_at"],
        freshness=read["freshness"],
        quarantined=quarantined,
    )
