"""Search as you type, and the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import urlencode

from litestar import Request, Response, get
from litestar.di import NamedDependency, Provide
from litestar.params import QueryParameter

from api.web.hub import Hub
from desk.counterparties import listed, words
from desk.frame import pages
from desk.frame.visits import Visit
from store import parties, told_parties
from store.directory import Directory, Entry
from store.engine import Tx

HOME = "/desk/counterparties"
PER_PAGE = 40
LATE, RESTRICTED = "overdue", "restricted"
_STATE = "saldo_directory"

Text = Annotated[str, QueryParameter(max_length=200)]
From = Annotated[int, QueryParameter(name="from", ge=0, le=10_000_000)]


def directory(request: Request[Any, Any, Any], hub: NamedDependency[Hub]) -> Directory:
    """A dependency of handlers: one for the whole process."""
    known: Directory | None = request.app.state.get(_STATE)
    if known is None:
        known = request.app.state[_STATE] = Directory(hub.store)
    return known


DIRECTORY = {"directory": Provide(directory, sync_to_thread=False)}


@dataclass(frozen=True, slots=True)
class Asked:
    """`only` narrows: overdue, the most of it first, or restricted; all come by name."""

    q: str
    base: str
    only: str

    def address(self, **other: object) -> str:
        said = {"q": self.q, "base": self.base, "only": self.only, **other}
        given = {name: value for name, value in said.items() if value}
        return HOME + (f"?{urlencode(given)}" if given else "")


@get(HOME, sync_to_thread=True, dependencies=DIRECTORY)
def finding(
    hub: NamedDependency[Hub],
    visit: NamedDependency[Visit],
    directory: NamedDependency[Directory],
    q: Text = "",
    base: Text = "",
    only: Text = "",
    start: From = 0,
) -> Response[str]:
    asked = Asked(q.strip(), base, only)
    sources = [one.id for one in hub.settings.sources if base in ("", one.id)]
    found = directory.search(sources, asked.q)
    with hub.store.reading() as tx:
        entries = _chosen(tx, found, sources, asked)
        rows = listed.rows(tx, hub, visit, entries[start : start + PER_PAGE])
        judged = all(told_parties.is_judged(tx, source) for source in sources)
    last = start + PER_PAGE >= len(entries)
    values: dict[str, Any] = {
        "asked": asked,
        "rows": rows,
        "count": len(entries),
        "more": None if last else asked.address(**{"from": start + PER_PAGE}),
        "judged": judged or not only,
        "bases": [(one.id, one.title) for one in hub.settings.sources],
        "access_words": words.access(visit.text),
        "access_badges": words.ACCESS_BADGES,
    }
    if visit.htmx and start:
        return pages.fragment(visit, "counterparties/found_rows.html", **values)
    if visit.htmx:
        answer = pages.fragment(visit, "counterparties/found.html", **values)
        answer.headers["HX-Replace-Url"] = asked.address()  # to come back to, or to send to a colleague
        return answer
    return pages.page(visit, "counterparties/finding.html", **values)


def rows(tx: Tx, entries: Sequence[Entry]) -> list[Any]:
    """Their rows of store.parties, in this order."""
    found = {
        (source, key): row
        for source in {entry.source for entry in entries}
        for key, row in parties.some(tx, source, [one.id for one in entries if one.source == source]).items()
    }
    return [found[one.source, one.id] for one in entries if (one.source, one.id) in found]


def _chosen(tx: Tx, entries: Sequence[Entry], sources: Sequence[str], asked: Asked) -> Sequence[Entry]:
    if asked.only == RESTRICTED:
        kept = listed.restricted(tx, sources)
        entries = [one for one in entries if (one.source, one.id) in kept]
    if asked.only == LATE:
        late = listed.late(tx, sources)
        entries = listed.latest_first(entries, late)
    return entries
