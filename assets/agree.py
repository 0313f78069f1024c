"""Holding the hub's totals against the accounting system's own, to the last unit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from assets.judging import Judged
from assets.ledgers import BooksLedger, HubLedger
from assets.proof import Proof, Terms, prove
from assets.sides import Register
from assets.source import Source
from assets.sync import Run
from connectors.odata import ODataClient
from mappings.values import Context
from schemas.errors import HubError
from schemas.types import WallClock
from store import agreement, reference
from store.agreement import Agreement, Difference, Document, State
from store.engine import Store
from store.ledger import Movements

NOW = "now"  # the kind of a comparison that is not written down


@dataclass(frozen=True, slots=True)
class Agreed:
    """One comparison as it is written down, and up to when everything was equal after it."""

    found: Agreement
    verified_through: WallClock | None

    @property
    def state(self) -> State:
        return self.found.state

    @property
    def is_alarm(self) -> bool:
        """The hub shows a figure that the books do not have: not a lag, and not a base in motion."""
        return self.found.state in agreement.ALARMS

    @property
    def differences(self) -> tuple[Difference, ...]:
        return self.found.differences

    @property
    def documents(self) -> tuple[Document, ...]:
        """The documents proven to differ, each once."""
        named = {
            document.recorder_id: document
            for one in self.found.differences
            for document in one.documents
            if document.verdict != "unsettled"
        }
        return tuple(named.values())


def agree(
    store: Store, client: ODataClient, source: Source, *, kind: str, run: Run, pull: Callable[[], object]
) -> Agreed:
    """Compare everything before this second, and write down what came of it, also of a failure.

    `pull` is the ordinary change detection of the source: what it cures was no discrepancy.
    """
    began = _begun(client, source, kind, run)
    registers = tuple(_registers(store, client, source))
    try:
        proof = prove(registers, _terms(source, began), pull)
    except HubError as error:
        _save(store, replace(began, requests=_requests(registers), error=str(error)))
        raise
    return _save(store, _ended(began, registers, proof, _state(proof.every)))


def suspect(store: Store, client: ODataClient, source: Source, run: Run) -> Agreement:
    """Compare now without a pull, and write nothing: what differs may be a lag."""
    began = _begun(client, source, NOW, run)
    registers = tuple(_registers(store, client, source))
    proof = prove(registers, _terms(source, began), None)
    found = _ended(began, registers, proof, "unsettled" if proof.every else "agreed")
    with store.reading() as tx:
        return agreement.with_owners(tx, found)


def _begun(client: ODataClient, source: Source, kind: str, run: Run) -> Agreement:
    """A comparison that came to nothing, so far."""
    moment = WallClock(client.wall_clock().isoformat())
    return Agreement(source.id, kind, run.id, datetime.now(UTC), None, moment, 0, 0, 0, "failed")


def _terms(source: Source, began: Agreement) -> Terms:
    limits = source.settings.limits
    history = WallClock(f"{source.settings.history_from.isoformat()}T00:00:00")
    moment = began.moment or history
    return Terms(moment, history, max(limits.page_rows // 4, 1), limits.agreement_requests)


def _registers(store: Store, client: ODataClient, source: Source) -> Iterator[Register]:
    def context() -> Context:
        with store.reading() as tx:
            return Context(reference.currency_codes(tx, source.id))

    for entity in source.entities:
        if entity.totals is not None:
            fields = tuple(entity.totals.resources)
            of = Movements(source.id, entity.name, entity.table, fields)
            books = BooksLedger(client, entity, entity.totals, context)
            yield Register(entity.name, fields, books, HubLedger(store, of))


def _requests(registers: Iterable[Register]) -> int:
    return sum(register.books.requests for register in registers)


def _state(judged: Iterable[Judged]) -> State:
    """The worst of what is proven; what was still changing in the books in the end proves nothing."""
    every = list(judged)
    proven = [one for one in every if one.is_proven]
    if not proven:
        return "unsettled" if every else "agreed"
    return "incomplete" if any(one.left for one in proven) else "differs"


def _ended(began: Agreement, registers: Sequence[Register], proof: Proof, state: State) -> Agreement:
    found = [
        difference
        for register in registers
        for judged in proof.judged.get(register.name, ())
        for difference in _differences(register, judged)
    ]
    return replace(
        began,
        compared=proof.compared,
        differing=len(found),
        requests=_requests(registers),
        state=state,
        differences=tuple(found),
    )


def _differences(register: Register, judged: Judged) -> Iterator[Difference]:
    """One for every amount of the record that differs, each with the documents it differs by."""
    for place, name in enumerate(register.fields):
        in_books, in_hub = judged.in_books[place], judged.in_hub[place]
        if in_books == in_hub:
            continue
        documents = tuple(
            Document(
                one.recorder_id,
                one.recorder_kind,
                one.dated_at,
                one.in_books[place],
                one.in_hub[place],
                one.verdict,
            )
            for one in judged.documents
            if one.in_books[place] != one.in_hub[place] or one.in_books == one.in_hub
        )
        start, end = judged.left or (None, None)
        yield Difference(register.name, name, *judged.cell, in_books, in_hub, documents, start, end)


def _save(store: Store, found: Agreement) -> Agreed:
    with store.transaction() as tx:
        saved = agreement.save(tx, found)
        return Agreed(saved, agreement.verified_through(tx, found.source))
