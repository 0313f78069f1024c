"""Whether orders can be written into a base: what `saldo check` tells of it (ADR 0028)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace

from assets.source import Source
from connectors.odata import ODataClient
from connectors.writing import Writing
from mappings.outgoing import Outgoing, outgoing
from mappings.trial import findings, trial
from schemas.errors import AlreadyThereError, SourceError, SourceRefusedError
from schemas.outgoing import Difference, Row, Sought
from schemas.source import Finding


def needs(source: Source) -> Mapping[str, Mapping[str, str]]:
    """What is read of each set, and, where orders are taken, what is written into it."""
    if not source.settings.orders.accept:
        return source.needs()
    declared = outgoing(source.settings, "order")
    fields = dict.fromkeys(declared.paths(), "order, as it is written")
    own = source.needs()
    return {**own, declared.entity_set: {**fields, **own.get(declared.entity_set, {})}}


def check(source: Source, *, try_it: bool) -> Iterator[Finding]:
    """Nothing is written unless `try_it`."""
    if not source.settings.orders.accept:
        return
    if not try_it:
        message = "whether the user may write orders was not tried: saldo check --try-writing tells"
        yield Finding("writing", True, message)
        return
    once = replace(source.settings, limits=replace(source.settings.limits, attempts=1))
    with ODataClient(once) as client:
        yield from _tried(Writing(client), source, outgoing(source.settings, "order"))


def _tried(writing: Writing, source: Source, declared: Outgoing) -> Iterator[Finding]:
    key, name = str(uuid.uuid4()), f"saldo-check-{uuid.uuid4().hex[:12]}"
    kind = declared.entity_set
    try:
        sent = trial(declared, writing.newest(kind).row, name)
    except SourceError as error:
        yield _wrong(error)
        return
    made: list[str] = []
    try:
        kept = writing.create(kind, {"Ref_Key": key, **sent}).row or {}
        made.append(str(kept["Ref_Key"]))
        yield from (_lost(kind, one) for one in findings(declared, sent, kept))
        yield _key(source, *_keeps_key(writing, kind, key, sent, kept))
    except SourceError as error:
        yield _wrong(error)
    yield _cleaned(writing, declared, made, _sought(declared, sent, name), name)


def _sought(declared: Outgoing, sent: Row, name: str) -> Sought:
    """The reference, by which nothing else can be found."""
    (field,) = (one for one in declared.looked_by if name in str(sent.get(one)))
    return Sought(field, "text", str(sent[field]))


def _keeps_key(writing: Writing, kind: str, key: str, sent: Row, kept: Row) -> tuple[bool, bool]:
    """Whether the base takes the key that an object comes with, and whether it refuses a second one of it."""
    if str(kept["Ref_Key"]).lower() != key:
        return False, False
    try:
        writing.create(kind, {"Ref_Key": key, **sent})
    except AlreadyThereError:
        return True, True
    return True, False


def _key(source: Source, is_kept: bool, is_single: bool) -> Finding:
    is_set = source.settings.orders.chosen_key
    if is_kept and is_single:
        advice = "" if is_set else "; set orders.chosen_key = true: unclear answers are then settled at once"
        message = f"the base keeps the key that an order comes with, and takes it once{advice}"
        return Finding("chosen key", True, message)
    what = "takes a key twice" if is_kept else "chooses the keys of new objects itself"
    hint = "set orders.chosen_key = false: with true, an unclear answer may become a second order"
    return Finding("chosen key", not is_set, f"the base {what}", hint if is_set else "")


def _cleaned(writing: Writing, declared: Outgoing, made: list[str], sought: Sought, name: str) -> Finding:
    """Mark whatever was written, also by a request whose answer was lost or whose reference was cut."""
    kind = declared.entity_set
    try:
        rows = writing.find(kind, [sought]).rows
        found = [str(row["Ref_Key"]) for row in rows if name in str(row.get(sought.field))]
        marked = [writing.mark_for_deletion(kind, key).row or {} for key in dict.fromkeys([*made, *found])]
    except SourceError as error:
        hint = f"mark it by hand: its reference has {name}; the user needs the right to change orders"
        return Finding("writing", False, f"an order was tried and may still be there: {error.message}", hint)
    numbers = [declared.number_of(row) for row in marked]
    if not all(declared.is_marked(row) for row in marked):
        hint = "mark it by hand, and let the user set marks: orders could not be cancelled"
        return Finding(
            "writing", False, f"the tried order {', '.join(numbers)} is not marked for deletion", hint
        )
    what = f"tried with {', '.join(numbers)}, now marked for deletion" if numbers else "nothing was written"
    return Finding("writing", bool(numbers), f"{what}; posting was not tried")


def _lost(kind: str, difference: Difference) -> Finding:
    subject = f"{kind}.{difference.field}"
    hint = "name the field that this installation has for it in `fields` of the source's settings"
    if difference.stored is None:
        return Finding(subject, False, "is ignored when it is written", hint)
    sent, stored = difference.sent or "", difference.stored
    if sent.startswith(stored.rstrip()):
        return Finding(subject, False, f"keeps {len(stored)} of {len(sent)} letters and loses the rest", hint)
    return Finding(subject, False, "is kept otherwise than it was written", "correct orders.constants")


def _wrong(error: SourceError) -> Finding:
    """The base's own words are for who runs this."""
    words = f": {error.words}" if isinstance(error, SourceRefusedError) and error.words else ""
    return Finding("writing", False, f"{error.message}{words}", error.hint)
