"""Texts in three languages. Source texts are English; the catalogues in `locale/` are read on first use.

No compiled catalogue is kept or shipped: reading the text takes milliseconds, and it cannot be out of date.
"""

from __future__ import annotations

import gettext
from functools import cache
from importlib.resources import files
from io import BytesIO

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from printing.paper import Language


def parsed(language: Language) -> Catalog:
    text = files("printing").joinpath("locale", f"{language}.po").read_bytes()
    return read_po(BytesIO(text), locale=language, abort_invalid=True)


@cache
def texts(language: Language) -> gettext.NullTranslations:
    """`gettext` and `ngettext` of a language."""
    if language == "en":
        return gettext.NullTranslations()  # the source texts
    compiled = BytesIO()
    write_mo(compiled, parsed(language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
