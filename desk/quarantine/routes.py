"""The addresses of this section."""

from __future__ import annotations

from typing import Annotated

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter
from litestar.types import ControllerRouterHandler

from api.web.hub import Hub
from desk.agreement import words as waiting
from desk.frame import pages
from desk.frame.visits import Visit
from desk.quarantine import held, mending, words
from desk.quarantine.mending import OfRecord, RecordId
from store import operations

Base = Annotated[str, QueryParameter(max_length=100)]
Entity = Annotated[str, QueryParameter(name="kind", max_length=100)]


@get(held.HOME, sync_to_thread=True)
def page(
    hub: NamedDependency[Hub], visit: NamedDependency[Visit], base: Base = "", entity: Entity = ""
) -> Response[str]:
    chosen = [one for one in hub.settings.sources if base in ("", one.id)] or list(hub.settings.sources)
    with hub.store.reading() as tx:
        groups = [group for one in hub.settings.sources for group in held.groups(tx, visit, one)]
        rows = [row for one in chosen for row in held.listed(tx, visit, one, entity or None)]
        asked = [one for source in chosen for one in operations.open_(tx, "replay", source.id)]
    return pages.page(
        visit,
        "quarantine/page.html",
        groups=groups,
        rows=rows[: held.SHOWN],
        base=base,
        entity=entity,
        held=sum(group.count for group in groups),
        asked=asked,
        waits=waiting.waits(visit.text),
    )


@get(OfRecord, sync_to_thread=True)
def record(
    source: FromPath[str],
    entity: FromPath[str],
    record_id: RecordId,
    hub: NamedDependency[Hub],
    visit: NamedDependency[Visit],
) -> Response[str]:
    found = held.of(hub, visit, source, entity, record_id)
    return pages.page(
        visit,
        "quarantine/record.html",
        base=hub.source(source),
        entity=entity,
        kind=words.entities(visit).get(entity, entity),
        record_id=record_id,
        records=found,
        like_it=held.count(hub.store, source, entity) - 1,
        address=held.address(source, entity, record_id),
    )


ROUTES: tuple[ControllerRouterHandler, ...] = (
    page,
    record,
    mending.progress,
    mending.replay,
    mending.correct,
    mending.settle,
)
