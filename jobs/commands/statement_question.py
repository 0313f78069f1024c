"""What `saldo statement` is asked for: a counterparty by whatever people know of it, and what it settles."""

from __future__ import annotations

import argparse
from typing import Any

from rich.console import Console
from rich.table import Table

from jobs.commands import chosen as choosing
from schemas.errors import ConfigurationError
from schemas.settings import HubSettings
from schemas.statements import Asked
from store import parties, statement_choices
from store.engine import Store, Tx
from store.parties import Filters

MOST = 20  # counterparties that fit, as far as they are listed


def question(known: HubSettings, store: Store, chosen: argparse.Namespace, console: Console) -> Asked:
    """Errors: ConfigurationError for what is not there, or is there more than once."""
    first_on, last_on = choosing.day(chosen.first_on), choosing.day(chosen.last_on)
    if last_on < first_on:
        raise ConfigurationError("the period ends before it begins", hint="Give --from first, then --to.")
    with store.reading() as tx:
        source, party = _counterparty(tx, known, chosen, console)
        contract = _contract(tx, source, party, chosen)
        organization = _organization(tx, source, party, chosen)
        currencies = chosen.currency or statement_choices.currencies_of(
            tx, source, organization, party, contract, chosen.kind
        )
    if not currencies:
        raise ConfigurationError(
            "nothing was ever settled like this", hint="Name the statement's currency: --currency RUB."
        )
    try:
        return Asked(
            source=source,
            organization_id=organization,
            counterparty_id=party,
            currencies=tuple(sorted(set(currencies))),
            first_on=first_on,
            last_on=last_on,
            contract_id=contract,
            contract_kind=chosen.kind,
            by_contract=chosen.by_contract,
        )
    except ValueError as error:
        raise ConfigurationError(
            str(error), hint="Correct what is asked for; `saldo statement -h`."
        ) from error


def _counterparty(
    tx: Tx, known: HubSettings, chosen: argparse.Namespace, console: Console
) -> tuple[str, str]:
    """By its id, else by its tax id, else by a part of its name."""
    sources = [source.id for source in choosing.of(known, [chosen.source] if chosen.source else [])]
    base, colon, guid = chosen.counterparty.partition(":")
    wanted = guid if colon and base in sources else chosen.counterparty
    for source in [base] if wanted is guid else sources:
        if parties.one(tx, source, wanted) is not None:
            return source, wanted
    found: list[Any] = parties.counterparties(
        tx, Filters(q=chosen.counterparty), sources=sources, after=None, limit=MOST
    ).rows
    exact = [row for row in found if chosen.counterparty in (row.tax_id, row.name)]
    fits = exact if len(exact) == 1 else found
    if len(fits) == 1:
        return str(fits[0].source), str(fits[0].id)
    if not fits:
        raise ConfigurationError(
            "no counterparty fits",
            hint="Give an id, a tax id or a part of the name; `saldo sync` reads new ones.",
        )
    table = Table("id", "name", "tax id", title="Which of them?")
    for row in fits:
        table.add_row(f"{row.source}:{row.id}", row.name, row.tax_id)
    console.print(table)
    raise ConfigurationError("several counterparties fit", hint="Give the id of one: --counterparty ut11:...")


def _organization(tx: Tx, source: str, party: str, chosen: argparse.Namespace) -> str:
    known = statement_choices.organizations_of(tx, source, party)
    given = (chosen.organization or "").removeprefix(f"{source}:").casefold()
    fits = [one for one in known if one.id == given or given in one.name.casefold()] if given else list(known)
    if len(fits) == 1:
        return fits[0].id
    named = "; ".join(f"{one.id or 'none'} {one.name}" for one in known)
    raise ConfigurationError(
        "several of our own legal entities fit" if fits else "no such organization of ours settles with it",
        hint=f"Give --organization: {named}." if known else "Choose another counterparty.",
    )


def _contract(tx: Tx, source: str, party: str, chosen: argparse.Namespace) -> str | None:
    if chosen.contract is None:
        return None
    given = chosen.contract.removeprefix(f"{source}:")
    known = statement_choices.contracts_of(tx, source, party)
    fits = [one for one in known if given in (one.id, one.number, one.name)]
    if len(fits) == 1:
        return fits[0].id
    named = "; ".join(f"{one.id} {one.number or one.name}" for one in (fits or known)[:MOST])
    raise ConfigurationError(
        "several contracts fit" if fits else "the counterparty has no such contract",
        hint=f"Give --contract: {named}." if named else "Leave out --contract.",
    )
