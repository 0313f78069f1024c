"""The last stage: balances and open items of every contract, from the movements on the site."""

import dagster as dg

from assets import keys, pace, report_balances, sync
from assets.entity import OWNERS
from assets.failures import reported
from assets.hub import Hub
from assets.source import Source

CHECKS = {
    "every_movement_has_a_contract": "Every movement belongs to a known counterparty and contract.",
    "open_items_sum_to_balance": "Per contract, debts less advances by due date equal the running balance.",
    "agreed_periods_unchanged": "No document in a period that a counterparty agreed to is another than it was then.",
}


def balances_asset(source: Source) -> dg.AssetsDefinition:
    known = {entity.name for entity in source.entities}

    @dg.asset(
        key=keys.balances(source.id),
        deps=[keys.site(source.id, name) for name in sync.MADE_FROM if name in known],
        description="What every counterparty owes by contract and currency, and the documents behind it.",
        group_name=keys.group(source.id, "4_balances"),
        kinds={"sql"},
        owners=OWNERS,
        tags={"source": source.id, "family": "settlements"},
        freshness_policy=pace.freshness(source.settings, "settlements"),
        metadata={"dagster/table_name": "contract_balance, open_item"},
        check_specs=[
            dg.AssetCheckSpec(name, asset=keys.balances(source.id), description=text)
            for name, text in CHECKS.items()
        ],
        pool=keys.pool(source.id),
    )
    def balances(hub: Hub) -> dg.MaterializeResult:  # type: ignore[type-arg]
        with reported():
            result = sync.refresh_balances(hub.store, source, everything=True)
        return dg.MaterializeResult(
            metadata=report_balances.balances(result), check_results=report_balances.balance_checks(result)
        )

    return balances
