"""What Dagster shows of the balances: how they stand, whether the books agree, what a census found."""

from __future__ import annotations

from collections.abc import Sequence

import dagster as dg

from assets.agree import Agreed
from assets.census import Counted
from assets.report import Metadata
from assets.sync import SAMPLE, Balanced
from schemas.money import Money, currencies
from store.agreed import Change
from store.agreement import Difference

TOO_OFTEN = 5  # comparisons in a row that proved nothing


def balances(result: Balanced) -> Metadata:
    counts = result.counts
    return {
        "dagster/row_count": dg.MetadataValue.int(counts.balances),
        "hub/entries": dg.MetadataValue.int(counts.entries),
        "hub/open_items": dg.MetadataValue.int(counts.open_items),
        "hub/as_of": dg.MetadataValue.text(counts.as_of.isoformat() if counts.as_of else "never"),
    }


def balance_checks(result: Balanced) -> list[dg.AssetCheckResult]:
    """All are errors: a number on the storefront is wrong, missing, or not the one that was agreed to."""
    orphans, unequal = result.counts.without_owner, result.unequal
    lost = ["| settlement key | register | movements | amount | why |", "|---|---|---|---|---|"]
    lost += [
        f"| {item.settlement_key_id} | {item.entity} | {item.entries} | {Money(item.amount, item.currency)} "
        f"{item.currency} | {item.reason} |"
        for item in orphans.sample
    ]
    differing = ["| counterparty | contract | balance | open items |", "|---|---|---|---|"]
    differing += [
        f"| {item.counterparty_id} | {item.contract_id} | {Money(item.debt, item.currency)} | "
        f"{Money(item.open_items, item.currency)} {item.currency} |"
        for item in unequal[:SAMPLE]
    ]
    return [
        dg.AssetCheckResult(
            passed=orphans.count == 0,
            check_name="every_movement_has_a_contract",
            metadata={"hub/movements": orphans.count, "hub/sample": dg.MetadataValue.md("\n".join(lost))},
        ),
        dg.AssetCheckResult(
            passed=not unequal,
            check_name="open_items_sum_to_balance",
            metadata={"hub/contracts": len(unequal), "hub/sample": dg.MetadataValue.md("\n".join(differing))},
        ),
        _agreed_check(result.agreed_changes),
    ]


def _agreed_check(changes: Sequence[Change]) -> dg.AssetCheckResult:
    lines = ["| alert | period | counterparty | document | agreed | now |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {one.id} | {one.period.start_on} - {one.period.end_on} | {one.period.counterparty_id} | "
        f"{one.recorder_kind} {one.recorder_id} | {_amount(one.agreed_amount, one.currency)} | "
        f"{_amount(one.amount_now, one.currency)} {one.currency} |"
        for one in changes[:SAMPLE]
    ]
    return dg.AssetCheckResult(
        passed=not changes,
        check_name="agreed_periods_unchanged",
        description=f"{len(changes)} changes wait: `saldo agreed list` shows them" if changes else None,
        metadata={"hub/changes": len(changes), "hub/sample": dg.MetadataValue.md("\n".join(lines))},
    )


def agreement(found: Agreed, unsettled: int) -> dg.AssetCheckResult:
    """The check of the balances against the books.

    What was still changing in the books alarms nobody, unless that was so for `unsettled` times in a row.
    """
    compared = found.found
    proves_nothing = unsettled >= TOO_OFTEN
    lines = [
        "| settlement key | figure | in the books | in the hub | difference | documents |",
        "|---|---|---|---|---|---|",
    ]
    lines += [_difference(one) for one in compared.differences]
    return dg.AssetCheckResult(
        passed=not found.is_alarm and not proves_nothing,
        check_name="agrees_with_the_books",
        severity=dg.AssetCheckSeverity.ERROR if found.is_alarm else dg.AssetCheckSeverity.WARN,
        description=_told(found, unsettled),
        metadata={
            "hub/state": dg.MetadataValue.text(compared.state),
            "hub/verified_through": dg.MetadataValue.text(found.verified_through or "never"),
            "hub/moment": dg.MetadataValue.text(compared.moment or "none"),
            "hub/figures": dg.MetadataValue.int(compared.compared),
            "hub/differing": dg.MetadataValue.int(compared.differing),
            "hub/documents": dg.MetadataValue.int(len(found.documents)),
            "hub/source_requests": dg.MetadataValue.int(compared.requests),
            "hub/differences": dg.MetadataValue.md("\n".join(lines)),
        },
    )


def _told(found: Agreed, unsettled: int) -> str:
    if unsettled >= TOO_OFTEN:
        return f"the books changed during each of the last {unsettled} comparisons: compare in a quieter hour"
    if not found.is_alarm:
        return f"{found.state}: {found.found.compared} figures before {found.found.moment}"
    return (
        f"{found.found.differing} of {found.found.compared} figures differ, by {len(found.documents)} documents: "
        f"launch {found.found.source}_repair, or see docs/runbook.md"
    )


def _difference(one: Difference) -> str:
    """A line of the table: ids only, for names do not belong into Dagster's log."""
    owner = f"counterparty {one.counterparty_id}, contract {one.contract_id or 'none'}"
    shown = [_amount(units, one.currency) for units in (one.in_books, one.in_hub, one.in_books - one.in_hub)]
    documents = [f"{item.recorder_kind} {item.recorder_id}: {item.verdict}" for item in one.documents]
    if one.range_end is not None:
        documents.append(f"more between {one.range_start or 'the beginning'} and {one.range_end}")
    amounts = " | ".join(shown)
    return f"| {owner} | {one.entity}.{one.field} {one.currency} | {amounts} | {'; '.join(documents)} |"


def _amount(units: int, currency: str) -> str:
    """A currency that the hub could not read has no known places."""
    return str(Money(units, currency)) if currency in currencies() else f"{units} minor units"


def census(found: Counted) -> Metadata:
    """What counting an entity by days found, and had read again."""
    numbers = {
        "records": found.records,
        "days": found.days,
        "differing_days": found.differing_days,
        "appeared": len(found.appeared),
        "vanished": len(found.vanished),
        "changed": len(found.changed),
        "moved": len(found.moved),
        "left_to_repair": len(found.held),
    }
    sample = found.keys[:SAMPLE]
    return {
        **{f"hub/census_{name}": dg.MetadataValue.int(number) for name, number in numbers.items()},
        "hub/sample": dg.MetadataValue.text(", ".join(sample) or "nothing differs"),
    }
