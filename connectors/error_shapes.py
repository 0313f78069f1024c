"""The forms in which an OData service says no, reduced to a code and a text.

1. XML `<m:error>`; 2. JSON `{"odata.error": ...}` (v2 and v4: `{"error": ...}`); 3. the 1C application
server's exception as JSON with a byte-order mark or as XML; 4. anything else: the web server's HTML, text.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
from lxml import etree

Shape = Literal["xml", "json", "exception", "text"]
LOOKED_AT = 256 * 1024  # an error that long is a page of markup; its meaning is in the beginning


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """`text` is for matching only: it echoes values of the base, so it never goes into a message."""

    shape: Shape
    code: str
    text: str
    reason: int | None = None


def without_bom(body: bytes) -> bytes:
    return body[len(codecs.BOM_UTF8) :] if body.startswith(codecs.BOM_UTF8) else body


def looks_like_error(body: bytes) -> bool:
    """Whether a 200 is one of the service's own error forms after all."""
    start = without_bom(body[:512]).lstrip()
    return (
        start.startswith((b"<m:error", b"<exception", b"<error"))
        or re.match(rb'\{\s*"(#exception|odata\.error|error)"\s*:', start) is not None
    )


def looks_like_html(body: bytes) -> bool:
    return re.match(rb"\s*(<!doctype html|<html|<head|<body)", without_bom(body[:512]), re.I) is not None


def read_error(body: bytes) -> ErrorBody:
    """Reduce an error body of any form; never fails."""
    plain = without_bom(body[:LOOKED_AT]).strip()
    return _json_error(plain) or _xml_error(plain) or ErrorBody("text", "", plain.decode("utf-8", "replace"))


def _json_error(body: bytes) -> ErrorBody | None:
    if not body.startswith(b"{"):
        return None
    try:
        answer: Any = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if isinstance(exception := answer.get("exception"), dict):
        reason = exception.get("reason")
        return ErrorBody("exception", "", _all_text(exception), reason if isinstance(reason, int) else None)
    error = answer.get("odata.error", answer.get("error"))
    if isinstance(error, dict):
        return ErrorBody("json", str(error.get("code", "")), _all_text(error.get("message", "")))
    return None


def _all_text(value: object) -> str:
    """Every text inside, one a line: the cause is often in an inner exception."""
    if isinstance(value, dict):
        return "\n".join(_all_text(inner) for key, inner in value.items() if key != "data")
    return value if isinstance(value, str) else ""


def _xml_error(body: bytes) -> ErrorBody | None:
    if not body.startswith(b"<"):
        return None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    name = etree.QName(root).localname
    if name == "error":
        children = {etree.QName(child).localname: child for child in root if isinstance(child.tag, str)}
        code = children["code"].text if "code" in children else ""
        return ErrorBody("xml", (code or "").strip(), "\n".join(root.itertext()))
    if name == "exception":
        reason = root.get("reason", "")
        return ErrorBody(
            "exception", "", "\n".join(root.itertext()), int(reason) if reason.isdecimal() else None
        )
    return None
