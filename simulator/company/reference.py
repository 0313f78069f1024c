"""Currencies and their rates, taxes, units, warehouses, price kinds: what other objects refer to."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from simulator.company.ground import Ground

CURRENCIES = {
    "RUB": ("643", "Российский рубль"),
    "USD": ("840", "Доллар США"),
    "EUR": ("978", "Евро"),
    "UAH": ("980", "Гривна"),
    "KZT": ("398", "Казахстанский тенге"),
}
# quotation against the base currency, ten-thousandths of it per `multiplicity` units
_QUOTES = {
    "RUB": {"USD": (865_000, 1), "EUR": (942_000, 1), "UAH": (21_300, 1), "KZT": (178_500, 100)},
    "UAH": {"USD": (389_000, 1), "EUR": (423_000, 1), "RUB": (4_700, 1), "KZT": (84_300, 100)},
}
UNITS = {
    "piece": ("796", "шт", "Штука"),
    "kilogram": ("166", "кг", "Килограмм"),
    "metre": ("006", "м", "Метр"),
    "pack": ("778", "упак", "Упаковка"),
    "service": ("362", "ед", "Единица"),
}
_VAT = {20: "НДС20", 10: "НДС10", 7: "НДС7", 0: "НДС0"}
_PRICE_KIND_SET = "Catalog_ВидыЦен"
_PRICE_KINDS = (("Оптовая", 100, True), ("Розничная", 128, True), ("Дилерская (без НДС)", 77, False))


@dataclass(frozen=True, slots=True)
class Currency:
    ref: str
    alpha: str
    multiplicity: int
    rates: list[int] | None  # one a day, ten-thousandths; None: the base currency

    def in_base(self, amount: int, day: int) -> int:
        if self.rates is None:
            return amount
        return (amount * self.rates[day] + 5_000 * self.multiplicity) // (10_000 * self.multiplicity)

    def from_base(self, amount: int, day: int) -> int:
        if self.rates is None:
            return amount
        return max(1, amount * 10_000 * self.multiplicity // self.rates[day])


@dataclass(frozen=True, slots=True)
class PriceKind:
    ref: str
    percent: int
    includes_vat: bool


@dataclass(frozen=True, slots=True)
class Reference:
    base_currency: Currency
    currencies: dict[str, Currency]
    vat: dict[int, str]
    units: dict[str, str]
    warehouses: tuple[str, ...]
    price_kinds: tuple[PriceKind, ...]
    purchase_kind: str


def write_reference(ground: Ground) -> Reference:
    if ground.options.currency not in CURRENCIES:
        known = ", ".join(CURRENCIES)
        raise ValueError(f"unknown base currency {ground.options.currency!r}: give one of {known}")
    currencies = {alpha: _currency(ground, alpha) for alpha in CURRENCIES}
    _write_rates(ground, currencies)
    own = currencies[ground.options.currency]
    return Reference(
        base_currency=own,
        currencies=currencies,
        vat={rate: _vat(ground, rate) for rate in _VAT},
        units={name: _unit(ground, name) for name in UNITS},
        warehouses=_warehouses(ground),
        price_kinds=tuple(_price_kind(ground, own, place) for place in range(len(_PRICE_KINDS))),
        purchase_kind=_purchase_kind(ground, own),
    )


def _currency(ground: Ground, alpha: str) -> Currency:
    code, name = CURRENCIES[alpha]
    ref = ground.guid("currency", alpha)
    full = {"Ref_Key": ref, "Code": code, "Description": alpha, "НаименованиеПолное": name}
    ground.book.put("Catalog_Валюты", full)
    if alpha == ground.options.currency:
        return Currency(ref, alpha, 1, None)
    own = ground.options.currency
    quote, multiplicity = _quote(own, alpha)
    chance = ground.chance("rate", alpha)
    rates = []
    for day in range(ground.days.last + 1):
        if ground.days.weekday(day) < 5:
            quote = max(1, quote + int((chance.random() - 0.49) * quote * 0.012))
        rates.append(quote)
    return Currency(ref, alpha, multiplicity, rates)


def _quote(own: str, alpha: str) -> tuple[int, int]:
    if own in _QUOTES:
        return _QUOTES[own][alpha]
    through_rouble = {"RUB": (10_000, 1), **_QUOTES["RUB"]}
    quote, multiplicity = through_rouble[alpha]
    own_quote, own_multiplicity = through_rouble[own]
    return quote * own_multiplicity * 10_000 // own_quote, multiplicity


def _write_rates(ground: Ground, currencies: dict[str, Currency]) -> None:
    """Working days' rates at demo size and above, weekly ones in small companies."""
    days = ground.days
    weekly = ground.scale.documents < 5_000
    rows: list[dict[str, Any]] = []
    for currency in currencies.values():
        if currency.rates is None:
            rows.append(_rate_row(currency, days.midnight(0), Decimal(1)))
            continue
        for day, rate in enumerate(currency.rates):
            if days.weekday(day) == 1 or (not weekly and days.weekday(day) < 5):
                rows.append(_rate_row(currency, days.midnight(day), Decimal(rate).scaleb(-4)))
    ground.book.put_rows("InformationRegister_КурсыВалют", rows)


