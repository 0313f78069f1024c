"""Answers of the desk: whole pages, parts of pages, and where to go on."""

from __future__ import annotations

from typing import Any, Literal

from litestar import MediaType, Response

from desk.frame import templates
from desk.frame.errors import DeskError
from desk.frame.visits import Reader

Badge = Literal["ok", "warn", "bad", "wait", "mute"]  # what `ui.badge` can look like


def page(visit: Reader, template: str, *, status_code: int = 200, **values: Any) -> Response[str]:
    """A whole page: the template extends frame/base.html."""
    return _html(visit, template, status_code, values)


def fragment(visit: Reader, template: str, *, status_code: int = 200, **values: Any) -> Response[str]:
    """A part of a page, for htmx to put where it was asked for."""
    return _html(visit, template, status_code, values)


def redirect(visit: Reader, address: str) -> Response[str]:
    """Go on there after a POST: reloading what comes then repeats nothing."""
    if visit.htmx:
        return Response("", status_code=200, media_type=MediaType.HTML, headers={"HX-Redirect": address})
    return Response("", status_code=303, media_type=MediaType.HTML, headers={"Location": address})


def not_found(visit: Reader, text: str) -> DeskError:
    """Raise it: what is not there, in the reader's language."""
    return DeskError(404, text, visit.text.gettext("Search for it, or go back to where you came from."))


def _html(visit: Reader, template: str, status_code: int, values: dict[str, Any]) -> Response[str]:
    text = templates.render(template, {**values, "visit": visit})
    return Response(text, status_code=status_code, media_type=MediaType.HTML)
