"""New legal entities of some from the portal: one the books have, one that they have as a stranger's."""

from __future__ import annotations

from schemas.parties import NewCounterparty
from schemas.submissions import State, identity
from store import party_flow, submissions
from tests.company.owners import BRANCH, STRANGER, guid, source_of
from tests.unit.api.books import Books

OF = (BRANCH, STRANGER)
NAME = "note"  # seen by whoever sees the owner's shipping note, which no person placed
WHO, WORDS = "said~who", "hush~words"
REFUSED: tuple[State, ...] = ("sending", "created", "rejected")


def id_(owner: str) -> str:
    source, wanted = source_of(owner), _wanted(owner)
    reference = f"{wanted.head_id}:{wanted.reference}"
    return f"{source}:{identity(source, 'counterparty', wanted.lane, reference)}"


def made(books: Books) -> list[str]:
    """Of each one that the books have as another's: what they said of it is told to nobody."""
    for owner in OF:
        with books.store.transaction() as tx:
            row = party_flow.place_counterparty(tx, source_of(owner), _wanted(owner), WHO, None)
            for state in REFUSED:
                why = "found" if state == "rejected" else None
                row = submissions.step(tx, row, state, by=WHO, why=why, note=WORDS, said=WORDS)
    return [id_(owner) for owner in OF]


def _wanted(owner: str) -> NewCounterparty:
    tag = f"{owner}.{NAME}"
    return NewCounterparty(
        reference=f"{tag}~party~reference",
        name=f"{tag}~party~name",
        legal_name=f"{tag}~party~legal",
        kind="company",
        tax_id="7707083893",
        head_id=guid("counterparty", owner),
    )


def hidden(seen: set[str]) -> set[str]:
    return {id_(owner) for owner in OF if f"{owner}.{NAME}" not in seen}
