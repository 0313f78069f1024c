"""What was shown of a record, and why it changed: GET /v1/lineage/{kind}/{id}/history."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from msgspec import Meta, Struct

from api.money.answers import Id
from api.trust.lineage import REFUSALS, Kind, RecordId, known, not_found
from api.web import callers, ids
from api.web.callers import Caller
from api.web.hub import Hub
from api.web.values import shown
from schemas import TABLES
from store import history, tenancy


class Version(Struct, frozen=True, kw_only=True):
    """What the record said from `from_at` to `to_at`; null while it is shown. Between versions it was not shown."""

    from_at: datetime
    to_at: datetime | None
    reason: Annotated[
        str | None,
        Meta(
            description="What ended it: changed | unposted | deletion_marked | moved_date | moved_contract |"
            " deleted | deactivated"
        ),
    ]
    page: Annotated[int, Meta(description="The landed page that the version is from.")]
    run: str | None
    ended_by_run: str | None
    fields: dict[str, str | int | bool | None]


class History(Struct, frozen=True, kw_only=True):
    """Every version that was shown, the oldest first."""

    id: Id
    kind: str
    versions: list[Version]


@get(
    "/v1/lineage/{kind:str}/{record_id:str}/history",
    sync_to_thread=True,
    summary="What was shown of a record",
    operation_id="getHistory",
    tags=["lineage"],
    security=callers.needs("lineage:read"),
    responses=REFUSALS,
)
def versions(
    kind: Kind, record_id: RecordId, hub: NamedDependency[Hub], caller: NamedDependency[Caller]
) -> History:
    """The versions of a record with the time each was shown, and what ended it."""
    source, key = known(kind, record_id, hub)
    table = TABLES[kind]
    with hub.store.reading(caller.tenancy) as tx:
        seen = tenancy.sees(tx, table, source, key)
        found = history.versions(tx, table, source, (key,)) if seen else []
    if not found:
        raise not_found()
    told = [
        Version(
            from_at=one.from_at,
            to_at=one.to_at,
            reason=one.reason,
            page=one.landing_id,
            run=one.run_id,
            ended_by_run=one.ended_by_run,
            fields=shown(table, one.record._asdict()),
        )
        for one in found
    ]
    return History(id=ids.external(source, key), kind=kind, versions=told)
