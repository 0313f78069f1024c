"""Reading a set in windows over its period: adaptive, a few answers ahead, in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from connectors import queries
from connectors.answers import TOO_MUCH
from connectors.window_plan import Plan, Reach, halves
from schemas.errors import SourceContractError, SourceError
from schemas.source import RawPage, RawUnit, Scope, SourceSet

if TYPE_CHECKING:
    from connectors.odata import ODataClient

__all__ = ["Reach", "read"]

SAMPLE = 256 * 1024
TIMEOUTS_IN_A_ROW = 5  # a base that is down is not searched for a window small enough


@dataclass(slots=True)
class Fetch:
    """A window that is planned (no `answer` yet) or under way; `refusals` counts timeouts of its parents."""

    scope: Scope
    refusals: int = 0
    answer: Future[list[RawPage]] | None = None


def read(
    client: ODataClient, source_set: SourceSet, reach: Reach, blind: timedelta, fill: float
) -> Iterator[RawUnit]:
    """Yield units in the order of time; at most `limits.sessions` answers wait beside the one given out.

    Errors: the source's own, after every window before the failed one was given out; SourceContractError
    where a single second is more than the source can answer.
    """
    limits = client.source.limits
    plan = _plan(client, source_set, reach, blind, fill)
    queue: deque[Fetch] = deque()
    try:
        while _fill(client, source_set, plan, queue, limits.sessions):
            fetch = queue.popleft()
            try:
                pages = _result(client, source_set, fetch)
            except SourceError as error:
                queue.extendleft(reversed(_smaller(source_set, fetch, error, plan)))
                continue
            plan.learn(fetch.scope, _weight(pages, source_set, limits.page_rows, limits.page_bytes))
            _fill(client, source_set, plan, queue, limits.sessions)
            yield RawUnit(fetch.scope, tuple(pages))
    finally:
        for fetch in queue:
            if fetch.answer is not None:
                fetch.answer.cancel()


def _plan(client: ODataClient, source_set: SourceSet, reach: Reach, blind: timedelta, fill: float) -> Plan:
    whole = queries.period_filter(source_set, Scope(reach.start, reach.end), client.dialect)
    history = datetime.combine(client.source.history_from, datetime.min.time())
    tomorrow = client.wall_clock().replace(hour=0, minute=0, second=0) + timedelta(days=1)
    wanted = int(client.source.limits.page_rows * fill)
    return Plan.make(reach, history, tomorrow, client.count(source_set.name, whole), wanted, blind, fill)


def _fill(client: ODataClient, source_set: SourceSet, plan: Plan, queue: deque[Fetch], ahead: int) -> bool:
    """Keep `ahead` windows under way, the first of the queue always; False where nothing is left."""
    while len(queue) < ahead and (scope := plan.take()) is not None:
        queue.append(Fetch(scope))
    for place, fetch in enumerate(queue):
        under_way = sum(other.answer is not None for other in queue)
        if fetch.answer is None and (place == 0 or under_way < ahead):
            fetch.answer = client.pool.submit(_fetch, client, source_set, fetch.scope)
    return bool(queue)


def _fetch(client: ODataClient, source_set: SourceSet, scope: Scope) -> list[RawPage]:
    return client.records(source_set, queries.period_filter(source_set, scope, client.dialect))


def _result(client: ODataClient, source_set: SourceSet, fetch: Fetch) -> list[RawPage]:
    return fetch.answer.result() if fetch.answer else _fetch(client, source_set, fetch.scope)


def _smaller(source_set: SourceSet, fetch: Fetch, error: SourceError, plan: Plan) -> list[Fetch]:
    """Two halves of a window that was too much for the source; any other error goes on its way."""
    reason = error.context.get("reason")
    refusals = fetch.refusals + (reason == "timeout")
    if reason not in TOO_MUCH or refusals > TIMEOUTS_IN_A_ROW:
        raise error
    plan.refused(fetch.scope)
    split = halves(fetch.scope, plan.history)
    if split is None:
        raise SourceContractError(
            f"{source_set.name}: what is dated {fetch.scope.start or fetch.scope.end} does not fit an answer",
            hint="raise limits.body_cap_bytes or timeouts.read_s of this source, or select fewer fields",
            request=error.context.get("request"), set=source_set.name,
        ) from error  # fmt: skip
    return [Fetch(scope, refusals) for scope in split]


def _weight(pages: list[RawPage], source_set: SourceSet, page_rows: int, page_bytes: int) -> float:
    """How full an answer was: 1.0 is as heavy as it should ever be. Rows are estimated from a sample."""
    name = f'"{source_set.period}"'.encode()
    size = sum(len(page.body) for page in pages)
    sampled = sum(min(len(page.body), SAMPLE) for page in pages)
    rows = sum(page.body.count(name, 0, SAMPLE) for page in pages) * size / max(sampled, 1)
    return max(rows / page_rows, size / page_bytes if rows else 0.0)
