"""Everything that is wrong with a base, in one pass: what `saldo check` prints."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from datetime import timedelta

import requests

from connectors import addresses, reachability
from connectors.answers import ABSENT, decode_error
from connectors.drift import Needs, drift
from connectors.metadata import Metadata
from connectors.odata import ODataClient
from connectors.transport import SessionFactory
from schemas.errors import SourceError
from schemas.settings import SourceSettings
from schemas.source import Finding

SKEW_S = 60.0
ZONE_MISTAKE = timedelta(hours=14)  # a document that much ahead of now, and not more, tells of a wrong zone
Reach = Callable[[str, float], list[Finding]]


def check(
    source: SourceSettings,
    needs: Needs,
    *,
    optional: Collection[str] = (),
    session_factory: SessionFactory = requests.Session,
    reach: Reach = reachability.check,
) -> list[Finding]:
    """Give a finding for every aspect, right or wrong. A failed one stops only what needs it.

    `needs` names sets (or `Register/Function`) and, in each, the fields that mappings read. That an `optional`
    one of them is not there is told, and nothing to mend.
    """
    found = reach(source.base_url, source.timeouts.connect_s)
    if not all(finding.ok for finding in found):
        return found
    once = replace(source, limits=replace(source.limits, attempts=1))
    with ODataClient(once, session_factory=session_factory) as client:
        try:
            published = set(client.service_document())
        except SourceError as error:
            return [*found, _wrong("login", error), *_clock(client)]
        found.append(Finding("login", True, f"the base answers and publishes {len(published)} sets"))
        found.extend(_clock(client))
        found.extend(_sets(client, needs, published, optional))
        found.extend(_time_zone(client, needs, published))
        found.extend(_sessions(client))
    return found


def _sets(
    client: ODataClient, needs: Needs, published: set[str], optional: Collection[str]
) -> Iterator[Finding]:
    """Composition, fields and rights. Without `$metadata`, at least what the service document tells."""
    metadata: Metadata | None = None
    try:
        metadata = client.metadata()
    except SourceError as error:
        yield _wrong("metadata", error)
    drifted = drift(metadata, needs) if metadata else []
    for finding in drifted:
        yield _excused(finding) if finding.subject in optional else finding
    if metadata and not drifted:
        fields = sum(len(fields) for fields in needs.values())
        yield Finding(
            "metadata", True, f"all {len(needs)} sets and {fields} fields that are needed are there"
        )
    for name, needed in needs.items():
        if name.partition("/")[0] in published:
            there = set(needed) - {finding.subject.removeprefix(f"{name}.") for finding in drifted}
            yield _right(client, name, sorted(there), optional=name in optional)
        elif metadata is None:
            hint = "include it in the composition of the standard OData interface of this base"
            finding = Finding(name, False, f"`{name}` is not published", hint)
            yield _excused(finding) if name in optional else finding


def _excused(finding: Finding) -> Finding:
    """What a base may lack: the site then shows nothing of it, and the API says so."""
    return Finding(finding.subject, True, f"{finding.message}: the site shows nothing of it", finding.hint)


def _right(client: ODataClient, name: str, fields: list[str], *, optional: bool) -> Finding:
    """Read one record as the mappings would read many."""
    entity_set, _, function = name.partition("/")
    query: addresses.Query = [("$select", ",".join(fields)), ("$top", "1")] if fields else [("$top", "1")]
    try:
        page = client.call(entity_set, function, query) if function else client.get(entity_set, query)
    except SourceError as error:
        wrong = _wrong(name, error)
        return _excused(wrong) if optional and error.context.get("reason") in ABSENT else wrong
    limits = client.source.limits
    expected = len(page.body) * limits.page_rows
    if expected > limits.body_cap_bytes:
        fits = max(1, limits.body_cap_bytes // len(page.body))
        hint = f"lower limits.page_rows to {fits}, or raise limits.body_cap_bytes"
        return Finding(name, False, f"a page of {limits.page_rows} records would be over the body cap", hint)
    return Finding(name, True, "can be read")


def _clock(client: ODataClient) -> Iterator[Finding]:
    ahead = client.statistics.clock_ahead_s
    if ahead is None:
        yield Finding("clock", True, "the web server does not tell its time")
    elif abs(ahead) > SKEW_S:
        message = f"the server's clock is {abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} ours"
        yield Finding(
            "clock", False, message, "set both clocks by a time server: freshness is judged by them"
        )
    else:
        yield Finding("clock", True, "the server's clock agrees with ours")


def _time_zone(client: ODataClient, needs: Needs, published: set[str]) -> Iterator[Finding]:
    """The base never tells its zone; but documents of the next hours give a wrong setting away."""
    now, zone = client.wall_clock(), client.source.time_zone.key
    start, end = (
        client.dialect.moment_literal(moment.isoformat(timespec="seconds"))
        for moment in (now + timedelta(minutes=15), now + ZONE_MISTAKE)
    )
    dated = [name for name, fields in needs.items() if "Date" in fields and name in published]
    for name in dated:
        query = [("$filter", f"(Date ge {start}) and (Date lt {end})"), ("$select", "Date"), ("$top", "1")]
        try:
            page = client.get(name, query)
        except SourceError:
            continue  # the set's own finding tells why
        if b'"Date"' in page.body:
            hint = f"set time_zone if the base does not run by {zone}, or leave it if they are dated ahead"
            yield Finding("time zone", False, f"`{name}` has documents later than now by {zone}", hint)
            return
    if dated:
        yield Finding("time zone", True, f"no document is later than now by {zone}")


def _sessions(client: ODataClient) -> Iterator[Finding]:
    """Open as many sessions as the hub may use, all at once; leaving the client gives them back."""
    wanted = client.source.limits.sessions
    timeouts = client.source.timeouts
    while (opened := len(client.transport.lanes)) < wanted:
        lane = client.transport.new_lane()
        try:
            with lane.send(client.source.base_url, (timeouts.connect_s, timeouts.read_s)) as response:
                body, status = response.content, response.status_code
        except requests.RequestException as error:
            message = f"session {opened + 1} of {wanted} got no answer ({type(error).__name__})"
            yield Finding("sessions", False, message, f"set limits.sessions to {opened}, or try again")
            return
        if status != 200:
            refusal = decode_error(status, body, request="", source=client.source.id).error
            message = f"only {opened} of {wanted} sessions open at once: {refusal.message}"
            yield Finding("sessions", False, message, f"set limits.sessions to {opened}, or: {refusal.hint}")
            return
    if all(lane.keeps_session for lane in client.transport.lanes):
        yield Finding("sessions", True, f"{wanted} sessions open at once")
    else:
        yield Finding("sessions", True, f"{wanted} requests are served; the base reuses sessions by itself")


def _wrong(subject: str, error: SourceError) -> Finding:
    return Finding(subject, False, error.message, error.hint)
