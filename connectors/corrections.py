"""One record as a person corrected it, put back into the form that its set's answers have."""

from __future__ import annotations

import msgspec
from lxml import etree

from connectors.decode_atom import DATA, META
from connectors.dialects import Dialect
from connectors.feeds import ATOM
from schemas.errors import InvalidValueError
from schemas.source import SourceSet

KEY = "Ref_Key"
FIELD = "text"


def answer_with(text: str, source_set: SourceSet, dialect: Dialect, media_type: str, key: str) -> bytes:
    """The bytes of an answer that has this record and no other.

    Errors: InvalidValueError where the text is no record, or is another record than the one with `key`.
    """
    if "xml" in media_type.partition(";")[0].lower():
        return _feed(text, source_set, key)
    body = b"[" + _object(text, key) + b"]"
    for name in reversed(dialect.rows_in):
        body = b"{" + msgspec.json.encode(name) + b":" + body + b"}"
    return body


def _object(text: str, key: str) -> bytes:
    """The text itself: no number is written anew."""
    body = text.strip().encode()
    try:
        found = msgspec.json.decode(body, type=dict[str, msgspec.Raw])
        own = msgspec.json.decode(bytes(found[KEY]), type=str) if KEY in found else None
    except msgspec.MsgspecError as error:
        raise _no_record(str(error)) from error
    if own != key:
        raise _another()
    return body


def _feed(text: str, source_set: SourceSet, key: str) -> bytes:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        properties = etree.fromstring(text.strip().encode(), parser)
    except etree.XMLSyntaxError as error:
        raise _no_record(str(error)) from error
    if properties.tag != f"{META}properties" or properties.getroottree().docinfo.doctype:
        raise _no_record("it is not one m:properties")
    if properties.findtext(f"{DATA}{KEY}") != key:
        raise _another()
    feed = etree.Element(f"{ATOM}feed", nsmap={None: ATOM[1:-1]})
    entry = etree.SubElement(feed, f"{ATOM}entry")
    etree.SubElement(entry, f"{ATOM}category", term=f"StandardODATA.{source_set.name}")
    etree.SubElement(entry, f"{ATOM}content", type="application/xml").append(properties)
    return bytes(etree.tostring(feed, encoding="utf-8", xml_declaration=True))


def _no_record(why: str) -> InvalidValueError:
    hint = "Change only values, and keep quotes, commas and brackets as they came"
    return InvalidValueError(f"This is no record any more: {why}", hint=hint, field=FIELD)


def _another() -> InvalidValueError:
    hint = f"Keep {KEY} as it came: it tells which record this is"
    return InvalidValueError("This is another record", hint=hint, field=FIELD)
