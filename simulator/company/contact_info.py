"""Kinds of contact information, and the rows of the tabular part that carry it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from simulator.company.chance import Chance
from simulator.company.ground import Ground
from simulator.company.words import Place, Words, several

_ADDRESS, _PHONE, _EMAIL = "Адрес", "Телефон", "АдресЭлектроннойПочты"
_KINDS = {
    "СправочникПартнеры": (
        ("АдресПартнера", _ADDRESS, "Фактический адрес"),
        ("АдресДоставкиПартнера", _ADDRESS, "Адрес доставки"),
        ("ТелефонПартнера", _PHONE, "Телефон"),
        ("EmailПартнера", _EMAIL, "Email"),
    ),
    "СправочникКонтрагенты": (
        ("ЮрАдресКонтрагента", _ADDRESS, "Юридический адрес"),
        ("ФактАдресКонтрагента", _ADDRESS, "Фактический адрес"),
        ("ПочтовыйАдресКонтрагента", _ADDRESS, "Почтовый адрес"),
        ("ТелефонКонтрагента", _PHONE, "Телефон"),
        ("EmailКонтрагента", _EMAIL, "Email"),
    ),
    "СправочникКонтактныеЛицаПартнеров": (
        ("ТелефонКонтактногоЛица", _PHONE, "Рабочий телефон"),
        ("EmailКонтактногоЛица", _EMAIL, "Email"),
    ),
    "СправочникПользователи": (
        ("ТелефонПользователя", _PHONE, "Телефон"),
        ("EmailПользователя", _EMAIL, "Email"),
    ),
    "СправочникОрганизации": (
        ("ЮрАдресОрганизации", _ADDRESS, "Юридический адрес"),
        ("ТелефонОрганизации", _PHONE, "Телефон"),
    ),
}
_FOLDER_NAMES = {
    "СправочникПартнеры": "Контактная информация справочника «Партнеры»",
    "СправочникКонтрагенты": "Контактная информация справочника «Контрагенты»",
    "СправочникКонтактныеЛицаПартнеров": "Контактная информация справочника «Контактные лица партнеров»",
    "СправочникПользователи": "Контактная информация справочника «Пользователи»",
    "СправочникОрганизации": "Контактная информация справочника «Организации»",
}
_LATIN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґ",
        several("a|b|v|g|d|e|e|zh|z|i|y|k|l|m|n|o|p|r|s|t|u|f|h|ts|ch|sh|sch||y||e|yu|ya|i|i|ie|g"),
        strict=True,
    )
)

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Address:
    place: Place
    text: str


def write_kinds(ground: Ground) -> dict[str, str]:
    """Predefined kinds in their folders; gives the kind of each predefined name."""
    kinds: dict[str, str] = {}
    for folder, children in _KINDS.items():
        folder_ref = ground.guid("contact kind", folder)
        row: Row = {"Ref_Key": folder_ref, "Description": _FOLDER_NAMES[folder], "IsFolder": True}
        ground.book.put("Catalog_ВидыКонтактнойИнформации", {**row, **_predefined(folder)})
        for name, kind, title in children:
            kinds[name] = ground.guid("contact kind", name)
            row = {"Ref_Key": kinds[name], "Description": title, "Parent_Key": folder_ref, "Тип": kind}
            ground.book.put(
                "Catalog_ВидыКонтактнойИнформации",
                {**row, **_predefined(name), "ИдентификаторДляФормул": title.title().replace(" ", "")},
            )
    return kinds


def _predefined(name: str) -> Row:
    return {"Predefined": True, "PredefinedDataName": name}


def latin(text: str) -> str:
    """The name as it would stand in an address of mail."""
    letters = "".join(_LATIN.get(letter, letter) for letter in text.lower())
    return "".join(letter for letter in letters if letter.isascii() and letter.isalnum())


def some_address(chance: Chance, words: Words, place: Place) -> Address:
    house = f"{words.house_mark} {chance.between(1, 140)}"
    office = f", оф. {chance.between(1, 400)}" if chance.often(0.4) else ""
    region = "" if place.region == place.city else f"{place.region}, "
    code = place.post_code + chance.digits(6 - len(place.post_code))
    if words.country == "Україна":
        code = code[:5]
    return Address(
        place,
        f"{code}, {region}{words.city_mark} {place.city}, {chance.pick(words.streets)}, {house}{office}",
    )


def address_row(kind: str, address: Address, words: Words) -> Row:
    return {
        "Тип": _ADDRESS,
        "Вид_Key": kind,
        "Представление": address.text,
        "Страна": words.country,
        "Регион": address.place.region,
        "Город": address.place.city,
        "Значение": json.dumps({"value": address.text, "type": _ADDRESS}, ensure_ascii=False),
    }


def phone_row(kind: str, chance: Chance, words: Words, place: Place) -> Row:
    code, prefix = place.phone_code, words.phone_prefix
    short = chance.digits((10 if prefix == "7" else 9) - len(code))
    shown = f"+{prefix} ({code}) {short[:-4]}-{short[-4:-2]}-{short[-2:]}"
    return {
        "Тип": _PHONE,
        "Вид_Key": kind,
        "Представление": shown,
        "НомерТелефона": prefix + code + short,
        "НомерТелефонаБезКодов": short,
        "Значение": json.dumps({"value": shown, "type": _PHONE}, ensure_ascii=False),
    }


def mail_row(kind: str, box: str, domain: str) -> Row:
    """Domains end in `.example`: nobody's real mail is ever reached from a demo."""
    shown = f"{box}@{domain}.example"
    return {
        "Тип": _EMAIL,
        "Вид_Key": kind,
        "Представление": shown,
        "АдресЭП": shown,
        "ДоменноеИмяСервера": f"{domain}.example",
        "Значение": json.dumps({"value": shown, "type": _EMAIL}, ensure_ascii=False),
    }
