"""What Dagster shows of a run: the same keys for every entity."""

from __future__ import annotations

from collections.abc import Sequence

import dagster as dg

from assets import keys
from assets.land import Landed
from assets.sync import Mapped, Standing
from mappings.entity import Entity
from store.rejections import OpenRejection

Metadata = dict[str, dg.MetadataValue]

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
    counts = result.counts
    told: Metadata = {
        "hub/read": dg.MetadataValue.int(counts.read),
        "hub/inserted": dg.MetadataValue.int(counts.inserted),
        "hub/changed": dg.MetadataValue.int(counts.changed),
        "hub/unchanged": dg.MetadataValue.int(counts.unchanged),
        "hub/rejected": dg.MetadataValue.int(counts.rejected),
        "hub/deleted": dg.MetadataValue.int(counts.gone),
    }
    return told | _standing(result.standing) if result.standing else told


def _standing(found: Standing) -> Metadata:
    totals = ", ".join(f"{amount} {currency}" for currency, amount in sorted(found.control_total.items()))
    return {
        "dagster/row_count": dg.MetadataValue.int(found.live_rows),
        "hub/control_total": dg.MetadataValue.text(totals or "no money"),
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
