"""Rules by which an order needs somebody's approval: who set them and why, setting one, ending one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody

from api.rules.signed import Number
from api.statements.links import Links
from api.web import ids
from api.web.errors import ProblemError
from api.web.hub import Hub
from desk.counterparties import forms
from desk.counterparties import rules as settings
from desk.frame import audited, pages
from desk.frame.errors import DeskError
from desk.frame.visits import Visit
from schemas import TABLES
from schemas.approvals import ANY_AMOUNT
from schemas.errors import InvalidValueError
from schemas.ids import external
from schemas.money import currencies, to_units
from store import approval_rules, contact_points, parties, records
from store.approval_rules import Rule
from store.engine import Tx

HOME = "/desk/orders/rules"
LONGEST_AMOUNT = 30


@dataclass(frozen=True, slots=True)
class Shown:
    """A rule with the names of those it is about; "" where it is about any."""

    rule: Rule
    party: str
    party_address: str
    branch: str
    contact: str


@get(HOME, sync_to_thread=True)
def page(hub: NamedDependency[Hub], visit: NamedDependency[Visit]) -> Response[str]:
    with hub.store.reading() as tx:
        every = [
            (base, [shown(tx, one) for one in approval_rules.list_(tx, base.id, ended=True)])
            for base in hub.settings.sources
        ]
    return pages.page(visit, "orders/rules.html", bases=every)


@post(HOME, sync_to_thread=True, status_code=200)
def add(
    data: URLEncodedBody[dict[str, str]], hub: NamedDependency[Hub], visit: NamedDependency[Visit]
) -> Response[str]:
    """It counts for every order that is sent off from now on."""
    source, party = _whose(hub, visit, data)
    why, (amount, currency) = forms.reason(visit, data), _amount(visit, data)
    about = {"branch_id": data.get("branch") or None, "contact_id": data.get("contact") or None}
    with hub.store.transaction() as tx:
        try:
            number = approval_rules.add(
                tx,
                source,
                by=visit.by,
                reason=why,
                counterparty_id=party,
                amount=amount,
                currency=currency,
                **about,
            )
        except InvalidValueError as error:
            raise _wrong(visit, error) from error
        said = {"amount": amount, "currency": currency, "reason": why, **about}
        _noted(tx, visit, "addApprovalRule", source, party, number, said)
    return pages.redirect(visit, _back(source, party))


@post(HOME + "/{number:int}/end", sync_to_thread=True, status_code=200)
def end(
    number: Number,
    data: URLEncodedBody[dict[str, str]],
    hub: NamedDependency[Hub],
    visit: NamedDependency[Visit],
) -> Response[str]:
    """Orders that wait because of it go on waiting for a decision."""
    why, mine = forms.reason(visit, data), {one.id for one in hub.settings.sources}
    with hub.store.transaction() as tx:
        settings.end(
            tx,
            visit,
            number,
            approval_rules.get,
            lambda row: row.source in mine,
            lambda: approval_rules.end(tx, number, by=visit.by, reason=why),
        )
        row = approval_rules.get(tx, number)
        if row is None:
            raise RuntimeError(f"rule {number} was ended and is gone")
        _noted(tx, visit, "endApprovalRule", row.source, row.counterparty_id, number, {"reason": why})
    back = _back(row.source, row.counterparty_id) if data.get("back") == "party" else HOME
    return pages.redirect(visit, back)


def shown(tx: Tx, rule: Rule) -> Shown:
    links, source = Links(tx), rule.source
    party = links.counterparty(source, rule.counterparty_id) if rule.counterparty_id else None
    branch = links.counterparty(source, rule.branch_id) if rule.branch_id else None
    contact: Any = None
    if rule.contact_id:
        contact = records.get(tx, TABLES["contact"], source, (rule.contact_id,))
    return Shown(
        rule,
        (party.name or party.id) if party else "",
        f"/desk/counterparties/{party.id}/orders" if party else "",
        (branch.name or branch.id) if branch else "",
        str(contact.name) if contact is not None else rule.contact_id or "",
    )


def of_party(tx: Tx, source: str, above: Collection[str]) -> list[Shown]:
    """Those in force for a counterparty: its own, of those above it, and of everybody."""
    return [
        shown(tx, one)
        for one in approval_rules.list_(tx, source)
        if one.counterparty_id is None or one.counterparty_id in above
    ]


def choices(tx: Tx, visit: Visit, source: str, row: Any, zone: Any) -> dict[str, list[tuple[str, str]]]:
    """Branches and people of a counterparty to choose of; `row` is of store.parties."""
    today = visit.now.astimezone(zone).date()
    people = contact_points.people(tx, source, row.partner_id, today) if row.partner_id else []
    return {
        "branches": [(one.id, one.name) for one in parties.branches(tx, source, row.id)],
        "people": [(one.id, one.name) for one in people],
    }


def _whose(hub: Hub, visit: Visit, data: forms.Form) -> tuple[str, str | None]:
    """The base, and the counterparty if it is not for everybody."""
    try:
        if data.get("counterparty"):
            source, guid = ids.parse(data["counterparty"])
            return hub.source(source).id, guid
        return hub.source(data.get("base", "")).id, None
    except ProblemError as error:
        _ = visit.text.gettext
        raise DeskError(422, _("There is no such counterparty."), _("Load the page again.")) from error


def _amount(visit: Visit, data: forms.Form) -> tuple[int, str | None]:
    """In minor units with the currency; nothing is every order."""
    _ = visit.text.gettext
    said = data.get("amount", "").strip()[:LONGEST_AMOUNT]
    text = said.replace("\u202f", "").replace("\xa0", "").replace(" ", "").replace(",", ".")
    currency = data.get("currency", "").strip().upper() or None
    if currency is not None and (currency not in currencies() or not currency.isalpha()):
        raise DeskError(422, _("There is no such currency."), _("Give its three letters, such as RUB."))
    if not text:
        return ANY_AMOUNT, currency
    wrong = DeskError(422, _("This is no amount."), _("Give a number such as 100000 and its currency."))
    if currency is None:
        raise wrong
    try:
        units = to_units(Decimal(text), currencies()[currency].exponent)
    except (InvalidOperation, ValueError) as error:
        raise wrong from error
    if units < 0:
        raise wrong
    return units, currency


def _wrong(visit: Visit, error: InvalidValueError) -> DeskError:
    _ = visit.text.gettext
    told = {
        "counterparty_id": _("There is no such counterparty."),
        "branch_id": _("That is no branch of this counterparty."),
        "contact_id": _("There is no such contact."),
    }
    return DeskError(
        422, told.get(error.field, _("This is no amount.")), _("Choose of what the form offers.")
    )


def _noted(
    tx: Tx, visit: Visit, operation: str, source: str, party: str | None, number: int, said: dict[str, Any]
) -> None:
    audited.note(
        tx, visit, operation, source=source, counterparty_id=party, subject=str(number), details=said
    )


def _back(source: str, party: str | None) -> str:
    return f"/desk/counterparties/{external(source, party)}/orders" if party else HOME
