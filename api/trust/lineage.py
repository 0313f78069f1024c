"""Where a stored record comes from: GET /v1/lineage/{kind}/{id}."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import PathParameter
from msgspec import Meta, Struct

from api.money.answers import Id
from api.web import callers, ids, refusals
from api.web.callers import Caller
from api.web.errors import ProblemError
from api.web.hub import Hub
from api.web.values import shown
from schemas import TABLES
from store import lineage, tenancy
from store.lineage import Trace

KINDS = tuple(name for name, table in TABLES.items() if table.key == ("id",))
Kind = Annotated[str, PathParameter(description=f"The kind of record: {', '.join(KINDS)}.")]
RecordId = Annotated[str, PathParameter(description="The record's id as this API gives it.")]


class Page(Struct, frozen=True, kw_only=True):
    """The answer of the accounting system that the record is from, as it was received."""

    id: int
    sha256: str
    size: int
    media_type: str
    request: Annotated[str, Meta(description="The address that was asked, without the server's name.")]
    fetched_at: datetime


class Unit(Struct, frozen=True, kw_only=True):
    """The reading that the page is part of: the period it holds completely, or the keys it was about."""

    id: int
    start: str | None
    end: str | None
    keys: int | None


class Run(Struct, frozen=True, kw_only=True):
    """The run that brought it; `job` and times are null where the hub keeps no record of that run."""

    id: str
    job: str | None
    started_at: datetime | None
    finished_at: datetime | None


class Lineage(Struct, frozen=True, kw_only=True):
    """The chain from a stored record to bytes. Amounts are decimal text in the record's own currency.

    `place` is the record's index in the page; null where the page is the one that no longer had the record.
    """

    id: Id
    kind: str
    entity: str
    fields: dict[str, str | int | bool | None]
    nested: Annotated[dict[str, int], Meta(description="Rows that belong to the record, by table.")]
    changed_at: datetime
    gone_at: datetime | None
    mapping_digest: str
    place: int | None
    page: Page
    unit: Unit
    run: Run


REFUSALS = refusals.of("malformed_id", "record_not_found", "source_not_found")


@get(
    "/v1/lineage/{kind:str}/{record_id:str}",
    sync_to_thread=True,
    summary="Where a record comes from",
    operation_id="getLineage",
    tags=["lineage"],
    security=callers.needs("lineage:read"),
    responses=REFUSALS | refusals.of("lineage_broken", always=()),
)
def chain(
    kind: Kind, record_id: RecordId, hub: NamedDependency[Hub], caller: NamedDependency[Caller]
) -> Lineage:
    """The stored record, the page and the place it was read from, the declaration and the run that did it."""
    source, key = known(kind, record_id, hub)
    with hub.store.reading(caller.tenancy) as tx:
        if not tenancy.sees(tx, TABLES[kind], source, key) or source not in lineage.sources(tx, kind, key):
            raise not_found()
        return _answer(kind, lineage.trace(tx, kind, source, key), key)


def known(kind: str, record_id: str, hub: Hub) -> tuple[str, str]:
    """Give the source and the key of an id, proven to be of a kind and a source that are read here."""
    source, key = ids.parse(record_id)
    hub.source(source)
    if kind not in KINDS:
        raise not_found()
    return source, key


def not_found() -> ProblemError:
    return ProblemError(
        "record_not_found",
        "The store has no record of this kind with this id.",
        hint=f"Check the id; the kinds are {', '.join(KINDS)}.",
    )


def _answer(kind: str, found: Trace, key: str) -> Lineage:
    page, scope = found.origin.page, found.origin.scope
    return Lineage(
        id=ids.external(found.source, key),
        kind=kind,
        entity=found.entity,
        fields=shown(TABLES[kind], found.record),
        nested=found.nested,
        changed_at=found.changed_at,
        gone_at=found.gone_at,
        mapping_digest=found.mapping_digest,
        place=found.place if found.place >= 0 else None,
        page=Page(
            id=page.id,
            sha256=page.sha256,
            size=page.size,
            media_type=page.media_type,
            request=page.request,
            fetched_at=found.origin.fetched_at,
        ),
        unit=Unit(
            id=found.origin.unit_id,
            start=scope.start,
            end=scope.end,
            keys=None if scope.keys is None else len(scope.keys),
        ),
        run=_run(found),
    )


def _run(found: Trace) -> Run:
    if found.run is None:
        return Run(id=found.run_id, job=None, started_at=None, finished_at=None)
    run = found.run
    return Run(id=run.run_id, job=run.job, started_at=run.started_at, finished_at=run.finished_at)
