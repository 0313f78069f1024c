"""Tax and statistics numbers with valid check digits."""

from __future__ import annotations

from collections.abc import Sequence

_INN_10 = (2, 4, 10, 3, 5, 9, 4, 6, 8)
_INN_11 = (7, *_INN_10)
_INN_12 = (3, *_INN_11)
_RNOKPP = (-1, 5, 7, 9, 4, 6, 10, 5, 7)


def _weigh(digits: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))


def inn_of_company(office: str, number: str) -> str:
    """ИНН of a legal entity: 4 digits of the tax office, 5 of the entry, 1 check digit."""
    body = office + number
    return body + str(_weigh(body, _INN_10) % 11 % 10)


def inn_of_person(office: str, number: str) -> str:
    """ИНН of a person or sole trader: 4 digits of the office, 6 of the entry, 2 check digits."""
    body = office + number
    body += str(_weigh(body, _INN_11) % 11 % 10)
    return body + str(_weigh(body, _INN_12) % 11 % 10)


def _statistics_check(body: str, weights: Sequence[int]) -> str:
    rest = _weigh(body, weights) % 11
    if rest == 10:
        rest = _weigh(body, [weight + 2 for weight in weights]) % 11
    return str(rest % 10)


def okpo(number: str) -> str:
    """ОКПО of a Russian legal entity: 7 digits and a check digit."""
    return number + _statistics_check(number, range(1, 8))


def edrpou(number: str) -> str:
    """ЄДРПОУ of a Ukrainian legal entity: 7 digits and a check digit."""
    shifted = 3_000_000 <= int(number) < 6_000_000
    return number + _statistics_check(number, (7, 1, 2, 3, 4, 5, 6) if shifted else range(1, 8))


def rnokpp(birth_day: int, number: str) -> str:
    """РНОКПП of a Ukrainian person: days since 31.12.1899, 4 digits, a check digit."""
    body = f"{birth_day:05d}{number}"
    return body + str(_weigh(body, _RNOKPP) % 11 % 10)


def ogrn(body: str) -> str:
    """ОГРН (12 digits and a check digit) or ОГРНИП (14 and one)."""
    return body + str(int(body) % (len(body) - 1) % 10)
