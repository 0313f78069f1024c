"""The keys that sign what is sent to a webhook: one, or while it is being changed the old ones beside the new one."""

from __future__ import annotations

import base64
import json
import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from schemas.settings import Secret
from schemas.signing import PREFIX
from schemas.webhooks import OLD_SECRET_SIGNS_FOR
from store.engine import Tx
from store.tables_of_news import WEBHOOK

MOST = 5  # that sign at once: a receiver reads their signatures from one header


def new() -> Secret:
    """192 random bits, as the standard asks for."""
    return Secret(PREFIX + base64.b64encode(secrets.token_bytes(24)).decode())


def only(secret: Secret) -> str:
    """What is kept of a webhook that has one secret."""
    return json.dumps([_kept(secret)])


def valid(tx: Tx, webhook_id: str, now: datetime) -> tuple[Secret, ...]:
    """The secrets that sign now, the newest first; none where the webhook is gone."""
    return tuple(Secret(one["secret"]) for one in _valid(tx, webhook_id, now))


def rotate(tx: Tx, webhook_id: str) -> Secret:
    """Give a new secret. Those before sign beside it for a day, so that the receiver can change over."""
    tx.alone(f"secrets of {webhook_id}")
    secret, until = new(), (tx.now + OLD_SECRET_SIGNS_FOR).isoformat()
    old = [{**one, "until": one["until"] or until} for one in _valid(tx, webhook_id, tx.now)]
    kept = json.dumps([_kept(secret), *old][:MOST])
    tx.connection.execute(update(WEBHOOK).where(WEBHOOK.c.id == webhook_id).values(secrets=kept))
    return secret


def _kept(secret: Secret) -> dict[str, Any]:
    return {"secret": secret.value, "until": None}


def _valid(tx: Tx, webhook_id: str, now: datetime) -> list[dict[str, Any]]:
    text = tx.connection.execute(select(WEBHOOK.c.secrets).where(WEBHOOK.c.id == webhook_id)).scalar()
    kept: list[dict[str, Any]] = json.loads(text) if text else []
    return [one for one in kept if one["until"] is None or datetime.fromisoformat(one["until"]) > now]
