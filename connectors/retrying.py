"""The one layer that retries. Everything above it fails at once; everything below it is a single attempt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

from tenacity import RetryCallState, Retrying, wait_exponential, wait_random

from schemas.errors import SourceError

Pace = Literal["soon", "slow", "briefly"]
Result = TypeVar("Result")

BRIEF_ATTEMPTS = 3  # a cut answer twice more: a third cut is the server's doing, not the line's
SLOW_PAUSE_S = 15.0
SOON = wait_exponential(multiplier=0.5, max=20) + wait_random(0, 0.5)


class TryAgain(Exception):
    """An attempt failed in a way that may pass; `error` is what the caller gets when patience ends."""

    def __init__(self, error: SourceError, pace: Pace, after_s: float | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.pace = pace
        self.after_s = after_s


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to insist: `attempts` in all, none of them later than `retry_for_s` after the first."""

    attempts: int
    retry_for_s: float
    sleep: Callable[[float], None]

    def insist(self, attempt: Callable[[], Result], on_retry: Callable[[], None] = lambda: None) -> Result:
        """Give the result of `attempt`, called again while it raises TryAgain."""
        retrying = Retrying(
            stop=self._enough, wait=_pause, sleep=self.sleep, before_sleep=lambda _: on_retry(), reraise=True,
            retry=lambda state: isinstance(_failure(state), TryAgain),
        )  # fmt: skip
        try:
            return retrying(attempt)
        except TryAgain as again:
            raise again.error from again.__cause__

    def _enough(self, state: RetryCallState) -> bool:
        failure = _failure(state)
        brief = isinstance(failure, TryAgain) and failure.pace == "briefly"
        if state.attempt_number >= (min(BRIEF_ATTEMPTS, self.attempts) if brief else self.attempts):
            return True
        spent = max(state.idle_for, state.seconds_since_start or 0.0)
        return spent + state.upcoming_sleep > self.retry_for_s


def _failure(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome is not None else None


def _pause(state: RetryCallState) -> float:
    failure = _failure(state)
    if not isinstance(failure, TryAgain):
        return 0.0
    if failure.after_s is not None:
        return failure.after_s
    return SLOW_PAUSE_S if failure.pace == "slow" else SOON(state)
