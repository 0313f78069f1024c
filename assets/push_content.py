"""What is written of a submission: its approved content in the words of the books, by its kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mappings import outgoing
from mappings.outgoing import Outgoing
from schemas import orders
from schemas.outgoing import Row
from schemas.settings import SourceSettings
from store import document_facts, submissions
from store.engine import Tx
from store.submissions import Submission


def of(tx: Tx, settings: SourceSettings, submission: Submission) -> tuple[Mapping[str, Any], Row, Outgoing]:
    """What it says, what is sent of that, and the declaration that tells how.

    Errors: ConfigurationError where the base's mapping does not write this kind.
    """
    body = submissions.body(tx, submission)
    declared = outgoing.outgoing(settings, submission.kind)
    order = orders.order(body)
    facts = document_facts.gather(tx, submission, order, settings.time_zone)
    return body, declared.build(facts, order), declared
