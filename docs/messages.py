"""`make messages`: bring the texts of printed papers and of the desk into the catalogues of every language.

New ones come without a translation, and a test fails until they have one; those that are gone are taken out.
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from desk.frame import translations
from printing.catalogues import parsed
from schemas.languages import LANGUAGES, Language

ROOT = Path(__file__).parents[1]
PACKAGES = ("printing", *translations.packages())
TRANSLATED: tuple[Language, ...] = tuple(language for language in LANGUAGES if language != "en")
TEMPLATES = "**/templates/**.html"
METHODS = [("**.py", "python"), (TEMPLATES, "jinja2.ext:babel_extract")]
OPTIONS = {TEMPLATES: {"extensions": "jinja2.ext.do", "newstyle_gettext": "true", "silent": "false"}}
HEADER = """# Texts of {package}. `make messages` brings new ones in.
msgid ""
msgstr ""
"Language: {language}\\n"
"Plural-Forms: {forms}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def extracted(package: str) -> Catalog:
    found, folder = Catalog(), package.replace(".", "/")
    for file, _, message, comments, context in extract_from_dir(ROOT / folder, METHODS, OPTIONS):
        found.add(message, None, [(f"{folder}/{file}", 0)], auto_comments=comments, context=context)
    return found


def merged(language: Language, package: str) -> bytes:
    """The catalogue as it should be: today's texts with the translations there are."""
    catalogue = parsed(language, package)
    catalogue.update(extracted(package), no_fuzzy_matching=True)
    written = BytesIO()
    write_po(written, catalogue, width=0, omit_header=True, ignore_obsolete=True, include_lineno=False)
    head = HEADER.format(package=package, language=language, forms=catalogue.plural_forms)
    return head.encode() + written.getvalue()


def main() -> None:
    """All packages, or those that are named."""
    for package in sys.argv[1:] or PACKAGES:
        for language in TRANSLATED:
            folder = ROOT / package.replace(".", "/") / "locale"
            (folder / f"{language}.po").write_bytes(merged(language, package))


if __name__ == "__main__":
    main()
