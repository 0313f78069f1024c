"""Query options of one entity set in one dialect."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from connectors.dialects import Dialect
from schemas.source import Scope, SourceSet, WireRow

Options = list[tuple[str, str]]


def selection(source_set: SourceSet, dialect: Dialect, mapped_only: bool) -> Options:
    """`$select` of what is mapped and what the reading itself needs; parts by path or by `$expand`."""
    row = source_set.row
    own = source_set.key if source_set.period is None else (source_set.period,)
    heads = [*own, *(field.name for field in row.fields)]
    if dialect.part_select == "expand":
        parts = [name for name, _ in row.parts]
        options: Options = [("$expand", ",".join(parts))] if parts else []
        return [("$select", ",".join(dict.fromkeys([*heads, *parts]))), *options] if mapped_only else options
    if not mapped_only:
        return []
    return [("$select", ",".join(dict.fromkeys([*heads, *_part_paths(row)])))]


def period_filter(source_set: SourceSet, scope: Scope, dialect: Dialect) -> Options:
    """`$filter` of start <= period < end together with the set's own condition, always in brackets."""
    return condition([*period_terms(source_set, scope, dialect), source_set.condition])


def period_terms(source_set: SourceSet, scope: Scope, dialect: Dialect) -> list[str]:
    limits = []
    if scope.start is not None:
        limits.append(f"{source_set.period} ge {dialect.moment_literal(scope.start)}")
    if scope.end is not None:
        limits.append(f"{source_set.period} lt {dialect.moment_literal(scope.end)}")
    return limits


def condition(terms: Sequence[str]) -> Options:
    """`$filter` of all non-empty terms. 1C binds `gt ge lt le` tighter than `eq ne`: hence the brackets."""
    present = [term for term in terms if term]
    if not present:
        return []
    text = present[0] if len(present) == 1 else " and ".join(f"({term})" for term in present)
    return [("$filter", text)]


def _part_paths(row: WireRow, prefix: str = "") -> Iterator[str]:
    for name, part in row.parts:
        yield from (f"{prefix}{name}/{field.name}" for field in part.fields)
        yield from _part_paths(part, f"{prefix}{name}/")
