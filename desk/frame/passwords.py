"""Passwords: Argon2id with the library's own parameters (RFC 9106), and which are too easy to guess."""

from __future__ import annotations

import secrets
import unicodedata
from functools import cache
from gettext import NullTranslations
from importlib.resources import files
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

SHORTEST, LONGEST = 10, 200
_FEWEST_LETTERS = 5  # different ones
_HASHER = PasswordHasher()
_AT_ONCE = BoundedSemaphore(4)  # each takes 64 MiB while it is worked out
# Of no password: what is worked out for a login that there is not, so that it takes as long.
NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$c2FsZG8gbm9ib2R5IQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
_SIMPLE = "abcdefghjkmnpqrstuvwxyz23456789"


def hashed(password: str) -> str:
    with _AT_ONCE:
        return _HASHER.hash(_plain(password))


def matches(kept: str | None, password: str) -> bool:
    """Whether it is the password of that hash; without one the same work is done for nothing."""
    with _AT_ONCE:
        try:
            return _HASHER.verify(kept or NOBODY, _plain(password)) and kept is not None
        except VerifyMismatchError:
            return False


def is_outdated(kept: str) -> bool:
    """Whether it was made with weaker parameters than are used now."""
    return _HASHER.check_needs_rehash(kept)


def weakness(password: str, login: str, text: NullTranslations) -> str | None:
    """Why it will not do, in the language of `text`."""
    _ = text.gettext
    plain = _plain(password)
    if len(plain) < SHORTEST:
        return _("At least {count} letters, please.").format(count=SHORTEST)
    if len(plain) > LONGEST:
        return _("At most {count} letters, please.").format(count=LONGEST)
    if plain.casefold() in commonest() or len(set(plain)) < _FEWEST_LETTERS:
        return _("This is one of the first that somebody would try.")
    if login and login in plain.casefold():
        return _("A password with the login in it is easy to guess.")
    return None


def one_time() -> str:
    """One to be told to its owner, who sets another: easy to read aloud."""
    return "-".join("".join(secrets.choice(_SIMPLE) for _ in range(4)) for _ in range(4))


@cache
def commonest() -> frozenset[str]:
    text = files("desk.frame").joinpath("commonest_passwords.txt").read_text(encoding="utf-8")
    return frozenset(text.split())


def _plain(password: str) -> str:
    """The same letters are the same password, whichever keyboard composed them."""
    return unicodedata.normalize("NFC", password)
