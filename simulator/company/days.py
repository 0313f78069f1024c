"""The days the company has lived: business rhythm, and how moments are written."""

from __future__ import annotations

from datetime import date, timedelta

from simulator.company.chance import Chance

YEARS = 3
_AHEAD = 420  # due dates and contract ends lie after today
_WEEKDAYS = (1.1, 1.15, 1.05, 1.0, 1.1, 0.2, 0.04)
_MONTHS = (0.75, 0.9, 1.05, 1.05, 0.85, 1.0, 0.95, 0.95, 1.1, 1.1, 1.05, 1.35)
EMPTY = "0001-01-01T00:00:00"


class Days:
    """Days are numbered from the company's first one; `last` is yesterday, the last with documents."""

    __slots__ = ("_iso", "first", "last", "today")

    def __init__(self, today: date) -> None:
        self.today = today
        self.first = date(today.year - YEARS, today.month, 1)
        self.last = (today - self.first).days - 1
        self._iso = [(self.first + timedelta(n)).isoformat() for n in range(self.last + _AHEAD)]

    def date_of(self, day: int) -> date:
        return self.first + timedelta(day)

    def moment(self, day: int, second: int) -> str:
        minutes, seconds = divmod(second, 60)
        hours, minutes = divmod(minutes, 60)
        return f"{self._iso[day]}T{hours:02d}:{minutes:02d}:{seconds:02d}"

    def midnight(self, day: int) -> str:
        return self._iso[day] + "T00:00:00"

    def midnight_of(self, day: date) -> str:
        return day.isoformat() + "T00:00:00"

    def year(self, day: int) -> str:
        return self._iso[day][:4]

    def weekday(self, day: int) -> int:
        return (self.first.weekday() + day) % 7

    def spread(self, count: int) -> list[int]:
        """`count` beginnings over all days: growing over the years, few at weekends and in early January."""
        weights = []
        for day in range(self.last + 1):
            on = self.date_of(day)
            quiet = 0.1 if on.month == 1 and on.day < 9 else 1.0
            weights.append((0.6 + day / self.last) * _WEEKDAYS[on.weekday()] * _MONTHS[on.month - 1] * quiet)
        whole = sum(weights)
        result, reached, given = [], 0.0, 0
        for weight in weights:
            reached += weight
            due = int(count * reached / whole + 0.5)
            result.append(due - given)
            given = due
        result[-1] = max(result[-1], 1)
        return result


def working_second(chance: Chance) -> int:
    """Mostly office hours; now and then the last or the first second of the day, as closing entries are."""
    draw = chance.random()
    if draw < 0.012:
        return 86_399
    if draw < 0.022:
        return 0
    return 31_000 + int(chance.random() * 36_000)
