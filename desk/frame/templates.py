"""The one environment of all templates: a section's are in its `templates/` and are called by its name."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from desk.frame import filters, static, translations
from desk.frame.navigation import items


class PageContext(Context):
    """Who reads is known to imported macros as well, which otherwise know nothing of a page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.globals_keys = {*self.globals_keys, "visit"}


def render(name: str, values: dict[str, Any]) -> str:
    """`values` has `visit`: who reads, in which language."""
    return _environment().get_template(name).render(values)


@cache
def _environment() -> Environment:
    folders = sorted(translations.DESK.glob("*/templates"))
    environment = Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    environment.context_class = PageContext
    environment.install_gettext_callables(_gettext, _ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.filters.update(filters.FILTERS)
    environment.globals.update(
        asset=static.address, navigation=items, languages=translations.NAMES, markup=filters.markup
    )
    return environment


@pass_context
def _gettext(context: Context, text: str) -> str:
    found: str = context["visit"].text.gettext(text)
    return found


@pass_context
def _ngettext(context: Context, one: str, many: str, count: int) -> str:
    found: str = context["visit"].text.ngettext(one, many, count)
    return found
