"""The books as the push of a new legal entity, or of a delivery point, asks them.

The look matches: what the books have of the same tax number, whoever brought it there, is taken as it is and nothing
is written. A delivery point is added to what its partner has: 1C replaces that part as a whole, so it is read right
before, sent again with the new row, and read back.
"""

from __future__ import annotations

from dataclasses import dataclass

from assets.push_books import Books, Paper
from mappings.outgoing import Matched, Outgoing, SectionRow
from schemas import parties
from schemas.errors import SourceRefusedError
from schemas.outgoing import Row
from schemas.parties import NewCounterparty
from store.submissions import Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterpartyBooks(Books):
    """`partner` is with whom it is traded; None where it comes under its head's partner."""

    matched: Matched
    wanted: NewCounterparty
    partner: Outgoing | None
    partner_sent: Row

    def look(self) -> tuple[Paper, ...]:
        """Its own where that is there, else those of the same tax number that nobody marked for deletion."""
        kind, own = self.matched, self.claim.submission
        found: dict[str, Paper] = {}
        if self.chosen_key:
            answer = self._ask("look", lambda: self.writing.read(kind.entity_set, kind.ref_key(own.id)))
            found.update((paper.ref_key, paper) for paper in map(self._paper, answer.rows))
        sought = kind.same_number(self.wanted)
        answer = self._ask("look", lambda: self.writing.find(kind.entity_set, sought))
        found |= {paper.ref_key: paper for paper in map(self._paper, answer.rows)}
        ours = tuple(one for one in found.values() if one.is_ours)
        same = tuple(
            one for one in found.values() if not one.is_marked and kind.is_same(self.wanted, one.row)
        )
        return ours or tuple(one for one in same if kind.is_exact(self.wanted, one.row)) or same

    def create(self) -> Paper:
        """A worker that dies between the two leaves a partner that is found again."""
        if self.partner is not None:
            self.sent[self.matched.partner_in] = self._partner(self.partner)
        return super(CounterpartyBooks, self).create()

    def _partner(self, kind: Outgoing) -> str:
        own = self.claim.submission.id
        key = kind.ref_key(parties.partner_key(own))
        rows: tuple[Row, ...] = ()
        if self.chosen_key:
            rows = self._ask("look", lambda: self.writing.read(kind.entity_set, key)).rows
        if not rows:
            sought = kind.looked_for(self.partner_sent)
            answer = self._ask("look", lambda: self.writing.find(kind.entity_set, sought))
            rows = tuple(row for row in answer.rows if kind.is_ours(row, own))
        if not rows:
            whole = {**({"Ref_Key": key} if self.chosen_key else {}), **self.partner_sent}
            rows = self._ask("create", lambda: self.writing.create(kind.entity_set, whole)).rows
        return str(rows[0]["Ref_Key"]).lower()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryBooks(Books):
    """`partner_id` is whose row it becomes."""

    section: SectionRow
    partner_id: str

    def look(self) -> tuple[Paper, ...]:
        owner = self._owner()
        if owner is None or self.section.there(self.sent, owner) is None:
            return ()
        return (self._paper(owner),)

    def create(self) -> Paper:
        kind, owner = self.section, self._owner()
        if owner is None or owner.get("DeletionMark") is True:
            raise _refused("The partner is not there, or is marked for deletion.", self.claim.submission)
        content, version = kind.with_it(self.sent, owner), str(owner.get("DataVersion") or "")
        answer = self._ask(
            "create",
            lambda: self.writing.change(kind.entity_set, self.partner_id, content, version=version),
        )
        assert answer.row is not None
        if lost := kind.lost(owner, answer.row):
            raise _refused(f"The base has not kept {lost} rows of {kind.section}.", self.claim.submission)
        return self._paper(answer.row)

    def _owner(self) -> Row | None:
        kind = self.section
        return self._ask("look", lambda: self.writing.read(kind.entity_set, self.partner_id)).row


def _refused(words: str, submission: Submission) -> SourceRefusedError:
    return SourceRefusedError(
        "a delivery point could not be added as it should",
        hint="look at the partner's contact information in the books, then send it again",
        words=words,
        submission=submission.id,
    )
