"""Texts in three languages. Source texts are English; a package's catalogues in `locale/` are read on first use.

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

from schemas.languages import Language


def parsed(language: Language, package: str = "printing") -> Catalog:
    """Errors: FileNotFoundError for a language that a package is not translated into."""
    text = files(package).joinpath("locale", f"{language}.po").read_bytes()
    return read_po(BytesIO(text), locale=language, abort_invalid=True)


@cache
def texts(language: Language, package: str = "printing", *more: str) -> gettext.NullTranslations:
    """`gettext` and `ngettext` of a language, by the catalogue of a package, then of those after it."""
    if language == "en":
        return gettext.NullTranslations()  # the source texts
    compiled = BytesIO()
    write_mo(compiled, parsed(language, package))
    compiled.seek(0)
    found = gettext.GNUTranslations(compiled)
    if more:
        found.add_fallback(texts(language, *more))
    return found
