"""Counterparties: companies, traders, people, foreigners, head offices with branches."""

from __future__ import annotations

from dataclasses import dataclass, field

from simulator.company.attributes import attribute_rows
from simulator.company.chance import Chance
from simulator.company.contact_info import Row, address_row, mail_row, phone_row, some_address
from simulator.company.ground import Ground
from simulator.company.legal_ids import Kind, branch_ids, legal_ids
from simulator.company.partners import Partner, Partners, domain_of
from simulator.company.people import company_name, some_person
from simulator.company.words import Place

_NETWORKS = 0.12  # share of companies with branches
_NAMESAKES = 0.06  # share of counterparties named like another one


@dataclass(frozen=True, slots=True)
class Counterparty:
    place: int
    ref: str
    name: str
    kind: Kind
    partner: Partner


@dataclass(slots=True)
class Customers:
    """Makes one family after another until there are enough counterparties."""

    ground: Ground
    partners: Partners
    made: list[Counterparty] = field(default_factory=list)

    def make(self, count: int) -> list[Counterparty]:
        family = 0
        while len(self.made) < count:
            self._family(self.ground.chance("customer", family), family, count - len(self.made))
            family += 1
        return self.made

    def _family(self, chance: Chance, family: int, room: int) -> None:
        """A head office that is its own head, and its branches, as partners of one tree."""
        words = self.ground.words
        place = chance.pick(words.places)
        kind, name = self._who(chance, family)
        network = kind == "ЮрЛицо" and (family == 0 or chance.often(_NETWORKS))
        partner = self.partners.write(chance, name, kind, place)
        ids = legal_ids(chance, kind, place, ukrainian=self.ground.options.currency == "UAH")
        head = self._write(chance, kind, name, place, partner, ids, "")
        for number in range(1, min(room - 1, chance.between(1, 4)) + 1 if network else 1):
            town = chance.pick(words.places)
            title = f"{name}, {words.branch} {town.city}"
            own = chance.often(0.5)
            member = self.partners.write(chance, title, kind, town, partner.ref) if own else partner
            self._write(chance, kind, title, town, member, branch_ids(ids, town, number), head)

    def _who(self, chance: Chance, family: int) -> tuple[Kind, str]:
        words = self.ground.words
        if self.made and chance.often(_NAMESAKES):
            namesake = chance.pick(self.made)
            return namesake.kind, namesake.name
        draw = chance.random()
        if draw < 0.62 or family == 0:
            return "ЮрЛицо", f"{chance.pick(words.company_forms)} «{company_name(chance, words)}»"
        if draw < 0.80:
            return "ИндивидуальныйПредприниматель", f"{words.trader_form} {some_person(chance, words).full}"
        if draw < 0.90:
            return "ФизЛицо", some_person(chance, words).full
        return "ЮрЛицоНеРезидент", chance.pick(words.foreign_names)

    def _write(
        self,
        chance: Chance,
        kind: Kind,
        name: str,
        place: Place,
        partner: Partner,
        ids: dict[str, str],
        head: str,
    ) -> str:
        ref = self.ground.guid("counterparty", len(self.made))
        person = kind in ("ФизЛицо", "ИндивидуальныйПредприниматель")
        row: Row = {
            "Ref_Key": ref,
            "Description": name,
            "НаименованиеПолное": name,
            "ОбособленноеПодразделение": bool(head),
            "ЮридическоеФизическоеЛицо": "ФизическоеЛицо" if person else "ЮридическоеЛицо",
            "ГоловнойКонтрагент_Key": head or ref,
            "Партнер_Key": partner.ref,
            "ЮрФизЛицо": kind,
            **ids,
            "КонтактнаяИнформация": self._contact_info(chance, name, place),
            "ДополнительныеРеквизиты": attribute_rows(
                self.ground, self.partners.attributes, chance, place.region
            ),
        }
        began = self.ground.days.midnight(0)
        if "КПП" in ids:
            row["ИсторияКПП"] = [{"Период": began, "КПП": ids["КПП"]}]
        if chance.often(0.05):
            row["ИсторияНаименований"] = [{"Период": began, "НаименованиеПолное": name}]
        if kind == "ЮрЛицоНеРезидент":
            row["НаименованиеМеждународное"] = name
        self.ground.book.put("Catalog_Контрагенты", row)
        self.made.append(Counterparty(len(self.made), ref, name, kind, partner))
        return ref

    def _contact_info(self, chance: Chance, name: str, place: Place) -> list[Row]:
        words, kinds = self.ground.words, self.partners.kinds
        legal = some_address(chance, words, place)
        actual = legal if chance.often(0.6) else some_address(chance, words, place)
        rows = [
            address_row(kinds["ЮрАдресКонтрагента"], legal, words),
            address_row(kinds["ФактАдресКонтрагента"], actual, words),
        ]
        if chance.often(0.3):
            rows.append(address_row(kinds["ПочтовыйАдресКонтрагента"], actual, words))
        if chance.often(0.8):
            rows.append(phone_row(kinds["ТелефонКонтрагента"], chance, words, place))
        if chance.often(0.6):
            rows.append(mail_row(kinds["EmailКонтрагента"], "info", domain_of(name)))
        return rows
