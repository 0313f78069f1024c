from __future__ import annotations

import pytest

from schemas.searching import MOST_WORDS, folded, readings


def test_letters_quotes_and_yo_are_made_alike() -> None:
    assert folded("ООО «Ёлка»") == 'ооо "елка"'
    assert folded("Об’єднання") == folded("ОБ'ЄДНАННЯ")


def test_blanks_ask_for_nothing() -> None:
    assert readings("  \t ") == ()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hjvfirf", ("ромашка",)),  # a Russian name on the Latin layout
        ("rb]d", ("київ",)),  # a Ukrainian one
        ("вуддук", ("deller",)),  # a Latin name on the Cyrillic layout
        ("'krf", ("элка",)),
    ],
)
def test_the_keyboards_other_alphabet_is_read_too(typed: str, meant: tuple[str, ...]) -> None:
    assert meant in readings(typed)


def test_what_was_typed_is_the_first_reading() -> None:
    assert readings("ромашка торг")[0] == ("ромашка", "торг")


def test_digits_have_one_reading() -> None:
    assert readings("7706055780") == (("7706055780",),)


def test_words_come_once_and_not_more_than_anybody_types() -> None:
    assert readings("а а б")[0] == ("а", "б")
    assert len(readings(" ".join(chr(ord("а") + place) for place in range(30)))[0]) == MOST_WORDS
