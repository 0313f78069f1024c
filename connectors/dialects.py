"""What differs between OData services, as values: the client is the same for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

DialectName = Literal["1c", "v2", "v4"]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one family of services writes literals, counts, pages and wraps its answers.

    `rows_in` leads to the list of records; `count_key` and `next_keys` stand beside it. `moment` and `guid`
    are patterns of a literal. `ticks` means JSON dates travel as `/Date(milliseconds)/`; `wrapped_parts`
    means a nested collection travels as `{"results": [...]}`.
    """

    name: DialectName
    guid: str
    moment: str
    count_option: tuple[str, str]
    count_key: str
    next_keys: tuple[str, ...]
    rows_in: tuple[str, ...]
    format_query: tuple[tuple[str, str], ...]
    headers: tuple[tuple[str, str], ...]
    part_select: Literal["path", "expand"]
    ib_session: bool = False
    ticks: bool = False
    wrapped_parts: bool = False

    def moment_literal(self, wall_clock: str) -> str:
        return self.moment.format(wall_clock)

    def guid_literal(self, guid: str) -> str:
        return self.guid.format(guid)

    def text_literal(self, text: str) -> str:
        return "'" + text.replace("'", "''") + "'"


ONEC = Dialect(
    name="1c",
    guid="guid'{}'",
    moment="datetime'{}'",
    count_option=("$inlinecount", "allpages"),
    count_key="odata.count",
    next_keys=("odata.nextLink",),
    rows_in=("value",),
    format_query=(("$format", "json"),),
    headers=(("Accept", "application/json"), ("MaxDataServiceVersion", "3.0")),
    part_select="path",
    ib_session=True,
)
V2 = Dialect(
    name="v2",
    guid="guid'{}'",
    moment="datetime'{}'",
    count_option=("$inlinecount", "allpages"),
    count_key="__count",
    next_keys=("__next",),
    rows_in=("d", "results"),
    format_query=(("$format", "json"),),
    headers=(("Accept", "application/json"), ("MaxDataServiceVersion", "2.0")),
    part_select="expand",
    ticks=True,
    wrapped_parts=True,
)
V4 = Dialect(
    name="v4",
    guid="{}",
    moment="{}Z",
    count_option=("$count", "true"),
    count_key="@odata.count",
    next_keys=("@odata.nextLink",),
    rows_in=("value",),
    format_query=(),
    headers=(("Accept", "application/json"), ("OData-Version", "4.0"), ("OData-MaxVersion", "4.0")),
    part_select="expand",
)
DIALECTS: Mapping[DialectName, Dialect] = {dialect.name: dialect for dialect in (ONEC, V2, V4)}