def _rate_row(currency: Currency, period: str, rate: Decimal) -> dict[str, Any]:
    return {"Period": period, "Валюта_Key": currency.ref, "Курс": rate, "Кратность": currency.multiplicity}


def _vat(ground: Ground, rate: int) -> str:
    ref = ground.guid("vat", rate)
    name = "Без НДС" if rate == 0 else f"{rate}%"
    row = {"Ref_Key": ref, "Description": name, "Ставка": rate, "ПеречислениеСтавкаНДС": _VAT[rate]}
    ground.book.put("Catalog_СтавкиНДС", row)
    return ref


def _unit(ground: Ground, name: str) -> str:
    code, short, full = UNITS[name]
    ref = ground.guid("unit", name)
    row = {"Ref_Key": ref, "Code": code, "Description": short, "НаименованиеПолное": full}
    ground.book.put("Catalog_УпаковкиЕдиницыИзмерения", {**row, "Числитель": 1, "Знаменатель": 1})
    return ref


def _warehouses(ground: Ground) -> tuple[str, ...]:
    folder = ground.guid("warehouse", "folder")
    row = {"Ref_Key": folder, "Description": "Склады", "IsFolder": True}
    ground.book.put("Catalog_Склады", row)
    names = ground.words.warehouses[: 2 if ground.scale.documents < 5_000 else 3]
    refs = []
    for number, name in enumerate(names, start=2):
        refs.append(ground.guid("warehouse", number))
        row = {"Ref_Key": refs[-1], "Description": name, "Parent_Key": folder}
        ground.book.put("Catalog_Склады", {**row, "ТипСклада": "ОптовыйСклад"})
    return tuple(refs)


def _price_kind(ground: Ground, own: Currency, place: int) -> PriceKind:
    name, percent, includes_vat = _PRICE_KINDS[place]
    ref = ground.guid("price kind", place)
    _write_price_kind(ground, own, ref, name, includes_vat=includes_vat, for_sale=True)
    return PriceKind(ref, percent, includes_vat)


def _purchase_kind(ground: Ground, own: Currency) -> str:
    """What the company pays itself: a kind of price like the others, in a folder, and not for customers."""
    folder, ref = ground.guid("price kind", "folder"), ground.guid("price kind", "purchase")
    ground.book.put(_PRICE_KIND_SET, {"Ref_Key": folder, "Description": "Служебные", "IsFolder": True})
    _write_price_kind(ground, own, ref, "Закупочная", folder=folder, includes_vat=True, for_sale=False)
    return ref


def _write_price_kind(
    ground: Ground,
    own: Currency,
    ref: str,
    name: str,
    *,
    folder: str | None = None,
    includes_vat: bool,
    for_sale: bool,
) -> None:
    row = {"Ref_Key": ref, "Parent_Key": folder, "Description": name, "Идентификатор": name.split()[0]}
    row |= {"ВалютаЦены_Key": own.ref, "Статус": "Действует"}
    uses = {"ЦенаВключаетНДС": includes_vat, "ИспользоватьПриПродаже": for_sale}
    ground.book.put(_PRICE_KIND_SET, {**row, **uses})
