"""New legal entities and delivery points, brought to the books by the steps of orders; ADR 0030.

What was there already is adopted: confirmed as it is. One that was made by a company for itself adopts only what is
of that company: a stranger's is for the supplier's people to settle.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from assets.push_books import Books, Paper
from assets.push_party_books import CounterpartyBooks, DeliveryBooks
from assets.pushing import BY, Pushing
from connectors.writing import Writing
from mappings import outgoing
from mappings.outgoing import Matched, SectionRow
from schemas import parties
from schemas.errors import StoreError
from schemas.settings import OrderSettings, SourceSettings
from store import party_matches, submissions
from store.engine import Store
from store.outbox import Claim
from store.submissions import Submission

LOOKS_AGAIN = timedelta(seconds=15)
OF_ANOTHER = "The books have this tax number, and not as one of the company that asks for it."


def pushing(store: Store, settings: SourceSettings, claim: Claim, writing: Writing, run_id: str) -> Pushing:
    """Errors: ConfigurationError, StoreError."""
    if claim.submission.kind == "counterparty":
        return _counterparty(store, settings, claim, writing, run_id)
    return _delivery_point(store, settings, claim, writing, run_id)


def is_adopted(submission: Submission, paper: Paper) -> bool:
    """Whether it was there before: what it says is the books' own business."""
    return submission.kind == "counterparty" and submission.why == "found" and not paper.is_ours


def adopted(one: Pushing, submission: Submission, paper: Paper) -> Submission:
    if not _may_have(one, submission, paper):
        return one.step(submission, "rejected", why="found", said=OF_ANOTHER, ref_key=None)
    return one.step(submission, "confirmed", why="found", **paper.named)


def _may_have(one: Pushing, submission: Submission, paper: Paper) -> bool:
    """Of the company that asks, or chosen by a person."""
    head = submission.counterparty_id
    if head is None:
        return True
    with one.store.reading() as tx:
        by_person = submissions.steps(tx, submission)[-1].by != BY
        company = party_matches.of_company(tx, submission.source, head)
    kind = one.books.outgoing
    assert isinstance(kind, Matched)
    return by_person or paper.ref_key in company or kind.head_of(paper.row) in company


def _counterparty(
    store: Store, settings: SourceSettings, claim: Claim, writing: Writing, run_id: str
) -> Pushing:
    with store.reading() as tx:
        body = submissions.body(tx, claim.submission)
        wanted = parties.counterparty(body)
        facts = party_matches.facts(tx, claim.submission, wanted)
    kind = outgoing.outgoing(settings, "counterparty")
    assert isinstance(kind, Matched)
    partner = outgoing.partner(settings) if facts.partner_id is None else None
    books = CounterpartyBooks(
        store,
        claim,
        writing,
        kind,
        kind.build(facts, wanted),
        settings.orders.chosen_key,
        run_id,
        matched=kind,
        wanted=wanted,
        partner=partner,
        partner_sent=partner.build(facts, wanted) if partner else {},
    )
    return Pushing(store, _patient(settings), claim, books, body)


def _delivery_point(
    store: Store, settings: SourceSettings, claim: Claim, writing: Writing, run_id: str
) -> Pushing:
    with store.reading() as tx:
        body = submissions.body(tx, claim.submission)
        wanted = parties.delivery_point(body)
        facts = party_matches.facts(tx, claim.submission, wanted)
    kind = outgoing.outgoing(settings, "delivery_point")
    assert isinstance(kind, SectionRow)
    if facts.partner_id is None:
        raise StoreError("The counterparty has no partner", hint="Give it one in the books")
    books: Books = DeliveryBooks(
        store,
        claim,
        writing,
        kind,
        kind.build(facts, wanted),
        False,
        run_id,
        section=kind,
        partner_id=facts.partner_id,
    )
    return Pushing(store, _patient(settings), claim, books, body)


def _patient(settings: SourceSettings) -> OrderSettings:
    """A key of ours keeps away a second one of itself, not one beside another's: absent is what cannot arrive."""
    return replace(settings.orders, chosen_key=False)
