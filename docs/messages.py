"""`make messages`: bring the texts of printed statements into the catalogues of every language.

New ones come without a translation, and a test fails until they have one; those that are gone are taken out.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from printing.catalogues import parsed
from schemas.languages import LANGUAGES, Language

PRINTING = Path(__file__).parents[1] / "printing"
TRANSLATED: tuple[Language, ...] = tuple(language for language in LANGUAGES if language != "en")
HEADER = """# Texts of printed statements. `make messages` brings new ones in.
msgid ""
msgstr ""
"Language: {language}\\n"
"Plural-Forms: {forms}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""


def extracted() -> Catalog:
    found = Catalog()
    for file, _, message, comments, context in extract_from_dir(PRINTING):
        found.add(message, None, [(f"printing/{file}", 0)], auto_comments=comments, context=context)
    return found


def merged(language: Language) -> bytes:
    """The catalogue as it should be: today's texts with the translations there are."""
    catalogue = parsed(language)
    catalogue.update(extracted(), no_fuzzy_matching=True)
    written = BytesIO()
    write_po(written, catalogue, width=0, omit_header=True, ignore_obsolete=True, include_lineno=False)
    return HEADER.format(language=language, forms=catalogue.plural_forms).encode() + written.getvalue()


def main() -> None:
    for language in TRANSLATED:
        (PRINTING / "locale" / f"{language}.po").write_bytes(merged(language))


if __name__ == "__main__":
    main()
