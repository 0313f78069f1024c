"""What people type when they look for somebody: words in any order, also on the keyboard's other alphabet."""

from __future__ import annotations

_LATIN = "`qwertyuiop[]asdfghjkl;'zxcvbnm,."
_CYRILLIC = {"ru": "ёйцукенгшщзхъфывапролджэячсмитьбю", "uk": "'йцукенгшщзхїфівапролджєячсмитьбю"}
_TO_CYRILLIC = [str.maketrans(_LATIN, keys) for keys in _CYRILLIC.values()]
_TO_LATIN = [str.maketrans(keys, _LATIN) for keys in _CYRILLIC.values()]
_QUOTES = str.maketrans(dict.fromkeys("«»“”„‟", '"') | {"ё": "е", "’": "'", "ʼ": "'"})
_AROUND = "\"'()"
MOST_WORDS = 8


def folded(text: str) -> str:
    """In small letters, with one kind of quotes, ё as е: nobody looks for the difference."""
    return text.casefold().translate(_QUOTES)


def readings(asked: str) -> tuple[tuple[str, ...], ...]:
    """The words as they were typed, then as they would be on the other layouts of the same keyboard.

    Shapes: nothing for blanks; each reading once, at most MOST_WORDS words of each.
    """
    small = asked.casefold()
    every = (small, *(small.translate(layout) for layout in (*_TO_CYRILLIC, *_TO_LATIN)))
    return tuple(dict.fromkeys(words for one in every if (words := _words(one))))


def _words(text: str) -> tuple[str, ...]:
    words = (word.strip(_AROUND) or word for word in folded(text).split())
    return tuple(dict.fromkeys(words))[:MOST_WORDS]
