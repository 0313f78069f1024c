"""States, verdicts and figures in people's words."""

from __future__ import annotations

from collections.abc import Mapping
from gettext import NullTranslations

from desk.frame.pages import Badge
from store.agreement import State, Verdict
from store.operations import Progress

BADGES: Mapping[State, Badge] = {
    "agreed": "ok",
    "differs": "bad",
    "incomplete": "bad",
    "unsettled": "warn",
    "failed": "warn",
}


def states(text: NullTranslations) -> Mapping[State, str]:
    return {
        "agreed": text.gettext("agrees with the books"),
        "differs": text.gettext("differs from the books"),
        "incomplete": text.gettext("differs, not every document found"),
        "unsettled": text.gettext("was being changed meanwhile"),
        "failed": text.gettext("could not be compared"),
    }


def verdicts(text: NullTranslations) -> Mapping[Verdict, str]:
    return {
        "missing_in_hub": text.gettext("missing in the hub"),
        "missing_in_books": text.gettext("not in 1C"),
        "differs": text.gettext("another amount"),
        "rejected": text.gettext("in quarantine"),
        "unsettled": text.gettext("being changed in 1C"),
    }


def fields(text: NullTranslations) -> Mapping[str, str]:
    return {
        "amount": text.gettext("balance"),
        "debt": text.gettext("debt by due date"),
        "advance": text.gettext("advance"),
    }


def waits(text: NullTranslations) -> Mapping[Progress, str]:
    """What goes on, of what was asked for here."""
    return {
        "queued": text.gettext("Waiting for its turn"),
        "source_paused": text.gettext("The base is paused: it begins when somebody resumes it"),
        "source_unavailable": text.gettext("1C does not answer: it is tried again"),
        "reading": text.gettext("Reading from 1C"),
        "comparing": text.gettext("Comparing every figure with the books"),
    }
