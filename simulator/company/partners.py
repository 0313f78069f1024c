"""Partners, their contact persons and delivery addresses."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.company.attributes import attribute_rows
from simulator.company.chance import Chance
from simulator.company.contact_info import Row, address_row, latin, mail_row, phone_row, some_address
from simulator.company.ground import Ground
from simulator.company.legal_ids import Kind
from simulator.company.people import some_person
from simulator.company.words import Place


@dataclass(frozen=True, slots=True)
class Partner:
    ref: str
    manager: str
    deliveries: tuple[str, ...]  # addresses as text, the standard one first
    contact: str  # its first contact person


@dataclass(slots=True)
class Partners:
    ground: Ground
    kinds: dict[str, str]  # of contact information, by predefined name
    attributes: dict[str, str]
    managers: tuple[str, ...]
    written: int = 0

    def write(self, chance: Chance, name: str, kind: Kind, place: Place, parent: str = "") -> Partner:
        ground, kinds, words = self.ground, self.kinds, self.ground.words
        self.written += 1
        ref = ground.guid("partner", self.written)
        manager = chance.pick(self.managers)
        deliveries = [some_address(chance, words, place) for _ in range(chance.between(1, 3))]
        info: list[Row] = [
            address_row(kinds["АдресПартнера"], some_address(chance, words, place), words),
            *(address_row(kinds["АдресДоставкиПартнера"], address, words) for address in deliveries),
            phone_row(kinds["ТелефонПартнера"], chance, words, place),
        ]
        if chance.often(0.7):
            info.append(mail_row(kinds["EmailПартнера"], "zakaz", domain_of(name)))
        row: Row = {
            "Ref_Key": ref,
            "Code": f"00-{self.written:08d}",
            "Description": name,
            "НаименованиеПолное": name,
            "Клиент": True,
            "ОсновнойМенеджер_Key": manager,
            "ЮрФизЛицо": kind,
            "ДатаРегистрации": ground.days.midnight(0),
            "КонтактнаяИнформация": info,
            "ДополнительныеРеквизиты": attribute_rows(ground, self.attributes, chance, place.region),
        }
        if parent:
            row["Parent_Key"] = parent
        ground.book.put("Catalog_Партнеры", row)
        contacts = [
            self._contact(chance, ref, place, number, domain_of(name))
            for number in range(chance.between(1, 3))
        ]
        return Partner(ref, manager, tuple(address.text for address in deliveries), contacts[0])

    def _contact(self, chance: Chance, partner: str, place: Place, number: int, domain: str) -> str:
        words = self.ground.words
        person = some_person(chance, words)
        ref = self.ground.guid("contact person", f"{self.written}/{number}")
        info = [phone_row(self.kinds["ТелефонКонтактногоЛица"], chance, words, place)]
        if chance.often(0.7):
            info.append(mail_row(self.kinds["EmailКонтактногоЛица"], latin(person.surname), domain))
        row: Row = {
            "Ref_Key": ref,
            "Owner_Key": partner,
            "Code": f"{self.written:06d}{number:03d}",
            "Description": person.full,
            "Фамилия": person.surname,
            "Имя": person.first_name,
            "Отчество": person.patronymic,
            "ДолжностьПоВизитке": chance.pick(words.posts),
            "КонтактнаяИнформация": info,
        }
        if number and chance.often(0.1):
            row["ДатаПрекращенияСвязи"] = self.ground.days.midnight(chance.below(self.ground.days.last))
        self.ground.book.put("Catalog_КонтактныеЛицаПартнеров", row)
        return ref


def domain_of(name: str) -> str:
    return latin(name)[:24] or "client"
