"""How a message is signed: Standard Webhooks, https://www.standardwebhooks.com."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

from schemas.settings import Secret

PREFIX = "whsec_"
HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")


def sign(message_id: str, sent: str, body: bytes, secret: Secret) -> str:
    """Base64 of HMAC-SHA256 over `id.timestamp.body`. Nothing of ours that stands as an id has a point in it."""
    signed = b".".join((message_id.encode(), sent.encode(), body))
    return base64.b64encode(hmac.digest(_key(secret.value), signed, hashlib.sha256)).decode()


def _key(secret: str) -> bytes:
    """The bytes behind `whsec_<base64>`; a secret of another form is its own key."""
    if secret.startswith(PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
        except binascii.Error:
            pass
    return secret.encode()
