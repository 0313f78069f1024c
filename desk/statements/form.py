"""What the form for a statement offers for one counterparty, and what was chosen in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from gettext import NullTranslations

from api.statements.wanted import EARLIEST, LATEST
from desk.statements import periods
from desk.statements.narrowing import day
from desk.statements.periods import Period, Preset
from schemas.money import currencies
from schemas.statements import Asked
from store import statement_choices
from store.engine import Tx
from store.statement_choices import ContractChoice, Organization

OWN = "own"
_KIND, _CONTRACT = "kind:", "contract:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What the fields hold. `about` is "" for all contracts, else "kind:<kind>" or "contract:<id>"; `period` is
    a preset or OWN; `currency` "" is each that is settled in."""

    organization: str | None
    about: str
    currency: str
    period: str
    first: str
    last: str
    by_contract: bool

    @property
    def contract_id(self) -> str | None:
        return self.about.removeprefix(_CONTRACT) if self.about.startswith(_CONTRACT) else None

    @property
    def contract_kind(self) -> str | None:
        return self.about.removeprefix(_KIND) if self.about.startswith(_KIND) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """`currencies` are those of the chosen organisation and contracts."""

    source: str
    counterparty_id: str
    organizations: tuple[Organization, ...]
    organization: str
    contracts: tuple[ContractChoice, ...]
    kinds: tuple[str, ...]
    currencies: tuple[str, ...]
    presets: Mapping[Preset, Period]


@dataclass(frozen=True, slots=True)
class Wrong:
    """A field that cannot be taken as it is, and what to do about it."""

    field: str
    text: str


def chosen(given: Mapping[str, object]) -> Chosen:
    def said(name: str, otherwise: str = "") -> str:
        return str(given.get(name, otherwise))

    return Chosen(
        organization=said("organization") if "organization" in given else None,
        about=said("about"),
        currency=said("currency"),
        period=said("period", "this_quarter"),
        first=said("first"),
        last=said("last"),
        by_contract=said("by_contract") == "yes",
    )


def offered(tx: Tx, source: str, counterparty_id: str, choice: Chosen, today: date) -> Offered:
    """What is not on offer (any more) is taken as not chosen."""
    organizations = statement_choices.organizations_of(tx, source, counterparty_id)
    known = [one.id for one in organizations]
    organization = choice.organization if choice.organization in known else next(iter(known), "")
    every = statement_choices.contracts_of(tx, source, counterparty_id)
    contracts = tuple(one for one in every if one.organization_id in (organization, "") or not known)
    ids = {one.id for one in contracts}
    contract = choice.contract_id if choice.contract_id in ids else None
    kinds = tuple(sorted({one.kind for one in contracts}))
    kind = choice.contract_kind if choice.contract_kind in kinds else None
    settled = statement_choices.currencies_of(tx, source, organization, counterparty_id, contract, kind)
    agreed = statement_choices.last_agreed_on(tx, source, organization, counterparty_id, contract)
    return Offered(
        source=source,
        counterparty_id=counterparty_id,
        organizations=organizations,
        organization=organization,
        contracts=contracts,
        kinds=kinds,
        currencies=tuple(one for one in settled if one in currencies()),
        presets=periods.presets(today, date.fromisoformat(agreed) if agreed else None),
    )


def asked(choice: Chosen, on: Offered, text: NullTranslations) -> Asked | list[Wrong]:
    """What is asked for, or everything that is wrong with it."""
    wrong = list(_wrong(choice, on, text))
    period = _period(choice, on)
    if period is None:
        wrong.append(Wrong("period", text.gettext("Give the first and the last day of the period.")))
    elif period.last_on < period.first_on:
        wrong.append(Wrong("period", text.gettext("The period ends before it begins.")))
    if wrong or period is None:
        return wrong
    return Asked(
        source=on.source,
        organization_id=on.organization,
        counterparty_id=on.counterparty_id,
        currencies=(choice.currency,) if choice.currency else on.currencies,
        first_on=period.first_on,
        last_on=period.last_on,
        contract_id=choice.contract_id,
        contract_kind=choice.contract_kind,
        by_contract=choice.by_contract,
    )


def _wrong(choice: Chosen, on: Offered, text: NullTranslations) -> list[Wrong]:
    found = []
    if choice.organization not in (None, on.organization):
        found.append(Wrong("organization", text.gettext("Nothing was settled with this organisation.")))
    about = {"", *(f"{_KIND}{one}" for one in on.kinds), *(f"{_CONTRACT}{one.id}" for one in on.contracts)}
    if choice.about not in about:
        found.append(Wrong("about", text.gettext("This contract is not there any more. Choose another.")))
    if not on.currencies:
        found.append(
            Wrong("currency", text.gettext("Nothing was ever settled here: there is nothing to draw."))
        )
    elif choice.currency and choice.currency not in on.currencies:
        found.append(Wrong("currency", text.gettext("Nothing is settled in this currency. Choose another.")))
    return found


def _period(choice: Chosen, on: Offered) -> Period | None:
    for name, period in on.presets.items():
        if name == choice.period:
            return period
    first, last = day(choice.first), day(choice.last)
    if first is None or last is None or choice.period != OWN:
        return None
    return Period(first, last) if first >= EARLIEST and last <= LATEST else None
