"""States, verdicts and reasons in people's words."""

from __future__ import annotations

from gettext import NullTranslations

from desk.frame.pages import Badge
from desk.statements.periods import Preset
from schemas.languages import Language
from schemas.matching import Kind
from schemas.reconciliation import Producer
from schemas.reconciliation_differences import DifferenceKind
from schemas.statements import State, Verdict, Why

STATE_BADGES: dict[State, Badge] = {
    "draft": "mute",
    "sent": "wait",
    "agreed": "ok",
    "signed": "ok",
    "disagreement": "bad",
}
VERDICT_BADGES: dict[Verdict, Badge] = {
    "agrees": "ok",
    "pending": "wait",
    "differs": "warn",
    "unexplained": "bad",
}


def states(text: NullTranslations) -> dict[State, str]:
    return {
        "draft": text.gettext("Draft"),
        "sent": text.gettext("Sent"),
        "agreed": text.gettext("Agreed"),
        "signed": text.gettext("Signed"),
        "disagreement": text.gettext("Disagreement"),
    }


def verdicts(text: NullTranslations) -> dict[Verdict, str]:
    return {
        "agrees": text.gettext("Compared, agrees"),
        "pending": text.gettext("Not compared yet"),
        "differs": text.gettext("Differs, explained"),
        "unexplained": text.gettext("Unexplained difference"),
    }


def producers(text: NullTranslations) -> dict[Producer, str]:
    return {
        "soap": text.gettext("the accounting system's own report"),
        "odata": text.gettext("the accounting system's totals and movements"),
        "store": text.gettext("the hub"),
    }


def differences(text: NullTranslations) -> dict[DifferenceKind, str]:
    """The hub is the left one, the accounting system the right one."""
    return {
        "missing_left": text.gettext("Only in the accounting system"),
        "missing_right": text.gettext("Only in the hub"),
        "amount": text.gettext("Another amount"),
        "sign": text.gettext("On the other side"),
        "date": text.gettext("Another day"),
        "contract": text.gettext("Another contract"),
        "opening": text.gettext("Opening balance: the reason is before the period"),
        "turnovers": text.gettext("Turnovers in the columns, not in the balance"),
        "unexplained": text.gettext("No document explains it"),
    }


def disagreements(text: NullTranslations) -> dict[Kind, str]:
    return {
        "missing_here": text.gettext("Only they have it"),
        "missing_there": text.gettext("Only we have it"),
        "amount": text.gettext("Another amount"),
        "side": text.gettext("On the other side"),
        "date": text.gettext("Days too far apart"),
    }


def presets(text: NullTranslations) -> dict[Preset, str]:
    return {
        "this_month": text.gettext("This month"),
        "last_month": text.gettext("Last month"),
        "this_quarter": text.gettext("This quarter"),
        "last_quarter": text.gettext("Last quarter"),
        "this_year": text.gettext("This year"),
        "last_year": text.gettext("Last year"),
        "since_agreed": text.gettext("Since the last agreed one"),
    }


def contract_kinds(text: NullTranslations) -> dict[str, str]:
    return {
        "sale": text.gettext("Sale"),
        "purchase": text.gettext("Purchase"),
        "commission": text.gettext("Commission"),
        "other": text.gettext("Other"),
    }


def waits(text: NullTranslations) -> dict[Why, str]:
    """Why the accounting system was not heard yet."""
    return {
        "asking": text.gettext("The accounting system is being asked for its own drawing right now."),
        "source_paused": text.gettext("The base is paused at the hub; it is asked when somebody resumes it."),
        "quiet_hours": text.gettext("The base is left alone at these hours; it is asked when they end."),
        "source_unavailable": text.gettext("The base does not answer; it is asked again by itself."),
        "source_refused": text.gettext(
            "The base refuses, or answers what cannot be read. Whoever operates the hub must look at it."
        ),
        "internal_error": text.gettext("The hub stumbled. Whoever operates the hub must look at it."),
    }


def failures(text: NullTranslations) -> dict[str, str]:
    """Why a request came to nothing, and what to do."""
    return {
        "source_paused": text.gettext("The base is paused at the hub. Ask again when it is resumed."),
        "quiet_hours": text.gettext("The base is left alone at these hours. Ask again when they end."),
        "source_unavailable": text.gettext("The base does not answer. Ask again in some minutes."),
        "source_refused": text.gettext(
            "The base refuses, or answers what cannot be read. Ask whoever operates the hub to look at it."
        ),
        "waited_too_long": text.gettext("It waited too long for its turn. Ask again in some minutes."),
        "internal_error": text.gettext(
            "The hub could not draw it. Ask whoever operates the hub to look at it."
        ),
    }


def steps(text: NullTranslations) -> dict[State, str]:
    """What was done, by the state it led to."""
    return {
        "draft": text.gettext("Taken back to be a draft"),
        "sent": text.gettext("Marked as sent"),
        "agreed": text.gettext("Marked as agreed"),
        "signed": text.gettext("Marked as signed"),
        "disagreement": text.gettext("Disagreement noted"),
    }


def languages(text: NullTranslations) -> dict[Language, str]:
    """As in "a print in Russian"."""
    return {
        "ru": text.gettext("Russian"),
        "uk": text.gettext("Ukrainian"),
        "en": text.gettext("English"),
    }
