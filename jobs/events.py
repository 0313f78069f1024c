"""Reports on assets from jobs that work on many of them in one step, as each one's own step would."""

from __future__ import annotations

import dagster as dg

from assets import compare, keys, report, report_balances
from assets.agree import Agreed
from assets.entity import nothing_rejected
from assets.hub import Hub
from assets.ordinary import Pulled
from assets.source import Source


def tell(
    context: dg.OpExecutionContext,
    key: dg.AssetKey,
    text: str,
    metadata: report.Metadata,
    *checks: dg.AssetCheckResult,
) -> None:
    context.log_event(dg.AssetMaterialization(key, description=text, metadata=metadata))
    for check in checks:
        tell_check(context, key, text, check)


def tell_check(
    context: dg.OpExecutionContext, key: dg.AssetKey, text: str, check: dg.AssetCheckResult
) -> None:
    context.log_event(
        dg.AssetCheckEvaluation(  # type: ignore[arg-type] # taken, though the annotation lags behind
            asset_key=key,
            check_name=str(check.check_name),
            passed=check.passed,
            metadata=check.metadata,
            severity=check.severity,
            description=f"{text}: {check.description}" if check.description else text,
        )
    )


def tell_pulled(context: dg.OpExecutionContext, source: Source, text: str, done: Pulled) -> None:
    """What a pass read, mapped and balanced, each on its own asset."""
    for name, landed in done.landed.items():
        tell(context, keys.accounting(source.id, name), text, report.landed(landed))
        tell(context, keys.landing(source.id, name), text, report.landed(landed))
    for name, mapped in done.mapped.items():
        check = nothing_rejected(mapped.rejections)
        tell(context, keys.site(source.id, name), text, report.mapped(mapped), check)
    if done.balanced is not None:
        checks = report_balances.balance_checks(done.balanced)
        tell(context, keys.balances(source.id), text, report_balances.balances(done.balanced), *checks)


def tell_agreement(
    context: dg.OpExecutionContext, hub: Hub, source: Source, text: str, found: Agreed
) -> None:
    """How the totals stand against the books, on the check of the balances."""
    check = report_balances.agreement(found, compare.unsettled_in_a_row(hub.store, source))
    tell_check(context, keys.balances(source.id), text, check)
