"""What people enter, read and checked: what is wrong is told in their language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from desk.frame.errors import DeskError
from desk.frame.visits import Visit

LONGEST_TEXT = 1000
LAST_YEAR = 2999  # beyond it a moment has no time in every zone

Form = Mapping[str, str]


def reason(visit: Visit, data: Form) -> str:
    """Why something is set or ended: whoever asks later reads it. Errors: DeskError without one."""
    _ = visit.text.gettext
    text = data.get("reason", "").strip()
    if not text or "\x00" in text:
        raise DeskError(422, _("Nobody would know later why."), _("Give a reason, in a few words."))
    if len(text) > LONGEST_TEXT:
        raise DeskError(422, _("The reason is too long."), _("Say it in fewer words."))
    return text


def day(visit: Visit, given: str) -> date:
    """Errors: DeskError for what is no day."""
    found = day_or_none(visit, given)
    if found is None:
        raise _no_day(visit)
    return found


def day_or_none(visit: Visit, given: str) -> date | None:
    """None where nothing was entered. Errors: DeskError for what is no day."""
    if not given.strip():
        return None
    try:
        found = date.fromisoformat(given.strip())
    except ValueError as error:
        raise _no_day(visit) from error
    if found.year > LAST_YEAR:
        raise _no_day(visit)
    return found


def days(visit: Visit, given: str, most: int) -> int:
    """A number of whole days. Errors: DeskError for anything else, and for more than `most`."""
    _ = visit.text.gettext
    text = given.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) and int(text) <= most):
        hint = _("Give whole days, from 0 to %(most)s.") % {"most": most}
        raise DeskError(422, _("This is no number of days."), hint)
    return int(text)


def _no_day(visit: Visit) -> DeskError:
    _ = visit.text.gettext
    return DeskError(422, _("This is no day."), _("Choose a day in the calendar."))
