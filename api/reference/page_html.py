"""Pieces of HTML for the page: every text is escaped here, once."""

from __future__ import annotations

import re
from html import escape

_CODE = re.compile(r"`([^`]+)`")


def tag(name: str, inner: str, *, cls: str = "", **attributes: str) -> str:
    """An element around HTML that is safe already."""
    given = {**({"class": cls} if cls else {}), **attributes}
    told = "".join(f' {key}="{escape(value, quote=True)}"' for key, value in given.items() if value)
    return f"<{name}{told}>{inner}</{name}>"


def code(text: str) -> str:
    return tag("code", escape(text))


def inline(text: str) -> str:
    """A sentence in which `this` is code."""
    return _CODE.sub(r"<code>\1</code>", escape(text, quote=False))
