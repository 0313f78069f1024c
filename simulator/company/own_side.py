"""The seller's own side: legal entities, managers, and the node that exchanges with the site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simulator.company import tax_ids
from simulator.company.contact_info import address_row, latin, mail_row, phone_row, some_address
from simulator.company.ground import Ground
from simulator.company.people import some_person

_PREFIXES = ("ТД", "РГ", "ЛГ", "ОП")


@dataclass(frozen=True, slots=True)
class Organization:
    ref: str
    name: str
    prefix: str


def write_organizations(ground: Ground, kinds: dict[str, str]) -> tuple[Organization, ...]:
    names = ground.words.own_companies[: ground.scale.organizations]
    return tuple(_organization(ground, kinds, place, name) for place, name in enumerate(names))


def _organization(ground: Ground, kinds: dict[str, str], place: int, name: str) -> Organization:
    chance = ground.chance("organization", place)
    words = ground.words
    seat = words.places[place % len(words.places)]
    form = words.company_forms[0]
    organization = Organization(ground.guid("organization", place), name, _PREFIXES[place])
    row: dict[str, Any] = {
        "Ref_Key": organization.ref,
        "Code": f"00-{place + 1:06d}",
        "Description": name,
        "НаименованиеСокращенное": f"{form} «{name}»",
        "НаименованиеПолное": f"{form} «{name}»",
        "ЮрФизЛицо": "ЮрЛицо",
        "Префикс": organization.prefix,
        "КонтактнаяИнформация": [
            address_row(kinds["ЮрАдресОрганизации"], some_address(chance, words, seat), words),
            phone_row(kinds["ТелефонОрганизации"], chance, words, seat),
        ],
    }
    ground.book.put("Catalog_Организации", {**row, **_tax_ids(ground, place, seat.tax_code)})
    return organization


def _tax_ids(ground: Ground, place: int, tax_code: str) -> dict[str, str]:
    chance = ground.chance("organization tax", place)
    if ground.options.currency == "UAH":
        return {"КодПоОКПО": tax_ids.edrpou("3" + chance.digits(6))}
    office = tax_code + "01"
    inn = tax_ids.inn_of_company(office, chance.digits(5))
    return {"ИНН": inn, "КПП": office + "01001", "КодПоОКПО": tax_ids.okpo(chance.digits(7))}


def write_managers(ground: Ground, kinds: dict[str, str]) -> tuple[str, ...]:
    chance = ground.chance("managers")
    refs = []
    for place in range(ground.scale.managers):
        person = some_person(chance, ground.words)
        ref = ground.guid("manager", place)
        row = {
            "Ref_Key": ref,
            "Description": f"{person.full} (менеджер {place + 1})" if chance.often(0.2) else person.full,
            "Недействителен": place > 2 and chance.often(0.1),
            "КонтактнаяИнформация": [
                phone_row(kinds["ТелефонПользователя"], chance, ground.words, ground.words.places[0]),
                mail_row(kinds["EmailПользователя"], latin(person.surname) + str(place + 1), "seller"),
            ],
        }
        ground.book.put("Catalog_Пользователи", row)
        refs.append(ref)
    return tuple(refs)


def write_exchange_node(ground: Ground) -> None:
    for code, name in (("001", "Торговая база"), ("002", "Сайт")):
        ref = ground.guid("exchange node", code)
        ground.book.put("ExchangePlan_ДляODATA", {"Ref_Key": ref, "Code": code, "Description": name})
