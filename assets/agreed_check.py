"""The check behind every number on the storefront: the site's totals are the books' own."""

import dagster as dg

from assets import keys, report_balances, sync
from assets.compare import compare, unsettled_in_a_row
from assets.failures import reported
from assets.hub import Hub
from assets.source import Source

NAME = "agrees_with_the_books"


def agreement_check(source: Source) -> dg.AssetChecksDefinition:
    """Runs after every refresh of the balances; the night's job reports the same check."""

    @dg.asset_check(
        asset=keys.balances(source.id),
        name=NAME,
        description=f"Every total equals the one {source.settings.title} itself gives, to the last kopeck. "
        "Red: the table names the documents; read them again with the repair job.",
        pool=keys.pool(source.id),
    )
    def agrees(context: dg.AssetCheckExecutionContext, hub: Hub) -> dg.AssetCheckResult:
        run = sync.Run(context.run.run_id, context.run.job_name)
        with reported(), hub.client(source) as client:
            found = compare(hub.store, client, source, run, kind="after_pull")
        return report_balances.agreement(found, unsettled_in_a_row(hub.store, source))

    return agrees
