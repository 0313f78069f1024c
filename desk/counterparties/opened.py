"""The counterparty of an address, with what every page about it shows at its head."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from api.parties.party import Party
from api.trust import standing
from api.web import ids
from api.web.errors import ProblemError
from api.web.hub import Hub
from desk.counterparties import amounts, words
from desk.counterparties.amounts import Total
from desk.frame import pages
from desk.frame.errors import DeskError
from desk.frame.visits import Visit
from schemas import freshness
from schemas.settings import SourceSettings
from store import agreement, contact_points, parties, party_facts
from store.engine import Tx
from store.party_facts import Facts

ADDRESS = "/desk/counterparties/{counterparty_id:str}"
_MOST_PHONES = 3


@dataclass(frozen=True, slots=True)
class Opened:
    """`row` is of store.parties; `verified_through` is up to when the books say the same, if they do."""

    party: Party
    row: Any
    facts: Facts
    today: date
    as_of: datetime | None
    freshness: freshness.State
    agreement: standing.Agreement
    totals: list[Total]
    phones: list[str]

    @property
    def id(self) -> str:
        return self.party.id

    @property
    def source(self) -> SourceSettings:
        return self.party.source

    @property
    def is_deleted(self) -> bool:
        return self.row.gone_at is not None

    def address(self, part: str = "") -> str:
        return address(self.id, part)


def address(counterparty_id: str, part: str = "") -> str:
    return f"/desk/counterparties/{counterparty_id}" + (f"/{part}" if part else "")


def party(hub: Hub, visit: Visit, given: str) -> Party:
    """Errors: DeskError where no base of this hub gave such an id."""
    try:
        source, guid = ids.parse(given)
        return Party(hub.source(source), guid)
    except ProblemError as error:
        raise not_found(visit) from error


def read(tx: Tx, hub: Hub, visit: Visit, given: str) -> Opened:
    """Errors: DeskError where there is no such counterparty."""
    of = party(hub, visit, given)
    source = of.source
    row = parties.one(tx, source.id, of.guid)
    common = party_facts.setting(tx, source.id)
    facts = party_facts.of(tx, hub.settings, source, common, [of.guid], visit.now).get(of.guid)
    if row is None or facts is None:
        raise not_found(visit)
    agreed = agreement.state_of(tx, source.id, of.guid)
    return Opened(
        party=of,
        row=row,
        facts=facts,
        today=visit.now.astimezone(source.time_zone).date(),
        as_of=facts.as_of,
        freshness=freshness.state(facts.as_of, visit.now, hub.settings.fresh_for_s),
        agreement=standing.agreed(agreed, source.time_zone),
        totals=amounts.totals(facts.accounts, source.id, of.guid),
        phones=_phones(tx, source.id, of.guid, row.partner_id),
    )


def not_found(visit: Visit) -> DeskError:
    return pages.not_found(visit, visit.text.gettext("There is no such counterparty."))


def head(visit: Visit, found: Opened) -> dict[str, Any]:
    """What the templates of all its pages need."""
    text = visit.text
    return {
        "party": found,
        "access_words": words.access(text),
        "access_badges": words.ACCESS_BADGES,
        "kind_words": words.kinds(text),
        "tabs": [
            (found.address(), text.gettext("Balance")),
            (found.address("items"), text.gettext("Open items")),
            (found.address("documents"), text.gettext("Documents")),
            (found.address("payments"), text.gettext("Payments")),
            (found.address("orders"), text.gettext("Orders")),
            (found.address("contacts"), text.gettext("Contacts")),
            (found.address("rules"), text.gettext("Access and terms")),
            (f"/desk/statements?counterparty={found.id}", text.gettext("Statements")),
        ],
    }


def _phones(tx: Tx, source: str, guid: str, partner: str | None) -> list[str]:
    owners = {guid, partner} if partner else {guid}
    found = contact_points.of(tx, source, owners)
    return list(dict.fromkeys(row.text for row in found if row.type == "phone"))[:_MOST_PHONES]
