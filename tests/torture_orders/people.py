"""Who decides about orders: the buyer's approver, the supplier's accountant, and the buyer who changes his mind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any

from schemas.errors import StoreError
from schemas.settings import HubSettings
from store import order_flow, outbox_settling, submissions
from store.engine import Store, Tx
from store.submissions import Submission
from tests.torture_orders import content
from tests.torture_orders.books import Goods
from tests.torture_orders.figures import Figures
from tests.torture_orders.storefront import Storefront
from tests.torture_orders.wanted import Wanted

ACCOUNTANT = "user:accountant"
BY_PEOPLE = ("declined", "over_limit", "overdue", "over_stock", "not_checked")
CHANGES_HIS_MIND = 0.3


@dataclass(slots=True)
class People:
    store: Store
    settings: HubSettings
    storefront: Storefront
    chance: Random
    figures: Figures
    shelf: list[Goods]

    def attend(self, wanted: Wanted) -> bool:
        """Do the next thing that this order waits for from a person; tells whether there was any."""
        if wanted.refused:
            return False
        if wanted.unanswered or not wanted.accepted:
            self.storefront.place(wanted)
            return True
        told = self.storefront.look(wanted)
        if told is None:
            self.figures.add("forgotten and sent again")
            self.storefront.place_again(wanted)
            return True
        if self._cancels(wanted, told):
            self.storefront.cancel(wanted)
            return True
        act = self._acts().get(told.get("state", ""))
        return act(wanted, told) if act else False

    def _acts(self) -> dict[str, Callable[[Wanted, dict[str, Any]], bool]]:
        return {
            "draft": self._submit,
            "awaiting_approval": self._decide,
            "held": self._release,
            "rejected": self._try_again,
        }

    def _cancels(self, wanted: Wanted, told: dict[str, Any]) -> bool:
        if told.get("state") in ("cancelled", "cancelling", "rejected") or told.get("cancel_asked_at"):
            return False
        if wanted.cancel_said:
            return told.get("why") != "cancelling_refused"
        return wanted.cancels and (self.storefront.calm or self.chance.random() < CHANGES_HIS_MIND)

    def _submit(self, wanted: Wanted, told: dict[str, Any]) -> bool:
        if version_of(wanted, told) != len(wanted.contents) - 1:
            self.storefront.change(wanted, told["version"])
        else:
            self.storefront.submit(wanted)
        return True

    def _decide(self, wanted: Wanted, told: dict[str, Any]) -> bool:
        version = version_of(wanted, told)
        if wanted.decision == "change" or version != len(wanted.contents) - 1:
            if wanted.decision == "change":
                self.want_another(wanted)
            self.storefront.change(wanted, told["version"])
            return True
        if wanted.decision == "approve":
            wanted.said_yes.add(version)
        self.storefront.decide(wanted, told["version"], yes=wanted.decision == "approve")
        return True

    def want_another(self, wanted: Wanted) -> None:
        """The version before counts no more, approved or not."""
        wanted.contents.append(content.some(self.chance, self.shelf, wanted.content.wished_on))
        wanted.decision = "approve"

    def _release(self, wanted: Wanted, told: dict[str, Any]) -> bool:
        if wanted.releases:
            self._do(
                wanted, lambda tx, one: order_flow.release(tx, self.settings, one, ACCOUNTANT, "known well")
            )
        else:
            self._do(wanted, lambda tx, one: order_flow.refuse(tx, one, ACCOUNTANT, "pays too late"))
        return True

    def _try_again(self, wanted: Wanted, told: dict[str, Any]) -> bool:
        """What was declined is now and then changed and placed again; what the books refused, tried again."""
        if (
            told["why"] == "declined"
            and self.chance.random() < CHANGES_HIS_MIND
            and len(wanted.contents) == 1
        ):
            self.want_another(wanted)
            self.storefront.change(wanted, told["version"])
            return True
        if told["why"] in BY_PEOPLE or wanted.again == 0:
            return False
        wanted.again -= 1
        self._do(wanted, lambda tx, one: outbox_settling.again(tx, one, ACCOUNTANT, "put right in the books"))
        return True

    def _do(self, wanted: Wanted, decide: Callable[[Tx, Submission], Submission]) -> None:
        """A worker or a buyer may have been faster: then nothing is done."""
        try:
            with self.store.transaction() as tx:
                found = submissions.get(tx, wanted.id.partition(":")[2])
                if found is not None:
                    decide(tx, found)
        except StoreError:
            self.figures.errors["decided too late"] += 1


def version_of(wanted: Wanted, told: dict[str, Any]) -> int:
    """Which of the versions that were ever sent the hub has; -1 where none."""
    said = (Decimal(told["total"]), told["comment"] or "", told["wished_on"], len(told["lines"]))
    for version in reversed(range(len(wanted.contents))):
        one = wanted.contents[version]
        if said == (one.total, one.comment, one.wished_on.isoformat(), len(one.lines)):
            return version
    return -1
