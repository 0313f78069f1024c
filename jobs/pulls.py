"""Jobs that pull: everything from the beginning, or what is new in one family of data."""

from __future__ import annotations

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import UnresolvedAssetJobDefinition

from assets import keys
from assets.source import Source
from mappings.entity import Entity
from schemas.settings import Family

FAMILY_TITLES: dict[Family, str] = {
    "reference": "currencies, organisations, managers, items",
    "parties": "partners, counterparties, contacts, contracts",
    "documents": "orders, invoices, shipping notes, returns, tax invoices, payments, offsets",
    "settlements": "settlement movements, open items and balances",
    "prices": "kinds of price and current prices",
    "stock": "warehouses and what is in them",
}


def full_load_job(source: Source) -> UnresolvedAssetJobDefinition:
    """Reads the whole base again. Safe at any time: what has not changed is not written."""
    full = {"config": {"full": True}}
    return dg.define_asset_job(
        f"{source.id}_full_load",
        selection=dg.AssetSelection.assets(*_keys(source, source.entities), keys.balances(source.id)),
        config={"ops": {_op(source, entity): full for entity in source.entities}},
        description=f"Read everything from {source.settings.title} again and rebuild its balances.",
        tags={"source": source.id},
    )


def refresh_jobs(source: Source) -> dict[Family, UnresolvedAssetJobDefinition]:
    """One job per family of data: each has its own cadence (BS-08).

    What the exchange plan brings is not read again by the clock; its family's job has the rest, if any.
    """
    return {family: _refresh(source, family, own) for family, own in source.by_window().items()}


def _refresh(source: Source, family: Family, entities: tuple[Entity, ...]) -> UnresolvedAssetJobDefinition:
    selected = _keys(source, entities)
    if family == "settlements":
        selected.append(keys.balances(source.id))
    return dg.define_asset_job(
        f"{source.id}_refresh_{family}",
        selection=dg.AssetSelection.assets(*selected),
        description=f"Pull what is new of {FAMILY_TITLES[family]} from {source.settings.title}.",
        tags={"source": source.id},
    )


def _keys(source: Source, entities: tuple[Entity, ...]) -> list[dg.AssetKey]:
    both = [(keys.landing(source.id, entity.name), keys.site(source.id, entity.name)) for entity in entities]
    return [key for pair in both for key in pair]


def _op(source: Source, entity: Entity) -> str:
    return "__".join(keys.landing(source.id, entity.name).path)
