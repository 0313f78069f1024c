"""What a package of changes speaks of: its entries by entity set and key, read in one streaming pass."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from connectors import feeds
from schemas.errors import SourceContractError
from schemas.source import RawPage

NAMESPACE = "StandardODATA."
GUID = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
ADDRESS = re.compile(r"(?:^|/)([^/()]+)\((.*)\)$", re.S)
ALONE = re.compile(f"guid'({GUID})'")
PAIR = re.compile(r"\s*(\w+)\s*=\s*(?:guid)?'([^']*)'\s*(?:,|$)")
NAMED_BY = (("Ref_Key",), ("Recorder_Key",), ("Recorder",), ("Recorder", "Recorder_Type"))


@dataclass(frozen=True, slots=True)
class Entry:
    """A changed object, or the record set of a recorder: `key` is then the recorder's, `recorder_set` its set.

    `recorder_set` is "" where only one kind of document records into the register.
    """

    entity_set: str
    key: str
    recorder_set: str = ""
    deleted: bool = False


def names(page: RawPage) -> Mapping[str, tuple[str, ...]]:
    """Keys by entity set, registers under the name of their record sets.

    Errors: SourceContractError where an entry is of a kind that no key of ours names.
    """
    found: dict[str, dict[str, None]] = {}
    for entry in entries(page):
        found.setdefault(entry.entity_set, {})[entry.key] = None
    return {entity_set: tuple(keys) for entity_set, keys in found.items()}


def recorder_sets(page: RawPage) -> Mapping[str, str]:
    """The entity set of each recorder whose record sets are in the package: what `read_keys` needs of it."""
    return {entry.key: entry.recorder_set for entry in entries(page) if entry.recorder_set}


def entries(page: RawPage) -> Iterator[Entry]:
    """Every entry of the feed, in its order."""
    for element in feeds.elements(page.body):
        yield _entry(element, page)


def _entry(element: Any, page: RawPage) -> Entry:
    deleted = element.tag == feeds.DELETED
    address = unquote((element.get("ref") if deleted else None) or element.findtext(f"{feeds.ATOM}id") or "")
    term = feeds.entity_set_of(element)
    found = ADDRESS.search(address)
    key = _key(found[2]) if found else None
    if found is None or key is None or term not in ("", found[1]):
        raise SourceContractError(
            "the package speaks of something that has no key the hub can read by",
            hint="take sets without a Ref_Key or a recorder (constants, independent registers) out of the plan",
            received=page.body, request=page.request, set=term or (found[1] if found else None),
        )  # fmt: skip
    return Entry(found[1], key[0], key[1], deleted)


def _key(text: str) -> tuple[str, str] | None:
    """Key and recorder's entity set; None for any other kind of key."""
    if alone := ALONE.fullmatch(text.strip()):
        return alone[1].lower(), ""
    pairs = dict(PAIR.findall(text))
    if PAIR.sub("", text).strip() or tuple(sorted(pairs)) not in NAMED_BY:
        return None
    key = pairs.get("Ref_Key") or pairs.get("Recorder_Key") or pairs.get("Recorder") or ""
    if not re.fullmatch(GUID, key):
        return None
    return key.lower(), pairs.get("Recorder_Type", "").removeprefix(NAMESPACE)
