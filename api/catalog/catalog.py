"""What the lists of the catalogue have in common: how recent they are, units, figures as text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from litestar.params import QueryParameter
from msgspec import Meta, Struct

from api.money.answers import Id
from api.trust import families
from api.trust.standing import Dated
from api.web.hub import Hub
from api.web.ids import external
from api.web.values import MICRO_PLACES
from schemas.money import currencies, from_units
from schemas.settings import Family, SourceSettings
from store.engine import Tx

ItemFilter = Annotated[
    str | None, QueryParameter(max_length=200, description="Only of the item with this id.")
]
Quantity = Annotated[
    str,
    Meta(
        description="Decimal text, in the item's own unit.",
        pattern=r"^-?[0-9]+(\.[0-9]+)?$",
        examples=["12.5"],
    ),
]


class DataBasis(Dated, frozen=True, kw_only=True):
    """How recent the rows of one accounting base are; `never` where it gives none of them."""

    source: str


class CharacteristicLink(Struct, frozen=True, kw_only=True):
    """A size, a colour; the name is null if it is not in the store."""

    id: Id
    name: str | None


class UnitLink(Struct, frozen=True, kw_only=True):
    """A unit or a package; the name is null if it is not in the store."""

    id: Id
    name: str | None


def bases(
    tx: Tx, hub: Hub, sources: Iterable[SourceSettings], family: Family, *entities: str
) -> list[DataBasis]:
    """What a list made of these entities, all of one family, says of itself: as old as the oldest of them."""
    return [DataBasis(source=one.id, **families.dated(tx, hub, one, family, entities)) for one in sources]


def unit(source: str, unit_id: str | None, name: str | None) -> UnitLink | None:
    return UnitLink(id=external(source, unit_id), name=name) if unit_id else None


def characteristic(source: str, characteristic_id: str, name: str | None) -> CharacteristicLink | None:
    """What the row is of; None where it is of the item itself."""
    if not characteristic_id:
        return None
    return CharacteristicLink(id=external(source, characteristic_id), name=name)


def price_text(micro: int, currency: str) -> str:
    """All places that a price has, and at least the currency's own."""
    whole, _, fraction = f"{from_units(micro, MICRO_PLACES):f}".partition(".")
    shown = fraction.rstrip("0").ljust(currencies()[currency].exponent, "0")
    return f"{whole}.{shown}" if shown else whole
