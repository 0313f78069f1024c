"""The balance by contract, and how old the debts are."""

from __future__ import annotations

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from api.parties.party import CounterpartyId
from api.web.hub import Hub
from desk.counterparties import amounts, opened, words
from desk.counterparties.opened import ADDRESS, Opened
from desk.frame import charts, pages
from desk.frame.visits import Visit
from schemas.terms import BUCKETS
from store import site_terms
from store.engine import Tx


@get(ADDRESS, sync_to_thread=True)
def overview(
    counterparty_id: CounterpartyId, hub: NamedDependency[Hub], visit: NamedDependency[Visit]
) -> Response[str]:
    with hub.store.reading() as tx:
        found = opened.read(tx, hub, visit, counterparty_id)
        shown = _balance(tx, hub, visit, found)
    return pages.page(visit, "counterparties/overview.html", **opened.head(visit, found), **shown)


def _balance(tx: Tx, hub: Hub, visit: Visit, found: Opened) -> dict[str, Any]:
    source, guid, accounts = found.source.id, found.party.guid, found.facts.accounts
    named = {account.owed.contract_id for account in accounts}
    overrides = site_terms.in_force(tx, source, [guid], named)
    terms = hub.settings.terms
    return {
        "contracts": amounts.contracts(accounts, source, guid, overrides, terms, found.today),
        "ages": [
            charts.aging(
                visit,
                one.aging,
                one.currency,
                key=f"aging-{place}",
                title=one.organization or visit.text.gettext("Debts by age"),
                href=one.why_overdue,
            )
            for place, one in enumerate(found.totals)
            if any(one.aging[bucket] for bucket in BUCKETS)
        ],
        "terms_words": words.terms(visit.text),
        "calendar": words.calendars(visit.text)[terms.calendar],
        "reason_words": words.reasons(visit.text),
        "decided_words": words.decided_by(visit.text),
        "contract_states": words.contract_states(visit.text),
    }
