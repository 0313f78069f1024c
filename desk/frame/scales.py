"""Where values lie on a chart. Whole numbers only: money is not rounded through a float, even to be drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

FULL = 1_000  # what a chart is wide and high, in its own units
MOST_STEPS = 4


@dataclass(frozen=True, slots=True)
class Scale:
    """From `low` to `high`, both of which are drawn, with a tick every `step`."""

    low: int
    high: int
    step: int = 1

    @staticmethod
    def of(values: Iterable[int]) -> Scale:
        """The least that holds all values and zero, in whole steps: its ends are ticks."""
        every = [*values, 0]
        low, high = min(every), max(every)
        step = _step(max(high - low, 1))
        low = low // step * step
        return Scale(low, max(-(-high // step) * step, low + step), step)

    def place(self, value: int) -> int:
        """How far along, of FULL."""
        return (value - self.low) * FULL // (self.high - self.low)

    def ticks(self) -> range:
        return range(self.low, self.high + 1, self.step)


def _step(span: int) -> int:
    """1, 2 or 5 times a power of ten: the least that needs no more than a few steps."""
    wanted, power = -(-span // MOST_STEPS), 1
    while power * 10 < wanted:
        power *= 10
    return next(times * power for times in (1, 2, 5, 10) if times * power >= wanted)


def percents(parts: Sequence[int]) -> list[int | None]:
    """Whole percents that sum to 100: what rounding down loses goes to the largest rests. None of nothing."""
    whole = sum(parts)
    if not whole:
        return [None] * len(parts)
    down = [part * 100 // whole for part in parts]
    by_rest = sorted(range(len(parts)), key=lambda place: (-(parts[place] * 100 % whole), place))
    raised = set(by_rest[: 100 - sum(down)])
    return [share + (place in raised) for place, share in enumerate(down)]
