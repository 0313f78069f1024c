"""Keys of the API: made once, kept as a hash, never deleted, so that the log can always tell who it was."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from schemas import TABLES
from schemas.api_keys import PERMISSIONS, ApiKey, Permission, Reach
from schemas.errors import StoreError
from store import records
from store.engine import Tx
from store.tables_of_api import API_KEY

PREFIX = "saldo"
LISTED_BY = "saldo keys list"


def create(
    tx: Tx,
    *,
    name: str,
    by: str,
    permissions: Sequence[Permission],
    source: str | None = None,
    counterparty_id: str | None = None,
    contact_id: str | None = None,
    reach: Reach = "branch",
    per_minute: int | None = None,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """Give a new key and the text to send, which nobody can show again: `saldo_<number>_<secret>`.

    Errors: StoreError where what it is bound to is not in the store, or says less than it must.
    """
    _refuse_unbound(source, counterparty_id, contact_id, reach)
    _refuse_unknown(tx, permissions, source, counterparty_id, contact_id)
    number, secret = secrets.token_hex(6), secrets.token_hex(24)
    row = {
        "number": number,
        "hash": _hash(secret),
        "name": name,
        "permissions": json.dumps(sorted(permissions)),
        "source": source,
        "counterparty_id": counterparty_id,
        "contact_id": contact_id,
        "reach": reach,
        "per_minute": per_minute,
        "created_at": tx.now,
        "created_by": by,
        "expires_at": expires_at,
    }
    tx.connection.execute(insert(API_KEY).values(**row))
    found = get(tx, number)
    if found is None:
        raise RuntimeError("the key that was just made is not there")
    return found, f"{PREFIX}_{number}_{secret}"


def find(tx: Tx, text: str) -> ApiKey | None:
    """Give the key that this text is, revoked or not; None where it is none of ours."""
    prefix, _, rest = text.partition("_")
    number, _, secret = rest.partition("_")
    if prefix != PREFIX or not number or not secret:
        return None
    row = tx.connection.execute(select(API_KEY).where(API_KEY.c.number == number)).mappings().one_or_none()
    if row is None or not hmac.compare_digest(row["hash"], _hash(secret)):
        return None
    return _key(row)


def get(tx: Tx, number: str) -> ApiKey | None:
    row = tx.connection.execute(select(API_KEY).where(API_KEY.c.number == number)).mappings().one_or_none()
    return None if row is None else _key(row)


def every(tx: Tx) -> list[ApiKey]:
    """All there ever were, the newest first."""
    rows = tx.connection.execute(select(API_KEY).order_by(API_KEY.c.created_at.desc(), API_KEY.c.number))
    return [_key(row) for row in rows.mappings()]


def revoke(tx: Tx, number: str, *, by: str) -> None:
    """Let a key be of no use any more. Errors: StoreError where no valid key has this number."""
    living = update(API_KEY).where(API_KEY.c.number == number, API_KEY.c.revoked_at.is_(None))
    if tx.connection.execute(living.values(revoked_at=tx.now, revoked_by=by)).rowcount == 0:
        raise StoreError("No key that is in use has this number", hint=f"`{LISTED_BY}` shows the numbers")


def _refuse_unbound(source: str | None, party: str | None, contact: str | None, reach: Reach) -> None:
    if party is not None and source is None:
        raise StoreError("A key for one company is for one accounting base", hint="Name the source too")
    if party is None and contact is not None:
        raise StoreError("A person without a company sees nothing", hint="Name the counterparty too")
    if (reach == "own") != (contact is not None):
        raise StoreError(
            "What is a person's own is seen by keys that name the person, and by no others",
            hint="Give both the contact and the reach own, or neither",
        )


def _refuse_unknown(
    tx: Tx, permissions: Sequence[Permission], source: str | None, party: str | None, contact: str | None
) -> None:
    if unknown := set(permissions) - set(PERMISSIONS):
        hint = f"Choose of {', '.join(PERMISSIONS)}"
        raise StoreError(f"There is no permission {', '.join(sorted(unknown))}", hint=hint)
    for table, key in (("counterparty", party), ("contact", contact)):
        if key is not None and records.get(tx, TABLES[table], source or "", (key,)) is None:
            hint = "Check the key; what is new in the accounting system comes with the next sync"
            raise StoreError(f"The store has no {table} with this key", hint=hint, source=source)


def _hash(secret: str) -> str:
    """Secrets are 192 random bits: nobody guesses them, so a slow hash would only slow down the API."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _key(row: Any) -> ApiKey:
    fields = {name: value for name, value in row.items() if name != "hash"}
    return ApiKey(**{**fields, "permissions": tuple(json.loads(row["permissions"]))})
