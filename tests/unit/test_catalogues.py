from __future__ import annotations

import re
import string
from collections.abc import Iterable

import pytest

from desk.frame.translations import packages
from docs.messages import PACKAGES, ROOT, TRANSLATED, extracted, merged
from printing.catalogues import parsed, texts
from schemas.languages import Language


def fields(text: str) -> set[str]:
    """What is put into a text: `{name}` in Python, `%(name)s` in templates."""
    inside = {name for _, name, _, _ in string.Formatter().parse(re.sub(r"%\(\w+\)s", "", text)) if name}
    return inside | set(re.findall(r"%\((\w+)\)s", text))


def forms(of: object) -> Iterable[str]:
    return of if isinstance(of, (tuple, list)) else [str(of)]


@pytest.mark.parametrize("package", PACKAGES)
@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated(language: Language, package: str) -> None:
    messages = [message for message in parsed(language, package) if message.id]
    assert [message.id for message in messages if message.fuzzy or not all(forms(message.string))] == []
    assert {str(next(iter(forms(message.id)))) for message in messages} == {
        str(next(iter(forms(message.id)))) for message in extracted(package) if message.id
    }


@pytest.mark.parametrize("package", PACKAGES)
@pytest.mark.parametrize("language", TRANSLATED)
def test_the_catalogue_is_what_make_messages_writes(language: Language, package: str) -> None:
    kept = ROOT / package.replace(".", "/") / "locale" / f"{language}.po"
    assert kept.read_bytes() == merged(language, package), "run `make messages`"


@pytest.mark.parametrize("package", PACKAGES)
@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_fields_of_its_text(language: Language, package: str) -> None:
    wrong = [
        message.id
        for message in parsed(language, package)
        if message.id
        and {frozenset(fields(x)) for x in forms(message.string)}
        != {frozenset(fields(str(next(iter(forms(message.id))))))}
    ]
    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_text_of_the_desk_has_one_translation(language: Language) -> None:
    """Its sections are read as one catalogue: of two translations one would never be shown."""
    found: dict[object, set[object]] = {}
    for package in packages():
        for message in parsed(language, package):
            if message.id:
                found.setdefault((message.context, message.id), set()).add(message.string)
    assert {text: strings for text, strings in found.items() if len(strings) > 1} == {}


def test_counted_things_have_three_forms() -> None:
    of = texts("uk").ngettext
    assert [of("kopeck", "kopecks", n) for n in (1, 2, 5, 11, 21)] == [
        "копійка", "копійки", "копійок", "копійок", "копійка",
    ]  # fmt: skip
