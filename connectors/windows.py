"""Reading a set in windows over its period: adaptive, a few answers ahead, in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta

from connectors import narrowing, queries
from connectors.answers import POISON, TOO_MUCH
from connectors.reading import Reading
from connectors.window_plan import Plan, Reach, halves
from schemas.errors import SourceContractError, SourceError
from schemas.settings import Limits
from schemas.source import RawPage, RawUnit, Scope, SourceSet

__all__ = ["Reach", "read"]

SAMPLE = 256 * 1024
SMALL = 0.05  # of a full answer
TIMEOUTS_IN_A_ROW = 5  # a base that is down is not searched for a window small enough


@dataclass(slots=True)
class Fetch:
    """A window that is planned (no `answer` yet) or under way; `refusals` counts timeouts of its parents."""

    scope: Scope
    refusals: int = 0
    answer: Future[list[RawPage]] | None = None


def read(reading: Reading, reach: Reach, blind: timedelta, fill: float) -> Iterator[RawUnit]:
    """Yield units in the order of time; at most `limits.sessions` answers wait beside the one given out.

    Errors: the source's own, after every window before the failed one was given out; SourceContractError
    where a single second is more than the source can answer.
    """
    limits = reading.client.source.limits
    plan = _plan(reading, reach, blind, fill)
    queue: deque[Fetch] = deque()
    try:
        while _fill(reading, plan, queue, limits.sessions):
            fetch = queue.popleft()
            try:
                pages = _result(reading, fetch)
            except SourceError as error:
                unit = narrowing.by_single_records(reading, fetch.scope, error)
                if unit is None:
                    queue.extendleft(reversed(_smaller(reading.source_set, fetch, error, plan)))
                else:
                    yield unit
                continue
            rows = _rows(pages, reading.source_set)
            reading.refusals.look_at(int(rows))
            plan.learn(fetch.scope, _weight(pages, rows, limits))
            _fill(reading, plan, queue, limits.sessions)
            yield RawUnit(fetch.scope, tuple(pages))
    finally:
        for fetch in queue:
            if fetch.answer is not None:
                fetch.answer.cancel()


def _plan(reading: Reading, reach: Reach, blind: timedelta, fill: float) -> Plan:
    client, source_set = reading.client, reading.source_set
    whole = queries.period_filter(source_set, Scope(reach.start, reach.end), client.dialect)
    history = datetime.combine(client.source.history_from, datetime.min.time())
    tomorrow = client.wall_clock().replace(hour=0, minute=0, second=0) + timedelta(days=1)
    wanted = int(client.source.limits.page_rows * fill)
    return Plan.make(reach, history, tomorrow, client.count(source_set.name, whole), wanted, blind, fill)


def _fill(reading: Reading, plan: Plan, queue: deque[Fetch], ahead: int) -> bool:
    """Keep `ahead` windows under way, the first of the queue always; False where nothing is left."""
    while len(queue) < ahead and (scope := plan.take()) is not None:
        queue.append(Fetch(scope))
    for place, fetch in enumerate(queue):
        under_way = sum(other.answer is not None for other in queue)
        if fetch.answer is None and (place == 0 or under_way < ahead):
            fetch.answer = reading.client.pool.submit(_fetch, reading, fetch.scope)
    return bool(queue)


def _fetch(reading: Reading, scope: Scope) -> list[RawPage]:
    return reading.records(queries.period_filter(reading.source_set, scope, reading.client.dialect))


def _result(reading: Reading, fetch: Fetch) -> list[RawPage]:
    return fetch.answer.result() if fetch.answer else _fetch(reading, fetch.scope)


def _smaller(source_set: SourceSet, fetch: Fetch, error: SourceError, plan: Plan) -> list[Fetch]:
    """Two halves of a window that was too much for the source, or has something bad in it.

    Any other error goes on its way.
    """
    reason = error.context.get("reason")
    refusals = fetch.refusals + (reason == "timeout")
    if reason not in TOO_MUCH | POISON or refusals > TIMEOUTS_IN_A_ROW:
        raise error
    if reason in TOO_MUCH:
        plan.refused(fetch.scope)
    split = halves(fetch.scope, plan.history, plan.stop)
    if split is None:
        raise _indivisible(source_set, fetch.scope, error) from error
    return [Fetch(scope, refusals) for scope in split]


def _indivisible(source_set: SourceSet, scope: Scope, error: SourceError) -> SourceContractError:
    is_large = error.context.get("reason") in TOO_MUCH
    what = "does not fit an answer" if is_large else "cannot be read, not even its keys"
    hint = "raise limits.body_cap_bytes or timeouts.read_s of this source, or select fewer fields"
    return SourceContractError(
        f"{source_set.name}: what is dated {scope.start or scope.end} {what}",
        hint=hint if is_large else error.hint, received=error.received,
        request=error.context.get("request"), set=source_set.name,
    )  # fmt: skip


def _rows(pages: list[RawPage], source_set: SourceSet) -> float:
    """About how many records an answer has, by a sample of it."""
    name = f'"{source_set.period}"'.encode()
    size = sum(len(page.body) for page in pages)
    sampled = sum(min(len(page.body), SAMPLE) for page in pages)
    return sum(page.body.count(name, 0, SAMPLE) for page in pages) * size / max(sampled, 1)


def _weight(pages: list[RawPage], rows: float, limits: Limits) -> float:
    """How full an answer was: 1.0 is as heavy as it should ever be.

    Seconds count only for answers that are not small: a base that takes as long over nothing would not be
    helped by smaller windows.
    """
    if not rows:
        return 0.0
    size = sum(len(page.body) for page in pages)
    weight = max(rows / limits.page_rows, size / limits.page_bytes)
    seconds = sum(page.seconds for page in pages) / limits.page_seconds
    return max(weight, seconds) if weight > SMALL else weight
