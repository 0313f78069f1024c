"""What it means that no answer came at all."""

from __future__ import annotations

import requests

from connectors.answers import Reason
from connectors.retrying import TryAgain
from schemas.errors import SourceError, SourceUnavailableError


def no_answer(error: Exception, target: str, source: str) -> SourceError | TryAgain:
    """The error to raise for a failed connection: to be tried again unless the address itself is wrong."""
    what, hint = (
        "cannot be reached",
        "check base_url, the network and whether the web server runs: saldo check",
    )
    reason: Reason | None = None
    if isinstance(error, requests.ReadTimeout):
        what, hint = (
            "did not answer in time",
            "raise timeouts.read_s or lower limits.page_rows of this source",
        )
        reason = "timeout"
    elif isinstance(error, requests.exceptions.SSLError):
        what, hint = (
            "has no trusted certificate",
            "name its authority's certificate in REQUESTS_CA_BUNDLE",
        )
    failure = SourceUnavailableError(
        f"the accounting system {what} ({type(error).__name__})",
        hint=hint, source=source, request=target, reason=reason,
    )  # fmt: skip
    permanent = isinstance(error, requests.exceptions.SSLError | requests.exceptions.InvalidURL)
    return failure if permanent else TryAgain(failure, "soon")
