"""Builds the company: its catalogues first, then its days one after another."""

from __future__ import annotations

from itertools import accumulate

from simulator.base import Base
from simulator.company.agenda import Agenda
from simulator.company.attributes import write_attributes
from simulator.company.book import Book, Progress
from simulator.company.chance import Guids
from simulator.company.contact_info import write_kinds
from simulator.company.contract_desk import ContractDesk
from simulator.company.contracts import Contract, Fate
from simulator.company.customers import Customers
from simulator.company.days import Days, working_second
from simulator.company.firm import Firm
from simulator.company.goods import QUARTER, change_prices, write_goods
from simulator.company.ground import CompanyOptions, Ground, Scale
from simulator.company.orders import trade
from simulator.company.own_side import write_exchange_node, write_managers, write_organizations
from simulator.company.papers import Papers
from simulator.company.partners import Partners
from simulator.company.payments import pay_ahead, settle_up
from simulator.company.reference import write_reference
from simulator.company.shipments import sell_from_shelf
from simulator.company.stock import Stock
from simulator.company.suppliers import write_supplier
from simulator.company.words_ru import RUSSIAN
from simulator.company.words_uk import UKRAINIAN

_DOCUMENTS_A_DEAL = 4.33  # measured: what one piece of business leaves behind
_DOCUMENTS_A_FATE: dict[Fate, float] = {"open": 0, "overdue": 1.6, "exact": 4.5, "advance": 1}
_MONTH = 30


def build(base: Base, options: CompanyOptions, progress: Progress | None = None) -> None:
    """Fill a base; nothing of it is registered for the other nodes of the exchange plan."""
    with base.unregistered():
        _build(base, options, progress)


def _build(base: Base, options: CompanyOptions, progress: Progress | None) -> None:
    scale = Scale.of(options.size)
    ground = Ground(
        options=options,
        scale=scale,
        days=Days(options.today),
        words=UKRAINIAN if options.currency == "UAH" else RUSSIAN,
        guid=Guids(options.seed, options.currency),
        book=Book(base, scale.documents, progress),
    )
    firm, contracts, managers = _found(ground)
    _plan_fates(firm, contracts)
    _live(firm, contracts, managers)
    ground.book.close()


def _found(ground: Ground) -> tuple[Firm, list[Contract], tuple[str, ...]]:
    """Everything that is there before the first document."""
    reference = write_reference(ground)
    kinds = write_kinds(ground)
    organizations = write_organizations(ground, kinds)
    managers = write_managers(ground, kinds)
    write_exchange_node(ground)
    partners = Partners(ground, kinds, write_attributes(ground), managers)
    counterparties = Customers(ground, partners).make(ground.scale.counterparties)
    contracts = ContractDesk(ground, reference, organizations).conclude(counterparties)
    chance = ground.chance("business")
    firm = Firm(
        ground=ground,
        reference=reference,
        prices=write_goods(ground, reference),
        agenda=Agenda(ground.days.last),
        papers=Papers(ground, chance),
        stock=Stock(ground, write_supplier(ground, reference, organizations[0], managers[0])),
        chance=chance,
    )
    return firm, contracts, managers


def _plan_fates(firm: Firm, contracts: list[Contract]) -> None:
    """What makes customers stand today as their fate says: exactly zero, in advance, overdue."""
    chance, last = firm.chance, firm.last
    for contract in contracts:
        if contract.character.fate == "overdue":
            firm.agenda.plan(contract.character.stop_day, working_second(chance), sell_from_shelf, contract)
        elif contract.character.fate == "exact":
            firm.agenda.plan(contract.character.last_day, working_second(chance), trade, contract)
            settled = contract.character.last_day + chance.between(16, 24)
            firm.agenda.plan(settled, working_second(chance), settle_up, contract)
        elif contract.character.fate == "advance":
            firm.agenda.plan(last - chance.below(10), working_second(chance), pay_ahead, contract)


def _live(firm: Firm, contracts: list[Contract], managers: tuple[str, ...]) -> None:
    """Go through the days; what is not planned by earlier events begins by chance."""
    days, chance = firm.ground.days, firm.chance
    deals = days.spread(_deals(firm, contracts))
    active: list[Contract] = []
    weights: list[float] = []
    for day, beginnings in enumerate(deals):
        if day % _MONTH == 0 or day == days.last:
            active = [one for one in contracts if one.character.first_day <= day <= one.character.last_day]
            weights = list(accumulate(one.character.weight for one in active))
        if day % QUARTER == 0:
            number = firm.papers.number("Document_УстановкаЦенНоменклатуры", "ТД", day)
            change_prices(firm.ground, firm.reference, firm.prices, number, day, managers[0])
        for _ in range(beginnings):
            contract = chance.weighted(active, weights)
            firm.agenda.plan(day, working_second(chance), trade, contract)
        firm.agenda.live(firm, day)
        if (day + 1) % firm.stock.span == 0 or day == days.last:
            firm.stock.buy(day // firm.stock.span * firm.stock.span)
    firm.stock.promise(firm.prices.items, firm.reference.warehouses[0])


def _deals(firm: Firm, contracts: list[Contract]) -> int:
    """How many pieces of business make up the size, beside what is written whatever the size."""
    days = firm.last + 1
    prices = -(-days // QUARTER)
    purchases = -(-days // firm.stock.span) * len(firm.reference.warehouses)
    fates = sum(_DOCUMENTS_A_FATE[contract.character.fate] for contract in contracts)
    return max(1, int((firm.ground.scale.documents - prices - purchases - fates) / _DOCUMENTS_A_DEAL))
