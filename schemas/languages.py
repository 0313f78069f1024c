"""The languages people read: of statements, of the desk, of every text that is not for developers."""

from __future__ import annotations

from typing import Literal, get_args

Language = Literal["ru", "uk", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
