"""How a web service of 1C says no, and what of its answers may pass.

A fault comes with HTTP 500 (some gateways make it 200) and begins with the place in the module that raised it:
`{WebСервис.Имя.Модуль(12)}: text`. Our own extension adds a code: `[SALDO:unknown_counterparty]`. The text itself
echoes values of the base: it is matched here and never passed on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from connectors import reception
from connectors.answers import LICENCE, LOCKED, MEMORY, Verdict, decode_error
from connectors.asking import Manners
from connectors.error_shapes import looks_like_error, looks_like_html, read_error
from connectors.retrying import TryAgain
from schemas.errors import SourceContractError, SourceError, SourceRefusedError, SourceUnavailableError

ENVELOPES = ("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope")
PLACE = re.compile(r"\{([\w.]+)\((\d+)(?:,\s*\d+)?\)\}")
CODE = re.compile(r"\[SALDO:(\w+)\]")
XDTO = re.compile(r"XDTO|Неизвестная операция|Unknown operation|Неверный формат сообщения SOAP", re.I)
RIGHTS = re.compile(
    r"Нарушение прав доступа|Недостаточно прав|access violation|insufficient.{0,10}rights", re.I
)
REFUSALS = {
    "unknown_counterparty": (
        "the base does not know this counterparty",
        "pull counterparties; it may be deleted",
    ),
    "unknown_organization": (
        "the base does not know this organisation",
        "pull organisations, then ask again",
    ),
    "unknown_contract_kind": (
        "the base has no such kind of contract",
        "compare the mapping's kinds of contract with ТипыДоговоров of the base",
    ),
    "unknown_currency": ("the base does not know this currency", "give the currency its ISO 4217 code in 1C"),
    "bad_period": (
        "the period ends before it begins",
        "ask for a period whose last day is not before its first",
    ),
    "unknown_document": ("the base does not know this document", "pull documents; it may be deleted"),
    "no_such_form": ("the base prints no such form of this document", "ask for another form, or for none"),
}

UNSETTLED = "unsettled"
UNKNOWN = ("the base refuses the request", "see onec/README.md for this code of the extension")
GATEWAY = (502, 503, 504)


@dataclass(frozen=True, slots=True)
class Fault:
    """`by_caller` is true where the service blames the call."""

    text: str
    by_caller: bool


def read_fault(body: bytes) -> Fault | None:
    """The fault in an envelope of either version; None where there is none. Never fails."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    for namespace in ENVELOPES:
        fault = root.find(f"{{{namespace}}}Body/{{{namespace}}}Fault")
        if fault is not None:
            texts = list(fault.itertext())
            who = texts[0] if texts else ""
            return Fault("\n".join(texts), who.strip().endswith(("Client", "Sender", "MustUnderstand")))
    return None


@dataclass(frozen=True, slots=True)
class Said:
    """An answer that is no good, as errors tell of it."""

    body: bytes
    request: str
    source: str
    status: int | None = None

    def error(self, kind: type[SourceError], message: str, hint: str, **more: str | None) -> SourceError:
        return kind(
            message, hint=hint, received=self.body, source=self.source, request=self.request,
            status=self.status, **more,
        )  # fmt: skip


def judge(status: int, body: bytes, request: str, source: str) -> Verdict:
    """The error behind an answer that is not 200, and whether asking again may help."""
    said, fault, found = Said(body, request, source, status), read_fault(body), read_error(body)
    if fault is not None:
        return _of_fault(fault, said)
    if status == 404:
        hint = "publish the web service of our extension (onec/README.md), or correct soap_url"
        return Verdict(said.error(SourceRefusedError, "there is no web service at this address", hint))
    if status == 403 and not LOCKED.search(found.text):
        hint = "give the exchange user the role of our extension, and this machine's address access to /ws"
        return Verdict(said.error(SourceRefusedError, "access to the web service is forbidden", hint))
    known = LICENCE.search(found.text) or LOCKED.search(found.text) or MEMORY.search(found.text)
    if status >= 500 and status not in GATEWAY and found.shape == "text" and not known:
        hint = "look into the logs of the web server and of the 1C server at this time"
        failed = said.error(SourceUnavailableError, "the server failed outside the web service", hint)
        return Verdict(failed, "soon")
    return decode_error(status, body, request=request, source=source)


def check(expect: reception.Expected, media_type: str, body: bytes, request: str, source: str) -> None:
    """Let only a whole SOAP answer pass, or a whole description; what Content-Type says decides nothing."""
    said = Said(body, request, source)
    if looks_like_html(body):
        hint = "a gateway wants another login, or soap_url leads elsewhere: check soap_url, user and password"
        raise said.error(SourceRefusedError, "the answer is a web page, not a SOAP message", hint)
    if looks_like_error(body):
        raise _raised(judge(200, body, request, source))
    if media_type.lower().startswith("multipart/"):
        return  # MTOM: its parts are taken apart, and proven whole, by the reader
    if not body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        hint = "see the kept answer; soap_url must lead to the web service of our extension"
        raise said.error(SourceContractError, "the answer is not a SOAP message", hint, reason="broken")
    try:
        reception.check_xml(body, request, source)
    except SourceContractError as error:
        hint = "see the kept answer, and the module of the web service: a text may hold a forbidden character"
        raise said.error(SourceContractError, error.message, hint, reason="broken") from error
    fault = read_fault(body) if expect == "soap" else None
    if fault is not None:
        raise _raised(_of_fault(fault, said))


def _raised(verdict: Verdict) -> Exception:
    return TryAgain(verdict.error, verdict.pace) if verdict.pace else verdict.error


def _of_fault(fault: Fault, said: Said) -> Verdict:
    found, at = CODE.search(fault.text), PLACE.search(fault.text)
    code, place = found and found[1], at and f"{at[1]}({at[2]})"
    if code == UNSETTLED:
        hint = "ask again: somebody posted a document of this counterparty meanwhile"
        message = "the books changed while the statement was drawn"
        return Verdict(said.error(SourceUnavailableError, message, hint, code=code, place=place), "soon")
    if code:
        message, hint = REFUSALS.get(code, UNKNOWN)
        return Verdict(said.error(SourceRefusedError, message, hint, code=code, place=place))
    if LICENCE.search(fault.text) or LOCKED.search(fault.text):
        what = "has no free licence" if LICENCE.search(fault.text) else "is locked for sessions"
        hint = "free a client licence of 1C, lower limits.sessions, or wait for the end of the maintenance"
        failed = said.error(SourceUnavailableError, f"the accounting system {what}", hint, place=place)
        return Verdict(failed, "slow")
    if RIGHTS.search(fault.text):
        hint = "give the exchange user the role of our extension: it reads the settlement registers"
        return Verdict(said.error(SourceRefusedError, "the user has no right to this", hint, place=place))
    if fault.by_caller or XDTO.search(fault.text):
        hint = "compare the release of our extension with this hub: onec/README.md"
        message = "the web service does not understand the call"
        return Verdict(said.error(SourceContractError, message, hint, place=place))
    hint = "open the registration log of 1C at this time: the exception at this place is described there"
    return Verdict(
        said.error(SourceRefusedError, "the web service failed in its own code", hint, place=place)
    )


SOAP = Manners(judge, check)
