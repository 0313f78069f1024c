"""How far an answer about money may be trusted: for which moment it is true, how old that is, whether it agrees."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypedDict
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct

from api.web.values import in_zone
from schemas import freshness as ages
from schemas.settings import SourceSettings
from store.agreement import AgreementState


class Recency(Struct, frozen=True, kw_only=True):
    """How old the figures are: `stale` when older than the target, `never` when nothing was read yet."""

    state: Literal["fresh", "stale", "never"]
    target_seconds: int


class Freshness(Recency, frozen=True, kw_only=True):
    """The same, with the age in seconds at the moment of the answer."""

    age_seconds: int | None


class Agreement(Struct, frozen=True, kw_only=True):
    """Whether these figures were held against the accounting system's own totals, and how far back they agree.

    Everything dated before `verified_through` was equal there when it was last compared; `unknown` where
    nothing was compared yet, or where the books were changing meanwhile.
    """

    state: Literal["agreed", "differs", "unknown"]
    verified_through: datetime | None


class Standing(Struct, frozen=True, kw_only=True):
    """What every answer about money says of itself. Moments are in the accounting `time_zone`."""

    as_of: Annotated[datetime | None, Meta(description="The moment for which the figures are true.")]
    synced_at: Annotated[datetime | None, Meta(description="When the hub last derived them.")]
    computed_at: Annotated[datetime, Meta(description="Overdue is as of the day of this moment.")]
    freshness: Freshness
    agreement: Agreement
    time_zone: str


class Dated(Struct, frozen=True, kw_only=True):
    """How recent an answer is that nothing in the books is held against."""

    as_of: Annotated[datetime | None, Meta(description="The moment for which the answer is true.")]
    synced_at: Annotated[datetime | None, Meta(description="When the hub last brought it up to date.")]
    freshness: Recency
    time_zone: str


class Basis(Dated, frozen=True, kw_only=True):
    """`Standing` without what moves by itself: answers that are kept by their ETag say this of themselves."""

    agreement: Agreement


class SourceBasis(Basis, frozen=True, kw_only=True):
    """The same of one accounting base, in lists that may hold rows of several."""

    source: str


class Fields(TypedDict):
    """The fields of `Standing`, for answers that are one."""

    as_of: datetime | None
    synced_at: datetime | None
    computed_at: datetime
    freshness: Freshness
    agreement: Agreement
    time_zone: str


def fields(
    source: SourceSettings,
    *,
    as_of: datetime | None,
    synced_at: datetime | None,
    agreement: AgreementState,
    target_s: int,
    now: datetime,
) -> Fields:
    zone = source.time_zone
    age_s = ages.age_s(as_of, now) if as_of else None
    return Fields(
        as_of=local(as_of, zone),
        synced_at=local(synced_at, zone),
        computed_at=now.astimezone(zone),
        freshness=Freshness(
            state=ages.state(as_of, now, target_s), age_seconds=age_s, target_seconds=target_s
        ),
        agreement=agreed(agreement, zone),
        time_zone=zone.key,
    )


class DatedFields(TypedDict):
    """The fields of `Dated`, for answers that are one."""

    as_of: datetime | None
    synced_at: datetime | None
    freshness: Recency
    time_zone: str


def dated(
    source: SourceSettings,
    *,
    as_of: datetime | None,
    synced_at: datetime | None,
    target_s: int,
    now: datetime,
) -> DatedFields:
    zone = source.time_zone
    return DatedFields(
        as_of=local(as_of, zone),
        synced_at=local(synced_at, zone),
        freshness=Recency(state=ages.state(as_of, now, target_s), target_seconds=target_s),
        time_zone=zone.key,
    )


class BasisFields(DatedFields):
    """The fields of `Basis`, for answers that are one."""

    agreement: Agreement


def basis(
    source: SourceSettings,
    *,
    as_of: datetime | None,
    synced_at: datetime | None,
    agreement: AgreementState,
    target_s: int,
    now: datetime,
) -> BasisFields:
    recent = dated(source, as_of=as_of, synced_at=synced_at, target_s=target_s, now=now)
    return BasisFields(**recent, agreement=agreed(agreement, source.time_zone))


def local(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    return moment.astimezone(zone) if moment else None


def agreed(found: AgreementState, zone: ZoneInfo) -> Agreement:
    """The state of the last comparison; its moment is by the accounting system's clock."""
    through = found.verified_through
    return Agreement(state=found.state, verified_through=in_zone(through, zone) if through else None)
