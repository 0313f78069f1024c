"""The shape of a country's vocabulary: what names, addresses and goods are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Place:
    region: str
    tax_code: str  # first two digits of the tax office
    city: str
    post_code: str  # first three digits
    phone_code: str


@dataclass(frozen=True, slots=True)
class Goods:
    """One folder of the price list; variants multiply the nouns."""

    folder: str
    nouns: tuple[str, ...]
    variants: tuple[str, ...]
    unit: Literal["piece", "kilogram", "metre", "pack", "service"]
    prices: tuple[int, int]  # from and to, whole units of the base currency
    vat: int


@dataclass(frozen=True, slots=True)
class Words:
    country: str
    city_mark: str
    house_mark: str
    company_forms: tuple[str, ...]
    trader_form: str
    branch: str
    name_parts: tuple[str, ...]
    name_nouns: tuple[str, ...]
    foreign_names: tuple[str, ...]
    surnames: tuple[str, ...]
    feminine_ending: str  # added to surnames that take one
    men: tuple[tuple[str, str], ...]  # first name, patronymic made from it for a son
    women: tuple[str, ...]
    daughters: tuple[str, ...]  # patronymics of daughters
    posts: tuple[str, ...]
    streets: tuple[str, ...]
    places: tuple[Place, ...]
    phone_prefix: str
    industries: tuple[str, ...]
    comments: tuple[str, ...]
    goods: tuple[Goods, ...]
    warehouses: tuple[str, ...]
    payment_for: str
    own_companies: tuple[str, ...]


def several(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


def pairs(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((left, right) for left, right in (pair.split("/") for pair in text.split("|")))
