"""Numbers and dates as readers of a language write them."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from schemas.languages import Language
from schemas.money import currencies, from_units

MICRO_PLACES = 6
DAYS = {"ru": "dd.MM.yyyy", "uk": "dd.MM.yyyy", "en": "dd MMM yyyy"}
LONG_DAYS = {"ru": "d MMMM y 'г'.", "uk": "d MMMM y 'р'.", "en": "d MMMM y"}


def places(currency: str) -> int:
    return currencies()[currency].exponent


def amount(units: int, currency: str, language: Language) -> str:
    """The amount without its currency: 313 184,05."""
    digits = places(currency)
    pattern = f"#,##0.{'0' * digits}" if digits else "#,##0"
    return format_decimal(from_units(units, digits), pattern, locale=language, decimal_quantization=False)


def exact(micro: int, language: Language, currency: str | None = None) -> str:
    """A quantity, or a price with at least the places of its currency: no digit is lost, none says nothing."""
    least = places(currency) if currency else 0
    pattern = f"#,##0.{'0' * least}{'#' * (MICRO_PLACES - least)}"
    return format_decimal(from_units(micro, MICRO_PLACES), pattern, locale=language)


def day(on: date, language: Language) -> str:
    return format_date(on, DAYS[language], locale=language)


def long_day(on: date, language: Language) -> str:
    return format_date(on, LONG_DAYS[language], locale=language)


def moment(at: datetime, language: Language, time_zone: str) -> str:
    """To the minute, on the wall of the accounting time zone, which is named."""
    there = at.astimezone(ZoneInfo(time_zone))
    return f"{format_datetime(there, DAYS[language] + ', HH:mm', locale=language)} ({time_zone})"
