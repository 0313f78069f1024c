"""What is set by hand for a counterparty: the page, who said so and why, how one is ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, time, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from litestar import Response, get
from litestar.di import NamedDependency

from api.parties.party import CounterpartyId, Party
from api.rules import signed
from api.web.errors import ProblemError
from api.web.hub import Hub
from desk.counterparties import opened, words
from desk.counterparties.opened import ADDRESS
from desk.frame import audited, pages
from desk.frame.errors import DeskError
from desk.frame.visits import Visit
from schemas.access import STATES
from schemas.money import Money
from store import access_rules, site_terms, trading
from store.access_rules import ANY_DEBT, Override
from store.engine import Tx
from store.site_rows import SiteRow

S = TypeVar("S", bound=SiteRow)


@get(f"{ADDRESS}/rules", sync_to_thread=True)
def rules(
    counterparty_id: CounterpartyId, hub: NamedDependency[Hub], visit: NamedDependency[Visit]
) -> Response[str]:
    with hub.store.reading() as tx:
        found = opened.read(tx, hub, visit, counterparty_id)
        source, guid = found.source.id, found.party.guid
        values: dict[str, Any] = {
            "overrides": access_rules.overrides(tx, source, guid, ended=True),
            "terms": site_terms.of_counterparty(tx, source, guid, ended=True),
            "suspensions": trading.list_(tx, source, guid, ended=True),
        }
    text = visit.text
    return pages.page(
        visit,
        "counterparties/rules.html",
        **opened.head(visit, found),
        **values,
        reason_words=words.reasons(text),
        decided_words=words.decided_by(text),
        states=[(state, words.access(text)[state]) for state in STATES],
        last_days={one.id: _last_day(one, found.source.time_zone) for one in values["overrides"]},
        contracts=_contracts(found),
        met=_met(found),
        default_days=hub.settings.terms.default_days,
    )


def noted(
    tx: Tx,
    visit: Visit,
    of: Party,
    operation: str,
    subject: object,
    **said: Any,
) -> None:
    """Write it into the audit, under the name that the API has for it."""
    audited.note(
        tx,
        visit,
        operation,
        source=of.source.id,
        counterparty_id=of.guid,
        subject=str(subject),
        details=said,
    )


def end(
    tx: Tx,
    visit: Visit,
    number: int,
    find: Callable[[Tx, int], S | None],
    is_meant: Callable[[S], bool],
    stop: Callable[[], None],
) -> None:
    """End one setting. Errors: DeskError where it is none of this counterparty's, or has ended before."""
    _ = visit.text.gettext
    try:
        signed.end(tx, number, find, is_meant, stop)
    except ProblemError as error:
        hint = _("Load the page again: it shows what is in force.")
        told = {
            "setting_not_found": DeskError(404, _("There is no such setting here."), hint),
            "already_ended": DeskError(409, _("It was ended or replaced before."), hint),
        }
        raise told[error.code] from error


def back(visit: Visit, counterparty_id: str) -> Response[str]:
    return pages.redirect(visit, opened.address(counterparty_id, "rules"))


def _last_day(one: Override, zone: ZoneInfo) -> date | None:
    """The day through which it holds, where it ends at a midnight, as it does if it was set here."""
    if one.expires_at is None or one.expires_at.astimezone(zone).time() != time.min:
        return None
    return one.expires_at.astimezone(zone).date() - timedelta(days=1)


def _contracts(found: opened.Opened) -> list[tuple[str, str]]:
    """To choose of; the whole counterparty first."""
    named = {one.owed.contract_id: one.owed for one in found.facts.accounts if one.owed.contract_id}
    return [(key, one.name or one.number) for key, one in named.items()]


def _met(found: opened.Opened) -> Mapping[str, Any] | None:
    """The rule by overdue debts that restricts."""
    rule = found.facts.decision.rule
    if rule is None:
        return None
    counts_any = rule.currency is None or rule.amount == ANY_DEBT
    amount = None if counts_any else Money(rule.amount, str(rule.currency))
    return {"days": rule.days, "amount": amount}
