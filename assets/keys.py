"""Asset keys and groups: the lineage page reads accounting system -> landing -> site -> balances."""

from __future__ import annotations

import dagster as dg


def accounting(source: str, entity: str) -> dg.AssetKey:
    """By the entity's name: Dagster takes Latin letters only, the set's own name stands in the metadata."""
    return dg.AssetKey([source, "accounting", entity])


def landing(source: str, entity: str) -> dg.AssetKey:
    return dg.AssetKey([source, "landing", entity])


def site(source: str, entity: str) -> dg.AssetKey:
    return dg.AssetKey([source, "site", entity])


def balances(source: str) -> dg.AssetKey:
    return dg.AssetKey([source, "balances"])


def statements(source: str) -> dg.AssetKey:
    return dg.AssetKey([source, "statements"])


def orders(source: str) -> dg.AssetKey:
    return dg.AssetKey([source, "orders"])


def group(source: str, stage: str) -> str:
    """`stage` is 1_accounting, 2_landing, 3_site, 4_balances, 5_statements or 6_orders.

    The page sorts them as the data flow.
    """
    return f"{source}_{stage}"


def pool(source: str) -> str:
    """One reading per base at a time: landing order is then the order of fetching."""
    return f"saldo_{source}"
