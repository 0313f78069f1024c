"""Why a base cannot make a package of changes, out of what it says in place of one."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as NotBase64

from connectors.error_shapes import without_bom
from schemas.errors import SourceContractError, SourceError

WRAPPED = re.compile(r"[A-Za-z0-9+/]{16,}={0,2}")
FORBIDDEN = re.compile(r"недопустим\w* символ|(?:invalid|illegal|forbidden)\s+\w*\s*char", re.I)
CODE = re.compile(r"(?:U\+|0x|&#x|#x)([0-9A-Fa-f]{1,4})\b")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
LOOKED_AT = 64 * 1024


def package_refused(error: SourceError, source: str) -> SourceContractError:
    """The refusal as an error with reason "package": callers learn the changes in another way meanwhile."""
    return SourceContractError(
        "the accounting system cannot make the package of changes",
        hint=_hint(error), received=error.received, source=source, cause=error.context.get("reason"),
        request=error.context.get("request"), status=error.context.get("status"), reason="package",
    )  # fmt: skip


def _hint(error: SourceError) -> str:
    reason = error.context.get("reason")
    if reason in ("memory", "size"):
        return f"confirm changes more often, or clear the node's registrations and load in full; {error.hint}"
    text = _unwrapped(error.received or b"")
    character = _character(text)
    if character or FORBIDDEN.search(text):
        named = f"the character {character}" if character else "a character"
        return (
            f"a changed object holds {named} that XML cannot carry: remove it in 1C; "
            "changes are read by window until then"
        )
    return (
        "open the registration log of 1C at this time; if exchange_node is the base's own node, name another; "
        "changes are read by window until then"
    )


def _unwrapped(body: bytes) -> str:
    """The text of an error body together with what is wrapped into it as base64."""
    text = without_bom(body[:LOOKED_AT]).decode("utf-8", "replace")
    return "\n".join([text, *filter(None, map(_decoded, WRAPPED.findall(text)))])


def _decoded(word: str) -> str:
    try:
        return b64decode(word, validate=True).decode("utf-8")
    except (NotBase64, UnicodeDecodeError):
        return ""


def _character(text: str) -> str:
    """The forbidden character as `U+0002`, if the text names or shows one."""
    named = CODE.search(text)
    if named:
        return f"U+{int(named[1], 16):04X}"
    shown = CONTROL.search(text)
    return f"U+{ord(shown[0]):04X}" if shown else ""
