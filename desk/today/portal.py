"""Orders that wait for somebody: to be decided, to be settled, to be mended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from gettext import NullTranslations
from typing import NamedTuple

from desk.frame.visits import Visit
from desk.today.notices import Notice, Tone
from schemas.submissions import State
from store import submission_lists
from store.engine import Tx
from store.submission_lists import Wanted

WAITING: tuple[State, ...] = ("awaiting_approval", "held", "uncertain", "rejected")


class _Told(NamedTuple):
    tone: Tone
    text: str
    about: str
    view: str


def notices(tx: Tx, visit: Visit) -> Iterator[Notice]:
    """What a person declined waits for nobody here."""
    counts = submission_lists.counts(tx, Wanted(kind="order", states=WAITING, declined=False))
    found = {state: count for (state, _), count in counts.items() if count}
    for state in WAITING:
        if state in found:
            yield _notice(visit.text, state, found[state])


def _notice(text: NullTranslations, state: State, count: int) -> Notice:
    told = _told(text, count)[state]
    return Notice(
        key=f"orders-{state}",
        tone=told.tone,
        text=told.text % {"count": count},
        about=told.about,
        fix=f"/desk/orders?view={told.view}&state={state}",
        label=text.gettext("Open the list"),
    )


def _told(text: NullTranslations, count: int) -> Mapping[State, _Told]:
    return {
        "awaiting_approval": _Told(
            "wait",
            text.ngettext("%(count)s order awaits approval", "%(count)s orders await approval", count),
            text.gettext("The counterparty's own people approve on the storefront, or you on their behalf."),
            "decide",
        ),
        "held": _Told(
            "warn",
            text.ngettext(
                "%(count)s order is held by the credit check",
                "%(count)s orders are held by the credit check",
                count,
            ),
            text.gettext("Release it, or refuse it: the figures stand beside the buttons."),
            "decide",
        ),
        "uncertain": _Told(
            "bad",
            text.ngettext(
                "Of %(count)s order it is unclear whether 1C has it",
                "Of %(count)s orders it is unclear whether 1C has them",
                count,
            ),
            text.gettext("The hub looks for it by itself; who can see it in 1C may say so."),
            "trouble",
        ),
        "rejected": _Told(
            "bad",
            text.ngettext("1C refused %(count)s order", "1C refused %(count)s orders", count),
            text.gettext("Mend what its own words say, then send it again, or cancel it."),
            "trouble",
        ),
    }
