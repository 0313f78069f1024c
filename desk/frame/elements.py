"""Markup built element by element: every text and attribute is escaped, nothing is pasted together."""

from __future__ import annotations

from markupsafe import Markup, escape

Content = str | Markup
Value = str | int | None


def element(name: str, *content: Content, **attributes: Value) -> Markup:
    """One element. `class_` and `aria_label` are written class and aria-label; an attribute of None is left out."""
    named = (
        (key.rstrip("_").replace("_", "-"), value) for key, value in attributes.items() if value is not None
    )
    told = "".join(f' {key}="{escape(value)}"' for key, value in named)
    inside = "".join(escape(one) for one in content)
    return Markup(f"<{name}{told}>{inside}</{name}>")  # noqa: S704 - its parts were escaped above


def joined(parts: list[Markup]) -> Markup:
    return Markup("").join(parts)
