"""A statement as a thing that lives: asked for, drawn, compared, sent, agreed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args

from schemas.reconciliation import StatementRequest

# What people did with it. It leaves `draft` only when no difference between its two drawings is unexplained.
State = Literal["draft", "sent", "agreed", "signed", "disagreement"]
# Whether both producers say the same. `pending`: the accounting system was not heard yet. `differs`: documents
# explain every difference. `unexplained`: something is left that no document explains.
Verdict = Literal["pending", "agrees", "differs", "unexplained"]
# Whose drawing: the hub's own from its store, or the accounting system's.
Side = Literal["hub", "books"]
# What the accounting system's drawing waits for. `asking`: it is being asked right now, or is next.
Why = Literal[
    "asking", "source_paused", "quiet_hours", "source_unavailable", "source_refused", "internal_error"
]

STATES: tuple[State, ...] = get_args(State)
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)

# Signed is the end; a disagreement that is settled is agreed, or drawn anew and sent again.
STEPS: Mapping[State, tuple[State, ...]] = {
    "draft": ("sent", "agreed", "disagreement"),
    "sent": ("agreed", "disagreement", "draft"),
    "agreed": ("signed", "disagreement"),
    "disagreement": ("sent", "agreed"),
    "signed": (),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Settlements of one own organisation ("" is none) with one counterparty: a section for each currency.

    Both days are in the period. Without a contract or a kind of contract: all contracts.
    """

    source: str
    organization_id: str
    counterparty_id: str
    currencies: tuple[str, ...]
    first_on: date
    last_on: date
    contract_id: str | None = None
    contract_kind: str | None = None
    by_contract: bool = False

    def __post_init__(self) -> None:
        if not self.currencies or list(self.currencies) != sorted(set(self.currencies)):
            raise ValueError("currencies are each once, in order of the alphabet")
        _ = self.requests  # its own checks

    @property
    def requests(self) -> tuple[StatementRequest, ...]:
        """One for each currency, in their order. Errors: ValueError for what cannot be asked."""
        return tuple(
            StatementRequest(
                source=self.source,
                organization_id=self.organization_id,
                counterparty_id=self.counterparty_id,
                currency=currency,
                first_on=self.first_on,
                last_on=self.last_on,
                contract_id=self.contract_id,
                contract_kind=self.contract_kind,
                by_contract=self.by_contract,
            )
            for currency in self.currencies
        )
