from __future__ import annotations

import pytest

from printing.spelling import spelled
from schemas.languages import LANGUAGES, Language
from schemas.money import Money


@pytest.mark.parametrize(
    ("units", "currency", "language", "words"),
    [
        (31_318_405, "RUB", "ru", "Триста тринадцать тысяч сто восемьдесят четыре рубля 05 копеек"),
        (31_318_405, "RUB", "uk", "Триста тринадцять тисяч сто вісімдесят чотири рублі 05 копійок"),
        (100, "RUB", "en", "One ruble 00 kopecks"),
        (2_101, "UAH", "uk", "Двадцять одна гривня 01 копійка"),
        (1_200, "UAH", "uk", "Дванадцять гривень 00 копійок"),
        (100_000_200, "UAH", "uk", "Один мільйон дві гривні 00 копійок"),
        (100_000_000, "UAH", "uk", "Один мільйон гривень 00 копійок"),
        (200_000_100, "UAH", "ru", "Два миллиона одна гривна 00 копеек"),
        (100_000_000, "UAH", "ru", "Один миллион гривен 00 копеек"),  # num2words alone: "одна миллион"
        (200_222, "UAH", "ru", "Две тысячи две гривны 22 копейки"),
        (150, "USD", "ru", "Один доллар США 50 центов"),
        (202, "EUR", "uk", "Два євро 02 центи"),
        (500, "KZT", "ru", "Пять тенге 00 тиынов"),
        (2_200, "BYN", "ru", "Двадцать два белорусских рубля 00 копеек"),
        (0, "RUB", "ru", "Ноль рублей 00 копеек"),
        (5, "JPY", "ru", "Пять JPY"),
        (1_050, "CHF", "en", "Ten 50/100 CHF"),
        (1_005, "KWD", "ru", "Один 005/1000 KWD"),
    ],
)
def test_an_amount_in_words(units: int, currency: str, language: Language, words: str) -> None:
    assert spelled(Money(units, currency), language) == words


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_largest_amount_there_can_be_is_spelled(language: Language) -> None:
    assert len(spelled(Money(2**63 - 1, "RUB"), language).split()) > 20


def test_a_negative_amount_has_no_words() -> None:
    with pytest.raises(ValueError, match="no sign"):
        spelled(Money(-1, "RUB"), "ru")
