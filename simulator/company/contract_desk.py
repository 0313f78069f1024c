"""Concluding contracts: which kinds, on which terms, with what kind of customer."""

from __future__ import annotations

from simulator.company.chance import Chance
from simulator.company.contract_papers import ContractPapers, write_settlement_object
from simulator.company.contracts import Character, Contract, Fate, Sides, Terms
from simulator.company.customers import Counterparty
from simulator.company.ground import Ground
from simulator.company.own_side import Organization
from simulator.company.reference import Currency, Reference

_DEFERRALS = (0, 7, 7, 10, 14, 14, 14, 21, 30, 30, 45, 60)
_BY_CONTRACT = "ПоДоговорамКонтрагентов"
_SETTLED_BY = (_BY_CONTRACT, "ПоЗаказам", "ПоНакладным", "ПоЗаказамНакладным")
_CUSTOMER = "СПокупателем"
_SHARES: dict[Fate, float] = {"overdue": 0.3, "exact": 0.15, "advance": 0.1}  # the rest is open


class ContractDesk:
    def __init__(self, ground: Ground, reference: Reference, organizations: tuple[Organization, ...]) -> None:
        self._ground = ground
        self._reference = reference
        self._organizations = organizations
        self._papers = ContractPapers(ground, reference)
        self._made: list[Contract] = []

    def conclude(self, counterparties: list[Counterparty]) -> list[Contract]:
        """One to four contracts with everybody; of the counterparties' fates, all occur."""
        for counterparty, fate in zip(counterparties, self._fates(len(counterparties)), strict=True):
            chance = self._ground.chance("contract", counterparty.place)
            sides = Sides(chance.pick(self._organizations), counterparty)
            currency = self._currency(chance, counterparty)
            main = self._trading(chance, sides, currency, fate)
            if chance.often(0.25) or counterparty.place == 1:
                twin = self._trading(chance, sides, currency, fate)
                main.twin, twin.twin = twin, main
            others = [one for one in self._organizations if one is not sides.organization]
            if others and chance.often(0.15):
                self._trading(chance, Sides(chance.pick(others), counterparty), currency, fate)
            foreign = self._reference.currencies[chance.pick(("USD", "EUR"))]
            if foreign is not currency and (chance.often(0.05) or counterparty.place == 3):
                self._trading(chance, sides, foreign, fate)
            self._idle(chance, sides)
        return self._made

    def _fates(self, count: int) -> list[Fate]:
        fates: list[Fate] = []
        for fate, share in _SHARES.items():
            fates += [fate] * max(1, round(count * share))
        open_fate: Fate = "open"
        fates += [open_fate] * (count - len(fates))
        return self._ground.chance("fates").shuffled(fates)

    def _currency(self, chance: Chance, counterparty: Counterparty) -> Currency:
        own = self._reference.base_currency
        if counterparty.kind != "ЮрЛицоНеРезидент":
            return own
        others = [alpha for alpha in ("USD", "EUR", "KZT") if alpha != own.alpha]
        return self._reference.currencies[chance.pick(others)]

    def _trading(self, chance: Chance, sides: Sides, currency: Currency, fate: Fate) -> Contract:
        deferral = chance.pick(_DEFERRALS) if fate == "overdue" or chance.often(0.65) else None
        character = self._character(chance, fate, deferral)
        closed = fate == "exact" and character.last_day < self._ground.days.last - 80
        terms = Terms(
            kind=_CUSTOMER,
            status="Закрыт" if closed else "Действует",
            currency=currency,
            concluded=self._ground.days.midnight(character.first_day),
            end=self._end(chance, character.last_day, closed=closed),
            settled_by=_BY_CONTRACT if chance.often(0.55) else chance.pick(_SETTLED_BY),
            deferral=deferral,
            limit=self._limit(chance, currency) if deferral is not None and chance.often(0.6) else 0,
        )
        contract = self._contract(chance, sides, terms, character)
        self._made.append(contract)
        return contract

    def _character(self, chance: Chance, fate: Fate, deferral: int | None) -> Character:
        last = self._ground.days.last
        prepaid = chance.pick((100, 100, 50, 30)) if chance.often(0.5 if deferral is None else 0.08) else 0
        first_day = 0 if chance.often(0.6) else chance.below(int(last * 0.75))
        last_day, stop_day = last, last + 1
        if fate == "exact":
            last_day = last - chance.between(25, 150)
        elif fate == "advance":
            last_day = last - chance.between(25, 45)
        elif fate == "overdue":
            stop_day = last - (deferral or 0) - chance.between(12, 45)
            last_day = min(last, stop_day + (deferral or 0) + 25)
            prepaid = 0
        elif chance.often(0.06):
            last_day = last - chance.between(60, 240)
        weight = (0.05 + chance.random()) / (1 + len(self._made)) ** 0.35
        return Character(fate, prepaid, first_day, last_day, stop_day, weight)

    def _limit(self, chance: Chance, currency: Currency) -> int:
        in_base = chance.pick((100, 300, 500, 1_000, 1_500, 3_000, 5_000)) * 100_000
        return currency.from_base(in_base, 0) // 100_000 * 100_000 or 100_000

    def _end(self, chance: Chance, last_day: int, *, closed: bool) -> str:
        days = self._ground.days
        if closed:
            return days.midnight(last_day + 30)
        return f"{days.today.year + chance.between(0, 2)}-12-31T00:00:00" if chance.often(0.5) else ""

    def _contract(self, chance: Chance, sides: Sides, terms: Terms, character: Character) -> Contract:
        ref, number = self._papers.contract(chance, sides, terms)
        key = self._papers.settlement_key(sides, ref, number)
        kind = "Catalog_ДоговорыКонтрагентов"
        manager = sides.counterparty.partner.manager
        currency = {"Валюта_Key": terms.currency.ref}
        return Contract(
            ref=ref,
            number=number,
            sides=sides,
            terms=terms,
            character=character,
            key=key,
            settlement_object=write_settlement_object(
                self._ground, sides, ref, kind, ref, number, terms.concluded
            ),
            agreement=self._papers.agreement(chance, sides, terms),
            price_kind=chance.pick(self._reference.price_kinds),
            parties={**sides.keys, "Договор_Key": ref, **currency, "Менеджер_Key": manager},
            dimensions={"АналитикаУчетаПоПартнерам_Key": key, **currency},
        )

    def _idle(self, chance: Chance, sides: Sides) -> None:
        """Contracts nothing moves under: other kinds, and those not agreed yet."""
        own = self._reference.base_currency
        for share, kind, status in (
            (0.08, "СПоставщиком", "Действует"),
            (0.04, "СКомиссионером", "Действует"),
            (0.05, _CUSTOMER, "НеСогласован"),
        ):
            if chance.often(share):
                concluded = self._ground.days.midnight(chance.below(self._ground.days.last))
                self._papers.contract(chance, sides, Terms(kind, status, own, concluded))
