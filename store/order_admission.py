"""Whether a counterparty may order at all now: trading (CM-15, CM-16) and access (BS-14), asked at every step."""

from __future__ import annotations

from typing import Any

from schemas import TABLES
from schemas.errors import ConfigurationError, RefusedStep, StepRefusedError
from schemas.records.counterparty import Counterparty
from schemas.settings import HubSettings, SourceSettings
from store import access, records, trading
from store.engine import Tx
from store.submissions import Submission


def check(tx: Tx, settings: HubSettings, submission: Submission) -> None:
    """Of who settles, and of the branch that ordered.

    Errors: StepRefusedError unknown_counterparty, trading_suspended, access_blocked.
    """
    source = source_of(settings, submission)
    for key in filter(None, (submission.counterparty_id, submission.branch_id)):
        _admit(tx, settings, source, submission, key)


def source_of(settings: HubSettings, submission: Submission) -> SourceSettings:
    found = next((one for one in settings.sources if one.id == submission.source), None)
    if found is None:
        raise ConfigurationError(
            f"{submission.source!r} is no source of this hub any more",
            hint="Give it its file in sources/ again, or cancel what was placed for it",
        )
    return found


def _admit(tx: Tx, settings: HubSettings, source: SourceSettings, submission: Submission, key: str) -> None:
    party: Any = records.get(tx, TABLES["counterparty"], source.id, (key,))
    if not isinstance(party, Counterparty):
        raise _refused(
            submission,
            "unknown_counterparty",
            "The store knows no such counterparty",
            "Wait for the next sync",
        )
    today = tx.now.astimezone(source.time_zone).date()
    if trading.evaluate(tx, source.id, party, today).status == "suspended":
        hint = "End the suspension (`saldo trading`), or open the counterparty in the accounting system"
        raise _refused(submission, "trading_suspended", "Trading with the counterparty is suspended", hint)
    allowed = access.evaluate(tx, settings, source, key, tx.now)
    if allowed is not None and allowed.decision.state == "blocked":
        hint = "Give it access again (`saldo access`); `saldo access show` tells what blocks it"
        raise _refused(submission, "access_blocked", "The counterparty's access is blocked", hint)


def _refused(submission: Submission, code: RefusedStep, message: str, hint: str) -> StepRefusedError:
    return StepRefusedError(message, hint=hint, code=code, submission=submission.id)
