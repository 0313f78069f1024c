"""An amount in words, as accountants write it: the whole in words, the minor unit in two digits.

num2words spells the number in the masculine, which it gets right in all three languages. Its feminine forms
are wrong from a million on in Russian ("одна миллион") and missing in Ukrainian, and it lacks most of our
currencies, so the gender of the last word and the currency's forms are given here.
"""

from __future__ import annotations

from gettext import NullTranslations

from num2words import num2words

from printing.catalogues import texts
from schemas.languages import Language
from schemas.money import Money, currencies

FEMININE = {"ru": {"один": "одна", "два": "две"}, "uk": {"один": "одна", "два": "дві"}, "en": {}}
FEMININE_CURRENCIES = {("uk", "UAH"), ("ru", "UAH")}


def spelled(money: Money, language: Language) -> str:
    """Three hundred and five rubles 05 kopecks. A currency without words here: "… 05/100 CHF".

    Errors: ValueError for a negative amount, which no document says in words.
    """
    if money.units < 0:
        raise ValueError("an amount in words has no sign")
    exponent = currencies()[money.currency].exponent
    whole, rest = divmod(money.units, 10**exponent)
    words = _number(whole, language, (language, money.currency) in FEMININE_CURRENCIES)
    text = texts(language)
    named = _major(text, money.currency, whole)
    if named is None:
        fraction = f" {rest:0{exponent}}/{10**exponent}" if exponent else ""
        return f"{words}{fraction} {money.currency}"
    minor = _minor(text, money.currency, rest)
    return f"{words} {named} {rest:0{exponent}} {minor}"


def short(currency: str, language: Language) -> str:
    """What stands behind a figure: руб., грн."""
    text = texts(language)
    known = {
        "RUB": text.gettext("RUB"),
        "UAH": text.gettext("UAH"),
        "KZT": text.gettext("KZT"),
        "BYN": text.gettext("BYN"),
        "EUR": text.gettext("EUR"),
        "USD": text.gettext("USD"),
    }
    return known.get(currency, currency)


def _number(whole: int, language: Language, feminine: bool) -> str:
    words: str = num2words(whole, lang=language)
    if feminine:
        before, space, last = words.rpartition(" ")
        words = f"{before}{space}{FEMININE[language].get(last, last)}"
    return words[0].upper() + words[1:]


def _major(text: NullTranslations, currency: str, count: int) -> str | None:
    match currency:
        case "RUB":
            return text.ngettext("ruble", "rubles", count)
        case "UAH":
            return text.ngettext("hryvnia", "hryvnias", count)
        case "KZT":
            return text.ngettext("tenge", "tenges", count)
        case "BYN":
            return text.ngettext("Belarusian ruble", "Belarusian rubles", count)
        case "EUR":
            return text.ngettext("euro", "euros", count)
        case "USD":
            return text.ngettext("US dollar", "US dollars", count)
    return None


def _minor(text: NullTranslations, currency: str, count: int) -> str:
    if currency == "KZT":
        return text.ngettext("tiyn", "tiyns", count)
    if currency in ("EUR", "USD"):
        return text.ngettext("cent", "cents", count)
    return text.ngettext("kopeck", "kopecks", count)
