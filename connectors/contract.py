"""Our extension's contract, held against what a web service describes: by what it says, not by its bytes.

1C writes the description itself: releases of the platform order and indent it in their own ways.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from connectors import wsdl
from connectors.wsdl import Description

VERSION = "1.0"
LANGUAGE = "Язык"  # of a print form: the parameter that names it
_PREFIX = re.compile(r"\b(\w+):(?=\w)")


def differences(description: Description) -> list[str]:
    """What of our contract the service describes in another way, or not at all; what it has more is no matter."""
    theirs = _said(description)
    return sorted(name for name, said in _ours().items() if theirs.get(name) != said)


@cache
def operations() -> frozenset[str]:
    return _contract().operations


@cache
def _ours() -> Mapping[str, str]:
    return _said(_contract())


@cache
def _contract() -> Description:
    body = files("schemas").joinpath("soap", "SaldoExchange.wsdl").read_bytes()
    return wsdl.read(body, "schemas/soap/SaldoExchange.wsdl", "")


def _said(description: Description) -> dict[str, str]:
    """Every operation and every type of the contract's own namespaces, each by its parts."""
    types = description.client.wsdl.types
    named = dict(types.prefix_map)

    def spelt(signature: str) -> str:
        return _PREFIX.sub(lambda found: f"{{{named.get(found[1], found[1])}}}", signature)

    found = {}
    for service in description.client.wsdl.services.values():
        for port in service.ports.values():
            for name, operation in port.binding.all().items():
                takes, gives = operation.input.signature(), operation.output.signature(as_output=True)
                found[name] = f"{spelt(takes)} -> {spelt(gives)}"
    for one in types.types:
        if one.qname is not None and one.qname.namespace.startswith("urn:saldo-hub:"):
            found[one.qname.localname] = spelt(one.signature(types))
    return found
