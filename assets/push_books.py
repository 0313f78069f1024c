"""The books as one push asks them: every request is written down before it leaves, and its answer is kept."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from connectors.writing import Answer, Writing
from mappings.outgoing import Outgoing
from schemas.errors import (
    LeaseLostError,
    NotReceivedError,
    SourceContractError,
    SourceError,
    SourceRefusedError,
    SourceUnavailableError,
    UnclearAnswerError,
)
from schemas.outgoing import Row
from schemas.source import RawPage, RawUnit, Scope
from store import landing, leases, outbox, outbox_attempts
from store.engine import Store
from store.outbox import Claim
from store.outbox_attempts import Action, Outcome
from store.submissions import Submission

LOG = logging.getLogger("saldo.push")
OUTCOMES: Mapping[type[Exception], Outcome] = {
    LeaseLostError: "not_received",  # the gate did not let it leave
    NotReceivedError: "not_received",
    SourceUnavailableError: "not_received",
    SourceRefusedError: "refused",
    UnclearAnswerError: "unclear",
    SourceContractError: "not_understood",
}


@dataclass(frozen=True, slots=True)
class Paper:
    """An accounting record as it was read."""

    row: Row
    ref_key: str
    number: str
    moment: str | None
    is_posted: bool
    is_marked: bool
    is_ours: bool

    @property
    def named(self) -> dict[str, Any]:
        """The columns of a submission that it fills."""
        return {"ref_key": self.ref_key, "document_number": self.number, "document_at": self.moment}


@dataclass(frozen=True, slots=True)
class Books:
    """`sent` is what is written. Errors: those of `connectors.writing`, and LeaseLostError before any request."""

    store: Store
    claim: Claim
    writing: Writing
    outgoing: Outgoing
    sent: Row
    chosen_key: bool
    run_id: str

    def look(self) -> tuple[Paper, ...]:
        """What is there of it, wherever it came from."""
        kind, own = self.outgoing, self.claim.submission
        found: dict[str, Paper] = {}
        if self.chosen_key:
            answer = self._ask("look", lambda: self.writing.read(kind.entity_set, kind.ref_key(own.id)))
            found.update((paper.ref_key, paper) for paper in map(self._paper, answer.rows))
        sought = kind.looked_for(self.sent)
        answer = self._ask("look", lambda: self.writing.find(kind.entity_set, sought))
        papers = [self._paper(row) for row in answer.rows]
        return tuple((found | {paper.ref_key: paper for paper in papers if paper.is_ours}).values())

    def read(self, submission: Submission) -> Paper | None:
        kind, key = self.outgoing, _key(submission)
        row = self._ask("read", lambda: self.writing.read(kind.entity_set, key)).row
        return None if row is None else self._paper(row)

    def create(self) -> Paper:
        kind, key = self.outgoing, {"Ref_Key": self.outgoing.ref_key(self.claim.submission.id)}
        content = {**(key if self.chosen_key else {}), **self.sent}
        answer = self._ask("create", lambda: self.writing.create(kind.entity_set, content))
        assert answer.row is not None
        paper = self._paper(answer.row)
        if self.chosen_key and paper.ref_key != key["Ref_Key"]:
            LOG.error(
                "%s does not keep keys: set orders.chosen_key = false for it", self.claim.submission.source
            )
        return paper

    def change(self, submission: Submission) -> None:
        self._ask(
            "change", lambda: self.writing.change(self.outgoing.entity_set, _key(submission), self.sent)
        )

    def post(self, submission: Submission) -> None:
        self._ask("post", lambda: self.writing.post(self.outgoing.entity_set, _key(submission)))

    def unpost(self, submission: Submission) -> None:
        self._ask("unpost", lambda: self.writing.unpost(self.outgoing.entity_set, _key(submission)))

    def mark(self, submission: Submission) -> None:
        """For deletion."""
        entity_set = self.outgoing.entity_set
        self._ask("mark", lambda: self.writing.mark_for_deletion(entity_set, _key(submission)))

    def _paper(self, row: Row) -> Paper:
        kind = self.outgoing
        return Paper(
            row,
            str(row["Ref_Key"]).lower(),
            kind.number_of(row),
            kind.moment_of(row),
            kind.is_posted(row),
            kind.is_marked(row),
            kind.is_ours(row, self.claim.submission.id),
        )

    def _ask(self, action: Action, request: Callable[[], Answer]) -> Answer:
        with self.store.transaction() as tx:
            outbox.renew(tx, self.claim)
            if action == "create":
                outbox.sending(tx, self.claim, leases.clock(tx))
            attempt = outbox_attempts.begin(tx, self.claim.submission.number, self.claim.fence, action)
        started = time.monotonic()
        try:
            answer = request()
        except (SourceError, LeaseLostError) as error:
            outcome = next(told for kind, told in OUTCOMES.items() if isinstance(error, kind))
            self._end(attempt, outcome, _received(error), started)
            raise
        self._end(attempt, "done", answer.page, started)
        return answer

    def _end(self, attempt: int, outcome: Outcome, page: RawPage, started: float) -> None:
        milliseconds, sha256 = round(1000 * (time.monotonic() - started)), None
        if page.body:
            own, unit = self.claim.submission, RawUnit(Scope(keys=(self.claim.submission.id,)), (page,))
            landing.save(
                self.store, own.source, outbox_attempts.ENTITY, unit, run_id=self.run_id, state="kept"
            )
            sha256 = hashlib.sha256(page.body).hexdigest()
        with self.store.transaction() as tx:
            outbox_attempts.end(tx, attempt, outcome, page.request, milliseconds, sha256)


def _key(submission: Submission) -> str:
    assert submission.ref_key is not None, "it is in a state of what the books have"
    return submission.ref_key


def _received(error: SourceError | LeaseLostError) -> RawPage:
    body = error.received if isinstance(error, SourceError) else None
    return RawPage(str(error.context.get("request", "")), body or b"", datetime.now(UTC), 0.0, "")
