"""Values as readers of a language write them: filters of the templates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from gettext import NullTranslations
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, format_timedelta
from babel.numbers import format_decimal
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from desk.frame.visits import Reader
from printing import formats
from schemas.languages import Language
from schemas.money import currencies

_THIN = "\u202f"  # between groups of digits: an amount never breaks over two lines


def money_text(units: int, currency: str, language: Language) -> str:
    """The amount in its currency's minor units, without the currency; in one that is not known as they are."""
    if currency not in currencies():
        return str(units)
    text = formats.amount(abs(units), currency, language)
    grouped = text.replace("\xa0", _THIN).replace(" ", _THIN)
    return f"−{grouped}" if units < 0 else grouped


def day_text(on: date | str, language: Language) -> str:
    return formats.day(date.fromisoformat(on) if isinstance(on, str) else on, language)


def moment_text(at: datetime, language: Language, zone: ZoneInfo) -> str:
    """To the minute, on the wall of the accounting time zone."""
    pattern = f"{formats.DAYS[language]}, HH:mm"
    return format_datetime(at.astimezone(zone), pattern, locale=language)


def ago_text(at: datetime, now: datetime, language: Language) -> str:
    """In the largest unit that fits: 5 minutes ago."""
    return format_timedelta(at - now, add_direction=True, locale=language, threshold=1.2)


def number_text(value: int, language: Language) -> str:
    return format_decimal(value, locale=language).replace("\xa0", _THIN)


def who_text(by: str, text: NullTranslations) -> str:
    """People by their login, programs by what the audit calls them."""
    kind, _, name = by.partition(":")
    if kind == "user" and name:
        return name
    if kind == "key" and name:
        return text.gettext("key {number} of the API").format(number=name)
    return text.gettext("the command line") if by == "saldo" else by


def markup(text: str) -> Markup:
    """A text of ours that is HTML already: what charts and printing give."""
    return Markup(text)  # noqa: S704 our own


def _reader(context: Context) -> Reader:
    reader: Reader = context["visit"]
    return reader


@pass_context
def _money(context: Context, units: int, currency: str) -> str:
    return money_text(units, currency, _reader(context).language)


@pass_context
def _day(context: Context, on: date | str | None) -> str:
    return "" if on is None else day_text(on, _reader(context).language)


@pass_context
def _moment(context: Context, at: datetime | None, zone: ZoneInfo | None = None) -> str:
    reader = _reader(context)
    return "" if at is None else moment_text(at, reader.language, zone or reader.time_zone)


@pass_context
def _ago(context: Context, at: datetime | None) -> str:
    reader = _reader(context)
    return "" if at is None else ago_text(at, reader.now, reader.language)


@pass_context
def _number(context: Context, value: int) -> str:
    return number_text(value, _reader(context).language)


@pass_context
def _who(context: Context, by: str) -> str:
    return who_text(by, _reader(context).text)


FILTERS: dict[str, Callable[..., Any]] = {
    "money": _money,
    "day": _day,
    "moment": _moment,
    "ago": _ago,
    "number": _number,
    "who": _who,
}
