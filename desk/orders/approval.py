"""By which rule an order had to be approved, and who decided."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from desk.frame.visits import Visit
from desk.orders import life, rules
from desk.orders.rules import Shown
from store import approval_rules, submissions
from store.engine import Tx
from store.submissions import Step, Submission

_RULE = re.compile(r"approval rule ([0-9]{1,18})")  # as store/order_flow.py writes it


@dataclass(frozen=True, slots=True)
class Approval:
    """`decided` is the step that ended the waiting, None while it lasts; `by` is who took it."""

    asked: Step
    rule: Shown | None
    decided: Step | None
    by: str


def of(tx: Tx, visit: Visit, order: Submission) -> Approval | None:
    """The last time that approval was asked for; None where it never was."""
    steps = submissions.steps(tx, order)
    asked = [place for place, one in enumerate(steps) if one.after == "awaiting_approval"]
    if not asked:
        return None
    step, later = steps[asked[-1]], steps[asked[-1] + 1 :]
    decided = _decided(later)
    rule = number_in(step.note)
    found = approval_rules.get(tx, rule) if rule is not None else None
    return Approval(
        step,
        rules.shown(tx, found) if found is not None else None,
        decided,
        life.by(decided.by, visit.text) if decided is not None else "",
    )


def number_in(note: str) -> int | None:
    """The rule that a step names."""
    found = _RULE.fullmatch(note)
    return int(found[1]) if found else None


def _decided(later: Sequence[Step]) -> Step | None:
    return later[0] if later else None
