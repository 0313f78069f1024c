"""The desk's texts: those of the frame, then those of every section, in the reader's language."""

from __future__ import annotations

from functools import cache
from gettext import NullTranslations
from pathlib import Path

from printing import catalogues
from schemas.languages import LANGUAGES, Language

DESK = Path(__file__).parents[1]
NAMES: dict[Language, str] = {"ru": "Русский", "uk": "Українська", "en": "English"}


@cache
def packages() -> tuple[str, ...]:
    """Packages with catalogues of their own, the frame first."""
    sections = sorted(folder.parent.name for folder in DESK.glob("*/locale") if folder.parent.name != "frame")
    return "desk.frame", *(f"desk.{name}" for name in sections)


def texts(language: Language) -> NullTranslations:
    return catalogues.texts(language, *packages())


def preferred(accept_language: str, otherwise: Language = "en") -> Language:
    """The one of ours that a browser asks for before the others (RFC 9110, 12.5.4)."""
    wanted: list[tuple[float, Language]] = []
    for part in accept_language[:500].split(","):
        tag, _, weight = part.strip().partition(";q=")
        found = next((one for one in LANGUAGES if tag.lower().partition("-")[0] == one), None)
        try:
            quality = float(weight) if weight else 1.0
        except ValueError:
            continue
        if found is not None and quality > 0:
            wanted.append((quality, found))
    return max(wanted, key=lambda one: one[0])[1] if wanted else otherwise
