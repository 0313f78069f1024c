"""What Dagster shows of a run: the same keys for every entity."""

from __future__ import annotations

from collections.abc import Sequence

import dagster as dg

from assets import keys
from assets.agree import Agreed
from assets.census import Counted
from assets.land import Landed
from assets.sync import SAMPLE, Balanced, Mapped
from mappings.entity import Entity
from schemas.money import Money, currencies
from store.agreed import Change
from store.agreement import Difference
from store.rejections import OpenRejection

Metadata = dict[str, dg.MetadataValue]

TOO_OFTEN = 5  # comparisons in a row that proved nothing

TYPES = {
    "str": "text",
    "Guid": "text",
    "CurrencyCode": "text",
    "Json": "json",
    "int": "integer",
    "bool": "boolean",
    "Units": "bigint, minor units",
    "Micro": "bigint, millionths",
    "WallClock": "timestamp",
    "Day": "date",
}


def landed(result: Landed) -> Metadata:
    return {
        "hub/units": dg.MetadataValue.int(result.units),
        "hub/pages": dg.MetadataValue.int(result.pages),
        "hub/not_given": dg.MetadataValue.int(result.refused),
        "hub/bytes": dg.MetadataValue.int(result.bytes),
        "hub/source_requests": dg.MetadataValue.int(result.requests),
        "hub/source_sessions": dg.MetadataValue.int(result.sessions),
        "hub/source_seconds": dg.MetadataValue.float(round(result.source_s, 3)),
        "hub/watermark_before": dg.MetadataValue.text(result.watermark_before or "none"),
        "hub/watermark_after": dg.MetadataValue.text(result.watermark_after or "none"),
    }


def mapped(result: Mapped) -> Metadata:
    counts, totals = result.counts, sorted(result.control_total.items())
    return {
        "dagster/row_count": dg.MetadataValue.int(result.live_rows),
        "hub/read": dg.MetadataValue.int(counts.read),
        "hub/inserted": dg.MetadataValue.int(counts.inserted),
        "hub/changed": dg.MetadataValue.int(counts.changed),
        "hub/unchanged": dg.MetadataValue.int(counts.unchanged),
        "hub/rejected": dg.MetadataValue.int(counts.rejected),
        "hub/deleted": dg.MetadataValue.int(counts.gone),
        "hub/control_total": dg.MetadataValue.text(
            ", ".join(f"{amount} {currency}" for currency, amount in totals) or "no money"
        ),
    }


def rejected_sample(found: Sequence[OpenRejection]) -> dg.MetadataValue:
    """A table for a person: which records, which field, why, and the way out."""
    lines = ["| record | field | reason | what to do |", "|---|---|---|---|"]
    lines += [f"| {item.record_id} | {item.field} | {item.reason} | {item.hint} |" for item in found]
    return dg.MetadataValue.md("\n".join(lines))


def column_schema(entity: Entity) -> dg.TableSchema:
    """The table's columns, each with the accounting fields it is read from."""
    read_from = {field: paths for table, field, paths in entity.paths() if table == entity.table.name}
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name,
                type=_type(annotation),
                description=_described(read_from[name]),
                constraints=_null(annotation),
            )
            for name, annotation in entity.table.fields.items()
        ]
    )


def _described(paths: tuple[str, ...]) -> str:
    return f"from {', '.join(paths)}" if paths else "the same for every record of this kind"


def _type(annotation: object) -> str:
    """The column's type in words; `X | None` is the type X that may be absent."""
    kept = getattr(annotation, "__args__", (annotation,))[0]
    return TYPES[str(getattr(kept, "__name__", kept))]


def _null(annotation: object) -> dg.TableColumnConstraints:
    return dg.TableColumnConstraints(nullable=type(None) in getattr(annotation, "__args__", ()))


def column_lineage(source: str, entity: Entity) -> dg.TableColumnLineage:
    upstream = keys.landing(source, entity.name)
    return dg.TableColumnLineage(
        deps_by_column={
            field: [dg.TableColumnDep(asset_key=upstream, column_name=path) for path in paths]
            for table, field, paths in entity.paths()
            if table == entity.table.name
        }
    )


def mapping_table(entity: Entity) -> dg.MetadataValue:
    """The declaration as a table: the UI does not draw column lineage, people read this."""
    lines = ["| site field | accounting field |", "|---|---|"]
    for table, field, paths in entity.paths():
        name = field if table == entity.table.name else f"{table}.{field}"
        lines.append(f"| {name} | {', '.join(paths) or 'constant'} |")
    return dg.MetadataValue.md("\n".join(lines))


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
