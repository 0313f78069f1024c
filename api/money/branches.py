"""What a company owes together, and each of its branches (BC-05): /summary?include=branches."""

from __future__ import annotations

from collections.abc import Sequence

from anyio.to_thread import run_sync

from api.money import summary as single
from api.money.summary import BranchSummary, GroupSummary, Summary
from api.trust import standing
from api.web.callers import Caller, counterparty_not_found
from api.web.hub import Hub
from schemas.settings import SourceSettings
from schemas.types import Guid
from store import summaries, tenancy
from store.accounts import explained
from store.agreement import AgreementState
from store.summaries import Found

_WORST_FIRST = ("differs", "unknown", "agreed")


async def summary(hub: Hub, caller: Caller, source: SourceSettings, guid: Guid) -> Summary:
    """Errors: ProblemError counterparty_not_found, reach_too_narrow."""
    caller.must_see_money(source.id, guid)
    return await run_sync(_summary, hub, caller, source, guid)


def _summary(hub: Hub, caller: Caller, source: SourceSettings, guid: Guid) -> Summary:
    now = hub.clock()
    today = now.astimezone(source.time_zone).date()
    found = _read(hub, caller, source.id, guid)
    if not found or found[0][0] != guid:
        raise counterparty_not_found()
    accounts = {key: explained(one.known, hub.settings.terms, today) for key, one in found}
    group = GroupSummary(
        agreement=standing.agreed(_worst([one.agreement for _, one in found]), source.time_zone),
        totals=single.totals([one for of in accounts.values() for one in of], source.id),
        branches=[
            BranchSummary(
                counterparty=single.counterparty(one, key, source),
                agreement=standing.agreed(one.agreement, source.time_zone),
                totals=single.totals(accounts[key], source.id),
            )
            for key, one in found
        ],
    )
    return single.of(found[0][1], guid, source, hub.settings, now, group)


def _read(hub: Hub, caller: Caller, source: str, guid: Guid) -> list[tuple[str, Found]]:
    """It and those below it that the caller may see, itself first, of one moment."""
    with hub.store.reading(caller.tenancy) as tx:
        below = sorted(tenancy.below(tx, source, guid) - {guid})
        keys = [key for key in (guid, *below) if caller.tenancy.admits(source, key)]
        state = summaries.read_state(tx, source)
        found = ((key, summaries.read(tx, state, source, key)) for key in keys)
        return [(key, one) for key, one in found if one is not None]


def _worst(states: Sequence[AgreementState]) -> AgreementState:
    """The worst state of any, and the earliest moment up to which all of them agree."""
    state = min((one.state for one in states), key=_WORST_FIRST.index)
    through = [one.verified_through for one in states]
    return AgreementState(state, None if None in through else min(filter(None, through)))
