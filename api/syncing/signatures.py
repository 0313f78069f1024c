"""Whether a message comes from who shares the key: Standard Webhooks, https://www.standardwebhooks.com."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from datetime import datetime

from api.web.errors import ProblemError
from schemas.settings import Secret
from schemas.signing import HEADERS, sign

TOLERANCE_S = 300
_ID = re.compile(r"[\x21-\x7e]{1,200}")
_SECONDS = re.compile(r"[0-9]{1,15}")


def verify(headers: Mapping[str, str], body: bytes, secret: Secret, now: datetime) -> str:
    """Give the message's id if one of its signatures is of `secret` and it was sent not long ago.

    Errors: ProblemError invalid_signature; which of the reasons it was is told, never what was expected.
    """
    message_id, sent, signatures = (headers.get(name, "") for name in HEADERS)
    if not _ID.fullmatch(message_id) or not _SECONDS.fullmatch(sent) or not signatures:
        raise _refused(f"The headers {', '.join(HEADERS)} are missing or not of their form.")
    if abs(now.timestamp() - int(sent)) > TOLERANCE_S:
        raise _refused("The message was not signed within the last five minutes.")
    expected = sign(message_id, sent, body, secret)
    given = [text.removeprefix("v1,") for text in signatures.split() if text.startswith("v1,")]
    if not any(hmac.compare_digest(one.encode(), expected.encode()) for one in given):
        raise _refused("None of the signatures fits the message.")
    return message_id


def _refused(detail: str) -> ProblemError:
    return ProblemError(
        "invalid_signature",
        detail,
        hint="Sign `id.timestamp.body` with the key that this hub has for the source; compare the clocks too.",
    )
