"""A statement as a piece of a page: markup without style and script of its own, and a style sheet for it.

The page that shows it serves `stylesheet()` from its own address: the fragment needs no exception in a CSP.
"""

from __future__ import annotations

from functools import cache
from html import escape
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template

from printing.act import Act
from printing.shown import shown


def fragment(act: Act) -> str:
    """An <article>, to stand in a page; every text in it is escaped."""
    return _template().render(act=shown(act))


def page(act: Act) -> str:
    """A page of its own, to be kept as a file: the style is in it, and nothing is fetched."""
    head = f'<meta charset="utf-8"><title>{escape(act.title)}</title><style>{stylesheet()}</style>'
    view = '<meta name="viewport" content="width=device-width, initial-scale=1">'
    body = f"<body>\n{fragment(act)}\n</body>"
    return f'<!doctype html>\n<html lang="{act.language}">\n<head>{head}{view}</head>\n{body}\n</html>\n'


def stylesheet() -> str:
    """For screen and print; every rule is of `.act` alone, but for the size of the printed page."""
    return files("printing").joinpath("templates", "act.css").read_text(encoding="utf-8")


@cache
def _template() -> Template:
    text = files("printing").joinpath("templates", "act.html").read_text(encoding="utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined).from_string(text)
