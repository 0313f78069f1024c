"""Families of data: what is read of them, and how far what is stored of them may be trusted."""

from __future__ import annotations

from collections.abc import Iterable

from api.trust import standing
from api.trust.standing import BasisFields, DatedFields, SourceBasis
from api.web.hub import Hub
from mappings import MAPPINGS
from schemas import freshness
from schemas.settings import Family, SourceSettings
from store import agreement, sync_state
from store.engine import Tx
from store.sync_state import Reading


def entities(source: SourceSettings, family: Family) -> tuple[str, ...]:
    return tuple(one.name for one in MAPPINGS[source.mapping] if one.family == family)


def reading(tx: Tx, source: SourceSettings, family: Family) -> Reading:
    """For which moment what is stored of a family is true."""
    return reading_of(tx, source, entities(source, family))


def reading_of(tx: Tx, source: SourceSettings, names: Iterable[str]) -> Reading:
    """The same of single entities; what is virtual or optional is read by the clock."""
    clocked = {one.name for one in MAPPINGS[source.mapping] if one.is_virtual or one.optional}
    names = tuple(names)
    told = [name for name in names if name not in clocked]
    by_plan = [name for name in told if source.changes_of.get(name, source.changes) == "exchange"]
    return sync_state.of(tx, source.id, names, by_plan=by_plan)


def dated(tx: Tx, hub: Hub, source: SourceSettings, family: Family, names: Iterable[str] = ()) -> DatedFields:
    """How recent what is stored of a family is, or of some of its entities."""
    read = reading_of(tx, source, names or entities(source, family))
    return standing.dated(
        source,
        as_of=read.as_of,
        synced_at=read.synced_at,
        target_s=freshness.target_s(source, family, hub.settings.fresh_for_s),
        now=hub.clock(),
    )


def basis(
    tx: Tx, hub: Hub, source: SourceSettings, *families: Family, counterparty_id: str | None = None
) -> BasisFields:
    """What an answer made of these families says of itself: as old as the oldest of them.

    The agreement is the counterparty's where the answer is about one, else the whole base's.
    """
    read = sync_state.oldest(reading(tx, source, family) for family in families)
    if counterparty_id is None:
        agreed = sync_state.agreed(tx, source.id)
    else:
        agreed = agreement.state_of(tx, source.id, counterparty_id)
    fresh_for_s = hub.settings.fresh_for_s
    return standing.basis(
        source,
        as_of=read.as_of,
        synced_at=read.synced_at,
        agreement=agreed,
        target_s=max(freshness.target_s(source, family, fresh_for_s) for family in families),
        now=hub.clock(),
    )


def bases(
    tx: Tx,
    hub: Hub,
    sources: Iterable[SourceSettings],
    *families: Family,
    counterparty_id: str | None = None,
) -> list[SourceBasis]:
    """The same for each accounting base that a list may hold rows of."""
    return [
        SourceBasis(source=one.id, **basis(tx, hub, one, *families, counterparty_id=counterparty_id))
        for one in sources
    ]
