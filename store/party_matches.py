"""Which legal entities of the store a new one may be, and what the books need to keep a new one."""

from __future__ import annotations

from sqlalchemy import select

from schemas import TABLES, parties
from schemas.errors import StoreError
from schemas.parties import NewCounterparty, NewDeliveryPoint, PartyFacts
from schemas.records.counterparty import Counterparty
from store import records, tenancy
from store.engine import Tx
from store.record_tables import STORED
from store.submissions import Submission

_PARTY, _KIND = STORED[TABLES["counterparty"]].c, STORED[TABLES["contact_kind"]].c


def same(tx: Tx, source: str, wanted: NewCounterparty) -> list[str]:
    """The keys of those that are it by their tax numbers, whoever reads; what is marked for deletion is none."""
    known_by = (
        _PARTY.tax_id == wanted.tax_id if wanted.tax_id else _PARTY.registry_code == wanted.registry_code
    )
    query = select(_PARTY.id, _PARTY.tax_id, _PARTY.tax_reason_code, _PARTY.registry_code).where(
        _PARTY.source == source, known_by, _PARTY.gone_at.is_(None), ~_PARTY.deletion_mark
    )
    found = tx.connection.execute(query.order_by(_PARTY.id))
    return [
        row.id for row in found if parties.is_same(wanted, row.tax_id, row.tax_reason_code, row.registry_code)
    ]


def stands(tx: Tx, source: str, key: str) -> bool:
    """Whether the books have this counterparty, and nobody marked it."""
    query = select(_PARTY.id).where(
        _PARTY.source == source, _PARTY.id == key, _PARTY.gone_at.is_(None), ~_PARTY.deletion_mark
    )
    return tx.connection.execute(query).first() is not None


def of_company(tx: Tx, source: str, head_id: str) -> set[str]:
    """The counterparties of this company."""
    return tenancy.below(tx, source, tenancy.above(tx, source, head_id)[-1])


def facts(tx: Tx, submission: Submission, wanted: NewCounterparty | NewDeliveryPoint) -> PartyFacts:
    """Errors: StoreError where the store does not know the head, the partner or the kinds of addresses."""
    source = submission.source
    kinds = select(_KIND.code, _KIND.id).where(
        _KIND.source == source, _KIND.code != "", _KIND.gone_at.is_(None), ~_KIND.deletion_mark
    )
    known = {row.code: row.id for row in tx.connection.execute(kinds.order_by(_KIND.id.desc()))}
    of = wanted.head_id if isinstance(wanted, NewCounterparty) else wanted.counterparty_id
    owner: Counterparty | None = records.get(tx, TABLES["counterparty"], source, (of,)) if of else None
    if of and (owner is None or owner.partner_id is None):
        raise StoreError(
            "The store has no counterparty with a partner that a request from the portal names",
            hint="Pull the counterparties of the base; if it was deleted there, cancel the request",
            source=source,
            submission=submission.id,
        )
    is_branch = False
    if owner is not None and isinstance(wanted, NewCounterparty):
        is_branch = wanted.lane == (owner.tax_id if wanted.tax_id else owner.registry_code)
    return PartyFacts(
        id=submission.id, kinds=known, partner_id=owner.partner_id if owner else None, is_branch=is_branch
    )
