"""The way of orders into the books as a machine: whoever does what and when, no order is there twice or unapproved."""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select, update

from assets import push_steps
from assets.push import Gate
from assets.push_books import Books
from assets.pushing import Pushing
from schemas.errors import (
    HubError,
)
from schemas.settings import OrderSettings
from schemas.submissions import State, digest, may_step
from store import approval_rules, order_flow, outbox, outbox_settling, submissions
from store.engine import Store, Tx
from store.outbox import Claim
from store.submissions import Submission
from store.tables_of_orders import OUTBOX, SUBMISSION, SUBMISSION_STEP
from tests.migrated import migrate
from tests.property.tiny_books import OUTCOMES, DiedError, Kind, Papers, Row
from tests.unit.store import placing
from tests.unit.store.desk import SOURCE, Desk

NEEDS_APPROVAL = 5_000
AT_REST: tuple[State, ...] = ("draft", "awaiting_approval", "held", "confirmed", "rejected", "cancelled")
LONG_AGO = timedelta(hours=1)
MOST_STEPS = 40
MOST_PUSHES = 3  # until an order that is uncertain counts as absent, and is sent again


class OrderMachine(RuleBasedStateMachine):
    folder: Path

    @initialize(keeps_keys=st.booleans())
    def opened(self, keeps_keys: bool) -> None:
        self.file = self.folder / f"{uuid.uuid4().hex}.db"
        migrate(f"sqlite:///{self.file}")
        self.store = Store.open(f"sqlite:///{self.file}", f"memory://{uuid.uuid4().hex}")
        desk = Desk(self.store)
        placing.books(desk)
        placing.owing(desk, 0)
        self.settings = placing.settings(chosen_key=keeps_keys, settle_after_s=60)
        self.papers = Papers(keeps_keys, on_create=self._must_be_approved)
        self.approved: set[str] = set()
        self.numbers: list[int] = []
        self.fences: dict[int, int] = {}
        with self.store.transaction() as tx:
            told = {"by": "test", "reason": "as agreed", "currency": "RUB", "amount": NEEDS_APPROVAL}
            approval_rules.add(tx, SOURCE, counterparty_id="party", **told)

    def teardown(self) -> None:
        if not hasattr(self, "store"):
            return
        try:
            self._come_to_rest()
        finally:
            self.store.close()
            self.file.unlink()

    @rule(amount=st.sampled_from((1_000, 9_000)))
    def place(self, amount: int) -> None:
        with self.store.transaction() as tx:
            kept = order_flow.draft(tx, SOURCE, f"Z-{len(self.numbers)}", placing.order(amount), "key:1")
            if amount < NEEDS_APPROVAL:
                self.approved.add(kept.digest)
            self.numbers.append(order_flow.place(tx, self.settings, kept, "key:1").number)

    @precondition(lambda self: self.numbers)
    @rule(data=st.data(), yes=st.booleans())
    def decide(self, data: st.DataObject, yes: bool) -> None:
        one = self._one(data, "awaiting_approval")
        if one is not None and yes:
            self.approved.add(one.digest)
            self._try(lambda tx: order_flow.approve(tx, self.settings, one, "user:boss", ""))
        elif one is not None:
            self._try(lambda tx: order_flow.decline(tx, one, "user:boss", "too dear"))

    @precondition(lambda self: self.numbers)
    @rule(data=st.data(), amount=st.sampled_from((2_000, 8_000)))
    def change(self, data: st.DataObject, amount: int) -> None:
        one = self._one(data, "awaiting_approval", "rejected")
        if one is None:
            return

        def change(tx: Tx) -> Submission:
            changed = order_flow.change(
                tx, one, placing.order(amount, comment=f"for {one.reference}"), "key:1"
            )
            if amount < NEEDS_APPROVAL:
                self.approved.add(changed.digest)
            return order_flow.place(tx, self.settings, changed, "key:1")

        self._try(change)

    @precondition(lambda self: self.numbers)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        one = self._one(data)
        if one is not None:
            self._try(lambda tx: order_flow.cancel(tx, one, "key:1", "not needed"))

    @precondition(lambda self: self.numbers)
    @rule(data=st.data())
    def try_again(self, data: st.DataObject) -> None:
        one = self._one(data, "rejected")
        if one is not None:
            self._try(lambda tx: outbox_settling.again(tx, one, "user:ito", "the period is open now"))

    @precondition(lambda self: self.numbers)
    @rule(fates=st.lists(st.sampled_from(OUTCOMES), max_size=8))
    def push(self, fates: list[str]) -> None:
        self.papers.fates = fates
        self._push()
        self.papers.fates = []

    @rule(arrives=st.booleans())
    def time_passes(self, arrives: bool) -> None:
        """Long enough for whatever was sent: it was worked on, or it never will be."""
        while self.papers.late:
            if arrives:
                self.papers.arrive()
            else:
                self.papers.late.pop()
        with self.store.transaction() as tx:
            tx.connection.execute(update(OUTBOX).values(next_at=tx.now))
            tx.connection.execute(
                update(OUTBOX).where(OUTBOX.c.sent_at.is_not(None)).values(sent_at=tx.now - LONG_AGO)
            )

    @precondition(lambda self: self.papers.late)
    @rule()
    def arrive(self) -> None:
        self.papers.arrive()

    @precondition(lambda self: self.papers.documents)
    @rule(data=st.data(), what=st.sampled_from(("edited", "marked", "posted")))
    def somebody_edits(self, data: st.DataObject, what: str) -> None:
        """In the books, by hand."""
        row = self.papers.documents[data.draw(st.sampled_from(sorted(self.papers.documents)))]
        if what == "edited":
            row["body"] = {**row["body"], "comment": "changed by the manager"}
        elif what == "marked" or not row["marked"]:
            row.update(marked=what == "marked", posted=what == "posted")

    @invariant()
    def nothing_is_twice_in_the_books(self) -> None:
        ids = [row["id"] for row in getattr(self, "papers", Papers(True)).documents.values()]
        assert len(ids) == len(set(ids)), "an order is there twice"

    @invariant()
    def every_step_is_one_that_may_be(self) -> None:
        if not hasattr(self, "store"):
            return
        with self.store.reading() as tx:
            column = SUBMISSION_STEP.c
            steps = tx.connection.execute(select(SUBMISSION_STEP).order_by(column.id)).all()
            states = dict(map(tuple, tx.connection.execute(select(SUBMISSION.c.number, SUBMISSION.c.state))))
            fences = tx.connection.execute(select(OUTBOX.c.submission_number, OUTBOX.c.fence)).all()
        at: dict[int, str] = {}
        for one in steps:
            assert may_step(one.before, one.after)
            assert one.before == at.get(one.submission_number, "draft")
            at[one.submission_number] = one.after
        assert at.items() <= states.items()
        for number, fence in fences:
            assert fence >= self.fences.get(number, 0), "a fence went back"
            self.fences[number] = fence

    def _one(self, data: st.DataObject, *among: State) -> Submission | None:
        with self.store.reading() as tx:
            known = [submissions.by_number(tx, number) for number in self.numbers]
        fitting = [one for one in known if not among or one.state in among]
        return data.draw(st.sampled_from(fitting)) if fitting else None

    def _try(self, decide: Callable[[Tx], Submission]) -> None:
        """What does not go with its state is refused, and changes nothing."""
        try:
            with self.store.transaction() as tx:
                decide(tx)
        except HubError:
            return

    def _push(self) -> bool:
        """One worker takes one order and goes as far as it comes; tells whether there was one."""
        holder = f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex}"
        with self.store.transaction() as tx:
            claim = outbox.claim(tx, SOURCE, holder, 60)
        if claim is None:
            return False
        gate, before = Gate(self.store, SOURCE, None), (self.papers.gate, self.papers.overtake)
        gate.holds(claim)
        self.papers.gate, self.papers.overtake = gate, lambda: self._taken_over(claim)
        try:
            push_steps.push(self._pushing(claim))
        except HubError:
            with self.store.transaction() as tx:
                outbox.release(tx, claim, tx.now)
        except DiedError:
            self._run_out(claim)
        finally:
            self.papers.gate, self.papers.overtake = before
        return True

    def _pushing(self, claim: Claim) -> Pushing:
        own: OrderSettings = self.settings.sources[0].orders
        with self.store.reading() as tx:
            body = submissions.body(tx, claim.submission)
        sent = {"id": claim.submission.id, "body": body}
        papers: Any = self.papers
        kind: Any = Kind()
        books = Books(self.store, claim, papers, kind, sent, own.chosen_key, "run")
        return Pushing(self.store, own, claim, books, body)

    def _taken_over(self, claim: Claim) -> None:
        """It slept for so long that another worker has begun and ended meanwhile, and nothing counts as under way."""
        self._run_out(claim)
        self.papers.fates = []
        for _ in range(MOST_PUSHES):
            self._push()
            self.time_passes(arrives=False)

    def _run_out(self, claim: Claim) -> None:
        with self.store.transaction() as tx:
            mine = update(OUTBOX).where(OUTBOX.c.submission_number == claim.submission.number)
            tx.connection.execute(mine.values(held_until=tx.now - LONG_AGO))

    def _must_be_approved(self, content: Row) -> None:
        assert digest(content["body"]) in self.approved, "pushed, and never approved"

    def _come_to_rest(self) -> None:
        """When nothing goes wrong any more, every order is somewhere where it may stay, and the books agree."""
        for _ in range(MOST_STEPS):
            self.time_passes(arrives=True)
            while self._push():
                pass
        with self.store.reading() as tx:
            for number in self.numbers:
                self._agrees(submissions.by_number(tx, number))

    def _agrees(self, one: Submission) -> None:
        rows = [row for row in self.papers.documents.values() if row["id"] == one.id]
        assert len(rows) <= 1
        assert one.state in AT_REST, f"it is still {one.state}"
        if one.state == "confirmed":
            assert rows, "confirmed, and not there"
        if one.state in ("draft", "awaiting_approval", "held"):
            assert not rows, "it is there too early"
        if one.state == "rejected" and rows and not rows[0]["marked"]:
            assert one.ref_key, "it is there, and nobody is told which it is"


def test_an_order_is_in_the_books_once_whatever_happens(tmp_path: Path) -> None:
    class Machine(OrderMachine):
        folder = tmp_path

    quick = settings(
        max_examples=12,
        stateful_step_count=15,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    run_state_machine_as_test(Machine, settings=quick)
