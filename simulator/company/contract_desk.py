"""Concluding contracts: kinds, terms, settlement keys and objects."""

from __future__ import annotations

from typing import Any

from simulator.company.amounts import money
from simulator.company.chance import Chance
from simulator.company.contracts import Contract, Fate, Terms
from simulator.company.customers import Counterparty
from simulator.company.ground import Ground
from simulator.company.own_side import Organization
from simulator.company.reference import Currency, Reference

_DEFERRALS = (0, 7, 7, 10, 14, 14, 14, 21, 30, 30, 45, 60)
_SETTLED_BY = ("ПоДоговорамКонтрагентов", "ПоЗаказам", "ПоНакладным", "ПоЗаказамНакладным")
_CUSTOMER = "СПокупателем"


class Contracts:
    """Writes contracts with their settlement keys and objects, agreement by agreement."""

    def __init__(self, ground: Ground, reference: Reference, organizations: tuple[Organization, ...]) -> None:
        self._ground = ground
        self._reference = reference
        self._organizations = organizations
        self._written = 0
        self.made: list[Contract] = []

    def make(self, counterparties: list[Counterparty]) -> list[Contract]:
        fates = self._fates(len(counterparties))
        for counterparty, fate in zip(counterparties, fates, strict=True):
            chance = self._ground.chance("contract", counterparty.place)
            organization = chance.pick(self._organizations)
            currency = self._currency(chance, counterparty)
            main = self._trading(chance, counterparty, organization, currency, fate)
            if chance.often(0.25) or counterparty.place == 1:
                twin = self._trading(chance, counterparty, organization, currency, fate)
                main.twin, twin.twin = twin, main
            if len(self._organizations) > 1 and chance.often(0.15):
                others = [one for one in self._organizations if one is not organization]
                self._trading(chance, counterparty, chance.pick(others), currency, fate)
            if chance.often(0.05) or counterparty.place == 3:
                foreign = self._reference.currencies[chance.pick(("USD", "EUR"))]
                if foreign is not currency:
                    self._trading(chance, counterparty, organization, foreign, fate)
            self._idle(chance, counterparty, organization)
        return self.made

    def _fates(self, count: int) -> list[Fate]:
        shares: dict[Fate, float] = {"overdue": 0.3, "exact": 0.15, "advance": 0.1}
        fates: list[Fate] = [
            fate for fate, share in shares.items() for _ in range(max(1, round(count * share)))
        ]
        fates.extend("open" for _ in range(count - len(fates)))
        return self._ground.chance("fates").shuffled(fates)

    def _currency(self, chance: Chance, counterparty: Counterparty) -> Currency:
        own = self._reference.base_currency
        if counterparty.kind != "ЮрЛицоНеРезидент":
            return own
        others = [alpha for alpha in ("USD", "EUR", "KZT") if alpha != own.alpha]
        return self._reference.currencies[chance.pick(others)]

    def _trading(
        self,
        chance: Chance,
        counterparty: Counterparty,
        organization: Organization,
        currency: Currency,
        fate: Fate,
    ) -> Contract:
        deferral = chance.pick(_DEFERRALS) if fate == "overdue" or chance.often(0.65) else None
        prepaid = chance.pick((100, 100, 50, 30)) if chance.often(0.5 if deferral is None else 0.08) else 0
        if fate == "overdue":
            prepaid = 0
        first_day, last_day, stop_day = self._lifetime(chance, fate, deferral or 0)
        closed = fate == "exact" and last_day < self._ground.days.last - 80
        terms = Terms(
            kind=_CUSTOMER,
            status="Закрыт" if closed else "Действует",
            currency=currency,
            settled_by=_SETTLED_BY[0] if chance.often(0.55) else chance.pick(_SETTLED_BY),
            deferral=deferral,
            limit=self._limit(chance, currency) if deferral is not None and chance.often(0.6) else 0,
            first_day=first_day,
            last_day=last_day,
            end=self._end(chance, last_day, closed=closed),
        )
        contract = self._contract(chance, counterparty, organization, terms, fate, prepaid, stop_day)
        self.made.append(contract)
        return contract

    def _lifetime(self, chance: Chance, fate: Fate, deferral: int) -> tuple[int, int, int]:
        """First day of business, last one, and the day from which nothing is paid."""
        last = self._ground.days.last
        first_day = 0 if chance.often(0.6) else chance.below(int(last * 0.75))
        if fate == "exact":
            return first_day, last - chance.between(25, 150), last + 1
        if fate == "advance":
            return first_day, last - chance.between(25, 45), last + 1
        if fate == "overdue":
            stop_day = last - deferral - chance.between(12, 45)
            return first_day, min(last, stop_day + deferral + 25), stop_day
        return first_day, last - chance.between(60, 240) if chance.often(0.06) else last, last + 1

    def _limit(self, chance: Chance, currency: Currency) -> int:
        in_base = chance.pick((100, 300, 500, 1_000, 1_500, 3_000, 5_000)) * 100_000
        return currency.from_base(in_base, 0) // 100_000 * 100_000 or 100_000

    def _end(self, chance: Chance, last_day: int, *, closed: bool) -> str:
        days = self._ground.days
        if closed:
            return days.midnight(last_day + 30)
        return f"{days.today.year + chance.between(0, 2)}-12-31T00:00:00" if chance.often(0.5) else ""

    def _idle(self, chance: Chance, counterparty: Counterparty, organization: Organization) -> None:
        """Contracts nothing moves under: other kinds, and those not agreed yet."""
        own = self._reference.base_currency
        for share, kind, status in (
            (0.08, "СПоставщиком", "Действует"),
            (0.04, "СКомиссионером", "Действует"),
            (0.05, _CUSTOMER, "НеСогласован"),
        ):
            if chance.often(share):
                day = chance.below(self._ground.days.last)
                self._write(chance, counterparty, organization, Terms(kind, status, own, first_day=day))

    def _contract(
        self,
        chance: Chance,
        counterparty: Counterparty,
        organization: Organization,
        terms: Terms,
        fate: Fate,
        prepaid: int,
        stop_day: int,
    ) -> Contract:
        ref, number = self._write(chance, counterparty, organization, terms)
        key = self._write_key(counterparty, organization, ref, number)
        parties = {
            "Организация_Key": organization.ref,
            "Партнер_Key": counterparty.partner.ref,
            "Контрагент_Key": counterparty.ref,
            "Договор_Key": ref,
            "Валюта_Key": terms.currency.ref,
            "Менеджер_Key": counterparty.partner.manager,
        }
        return Contract(
            place=len(self.made),
            ref=ref,
            key=key,
            settlement_object=self._write_object(counterparty, organization, ref, number, terms),
            agreement=self._agreement(chance, counterparty, organization, terms),
            organization=organization,
            counterparty=counterparty,
            number=number,
            currency=terms.currency,
            price_kind=chance.pick(self._reference.price_kinds),
            settled_by=terms.settled_by,
            deferral=terms.deferral,
            prepaid=prepaid,
            fate=fate,
            first_day=terms.first_day,
            last_day=terms.last_day,
            stop_day=stop_day,
            weight=(0.05 + chance.random()) / (1 + len(self.made)) ** 0.35,
            parties=parties,
            dimensions={"АналитикаУчетаПоПартнерам_Key": key, "Валюта_Key": terms.currency.ref},
        )

    def _write(
        self, chance: Chance, counterparty: Counterparty, organization: Organization, terms: Terms
    ) -> tuple[str, str]:
        """Write the contract itself; gives its reference and number."""
        self._written += 1
        ref = self._ground.guid("contract", self._written)
        concluded = self._ground.days.midnight(terms.first_day)
        number = f"{chance.between(1, 480)}/{concluded[2:4]}"
        title = f"Договор № {number} от {concluded[8:10]}.{concluded[5:7]}.{concluded[:4]}"
        row: dict[str, Any] = {
            "Ref_Key": ref,
            "Code": f"00-{self._written:06d}",
            "Description": title,
            "Партнер_Key": counterparty.partner.ref,
            "Контрагент_Key": counterparty.ref,
            "Организация_Key": organization.ref,
            "ВалютаВзаиморасчетов_Key": terms.currency.ref,
            "Номер": number,
            "Дата": concluded,
            "НаименованиеДляПечати": title,
            "ТипДоговора": terms.kind,
            "Статус": terms.status,
            "ДатаНачалаДействия": concluded,
            "ПорядокРасчетов": terms.settled_by,
            "ОграничиватьСуммуЗадолженности": terms.limit > 0,
            "ДопустимаяСуммаЗадолженности": money(terms.limit),
            "ЗапрещаетсяПросроченнаяЗадолженность": terms.limit > 0 and chance.often(0.5),
            "УстановленСрокОплаты": terms.deferral is not None,
            "СрокОплаты": terms.deferral or 0,
            "Менеджер_Key": counterparty.partner.manager,
        }
        if terms.end:
            row["ДатаОкончанияДействия"] = terms.end
        self._ground.book.put("Catalog_ДоговорыКонтрагентов", row)
        return ref, number

    def _write_key(
        self, counterparty: Counterparty, organization: Organization, contract: str, number: str
    ) -> str:
        key = self._ground.guid("settlement key", contract)
        row = {
            "Ref_Key": key,
            "Description": f"{counterparty.name}; {organization.name}; {number}"[:100],
            "Организация_Key": organization.ref,
            "Партнер_Key": counterparty.partner.ref,
            "Контрагент_Key": counterparty.ref,
            "Договор_Key": contract,
        }
        self._ground.book.put("Catalog_КлючиАналитикиУчетаПоПартнерам", row)
        return key

    def _write_object(
        self,
        counterparty: Counterparty,
        organization: Organization,
        contract: str,
        number: str,
        terms: Terms,
    ) -> str:
        ref = self._ground.guid("settlement object", contract)
        row = {
            "Ref_Key": ref,
            "Description": f"Договор {number}",
            "ТипРасчетов": "РасчетыСКлиентом",
            "Объект": contract,
            "Объект_Type": "Catalog_ДоговорыКонтрагентов",
            "Организация_Key": organization.ref,
            "Партнер_Key": counterparty.partner.ref,
            "Контрагент_Key": counterparty.ref,
            "Договор_Key": contract,
            "Номер": number,
            "Дата": self._ground.days.midnight(terms.first_day),
        }
        self._ground.book.put("Catalog_ОбъектыРасчетов", row)
        return ref

    def _agreement(
        self, chance: Chance, counterparty: Counterparty, organization: Organization, terms: Terms
    ) -> str:
        """An individual agreement for some; the others trade under the standard one."""
        standard = self._ground.guid("agreement", "standard")
        if self.made and not chance.often(0.35):
            return standard
        own = bool(self.made)
        number = str(len(self.made)) if own else "standard"
        row: dict[str, Any] = {
            "Ref_Key": self._ground.guid("agreement", number),
            "Code": f"00-{len(self.made) + 1:06d}",
            "Description": f"Индивидуальное {number}" if own else "Типовое соглашение",
            "Валюта_Key": terms.currency.ref,
            "ВидЦен_Key": chance.pick(self._reference.price_kinds).ref,
            "Дата": self._ground.days.midnight(terms.first_day),
            "ДатаНачалаДействия": self._ground.days.midnight(terms.first_day),
            "Статус": "Действует",
            "Типовое": not own,
        }
        if own:
            row["Партнер_Key"], row["Контрагент_Key"] = counterparty.partner.ref, counterparty.ref
            row["Организация_Key"], row["Номер"] = organization.ref, number
        self._ground.book.put("Catalog_СоглашенияСКлиентами", row)
        return str(row["Ref_Key"])
