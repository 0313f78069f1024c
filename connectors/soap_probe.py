"""Everything that is wrong with the web service of a base, in one pass: what `saldo check` prints of `soap_url`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

import requests

from connectors import contract
from connectors.soap import SoapClient
from connectors.soap_reconciliation import print_form
from connectors.transport import SessionFactory
from connectors.wsdl import Description
from schemas.errors import SourceError
from schemas.settings import SourceSettings
from schemas.source import Finding

SUBJECT = "web service"
INSTALL = "install the release of our extension that fits this hub, then publish it again: onec/README.md"
NOWHERE = "ffffffff-ffff-ffff-ffff-ffffffffffff"  # a reference that no base has
_ANY_DAY = datetime(2020, 1, 1)


def check(
    source: SourceSettings, documents: str, *, session_factory: SessionFactory = requests.Session
) -> list[Finding]:
    """Give a finding for every aspect, right or wrong; nothing for a base without the extension.

    `documents` is a set of documents that have a print form.
    """
    if not source.soap_url:
        return []
    once = replace(source, limits=replace(source.limits, attempts=1))
    with SoapClient(once, session_factory=session_factory) as client:
        try:
            description = client.description()
        except SourceError as error:
            return [Finding(SUBJECT, False, error.message, error.hint)]
        missing = sorted(contract.operations() - description.operations)
        if missing:
            return [Finding(SUBJECT, False, f"the service has no {', '.join(missing)}", INSTALL)]
        return [*_contract(client, description), *_rights(client, documents)]


def _contract(client: SoapClient, description: Description) -> Iterator[Finding]:
    """Its shape by the description, its release by its own word."""
    if other := contract.differences(description):
        yield Finding(SUBJECT, False, f"it describes {', '.join(other)} otherwise than our contract", INSTALL)
    try:
        version = client.call("Ping").value["return"]
    except SourceError as error:
        yield Finding(SUBJECT, False, error.message, error.hint)
        return
    if version != contract.VERSION:
        message = f"its contract is of version {version!r}, the hub's is {contract.VERSION!r}"
        yield Finding(SUBJECT, False, message, INSTALL)
    elif not other:
        yield Finding(SUBJECT, True, f"answers, and keeps the contract {contract.VERSION}")


def _rights(client: SoapClient, documents: str) -> Iterator[Finding]:
    """Ask of what no base has: who may ask is told that it is not there."""
    yield _right("statements", "unknown_counterparty", lambda: _statement(client))
    yield _right("print forms", "unknown_document", lambda: print_form(client, documents, NOWHERE))


def _right(what: str, expected: str, ask: Callable[[], object]) -> Finding:
    subject = f"{SUBJECT}: {what}"
    try:
        ask()
    except SourceError as error:
        if error.context.get("code") == expected:
            return Finding(subject, True, "may be asked for")
        return Finding(subject, False, error.message, error.hint)
    return Finding(subject, False, "it answers about what is not there", INSTALL)


def _statement(client: SoapClient) -> object:
    nobody = {
        "Organization": None,
        "Counterparty": NOWHERE,
        "Contract": None,
        "ContractKind": None,
        "Currency": "643",
        "PeriodStart": _ANY_DAY,
        "PeriodEnd": _ANY_DAY,
        "ByContract": False,
    }
    return client.call("GetStatement", lambda _: {"Request": nobody})
