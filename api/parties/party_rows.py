"""A counterparty as lists show it, and how to reach it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct

from api.money.answers import Id
from api.web.ids import external
from api.web.sparse import Maybe
from schemas.settings import SourceSettings


class HeadOffice(Struct, frozen=True, kw_only=True):
    id: Id
    name: str


class CounterpartyRow(Struct, frozen=True, kw_only=True):
    """A legal party. Fields that `fields` left out are not there; otherwise all of them are.

    `head_office` is null for a head office, and where the key does not see it. `code` and `manager` are those
    of the trading relationship, which several counterparties may share.
    """

    id: Id
    name: Maybe[str] = UNSET
    legal_name: Maybe[str] = UNSET
    code: Maybe[str | None] = UNSET
    kind: Maybe[Annotated[str, Meta(description="company | foreign_company | sole_proprietor | person")]] = (
        UNSET
    )
    status: Maybe[Annotated[str, Meta(description="active | closed")]] = UNSET
    head_office: Maybe[HeadOffice | None] = UNSET
    is_branch: Maybe[bool] = UNSET
    tax_id: Maybe[str | None] = UNSET
    tax_reason_code: Maybe[str | None] = UNSET
    registry_code: Maybe[str | None] = UNSET
    registration_number: Maybe[str | None] = UNSET
    foreign_tax_number: Maybe[str | None] = UNSET
    manager: Maybe[Annotated[str | None, Meta(description="The person who looks after it (BS-19).")]] = UNSET
    is_deleted: Maybe[Annotated[bool, Meta(description="It is no longer in the accounting system.")]] = UNSET
    updated_at: Maybe[Annotated[datetime, Meta(description="When the counterparty's own data changed.")]] = (
        UNSET
    )


class ContactPoint(Struct, frozen=True, kw_only=True):
    """A phone, an e-mail or an address, and what it is for.

    `purpose_code` is the accounting system's own name of the purpose, null for purposes that its users added.
    """

    type: Annotated[str, Meta(description="address | phone | email | fax | messenger | web | other")]
    purpose: str | None
    purpose_code: str | None
    text: str


class Contact(Struct, frozen=True, kw_only=True):
    """A person of the buyer (BC-02)."""

    id: Id
    name: str
    position: str | None
    contact_points: list[ContactPoint]


class DeliveryPoint(Struct, frozen=True, kw_only=True):
    """A place goods are delivered to (CM-08)."""

    number: int
    address: str
    city: str | None
    region: str | None


def values(row: Any, source: SourceSettings) -> dict[str, Any]:
    """The fields of a `store.parties` row."""
    texts = ("tax_id", "tax_reason_code", "registry_code", "registration_number", "foreign_tax_number")
    head = None
    if row.seen_head_id is not None:
        head = HeadOffice(id=external(source.id, row.seen_head_id), name=row.head_name)
    return {
        "id": external(source.id, row.id),
        "name": row.name,
        "legal_name": row.legal_name,
        "code": row.code or None,
        "kind": row.kind,
        "status": row.status,
        "head_office": head,
        "is_branch": row.is_branch,
        **{name: getattr(row, name) or None for name in texts},
        "manager": row.manager_name or None,
        "is_deleted": row.gone_at is not None,
        "updated_at": row.changed_at.astimezone(source.time_zone),
    }


def points(rows: Iterable[Any], owner_id: str | None) -> list[ContactPoint]:
    """Those of one owner."""
    return [
        ContactPoint(type=row.type, purpose=row.name or None, purpose_code=row.code or None, text=row.text)
        for row in rows
        if row.owner_id == owner_id
    ]


def contact(row: Any, source: str, rows: Iterable[Any]) -> Contact:
    return Contact(
        id=external(source, row.id),
        name=row.name,
        position=row.position or None,
        contact_points=points(rows, row.id),
    )


def delivery(row: Any) -> DeliveryPoint:
    return DeliveryPoint(
        number=row.line_no, address=row.address, city=row.city or None, region=row.region or None
    )
