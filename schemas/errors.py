"""Every error the hub raises on purpose, each with what a person does next.

HubError
├── ConfigurationError        a setting is missing or wrong; the process does not start
├── SourceError
│   ├── SourceUnavailableError    no answer, 429, 502-504, a timeout: retried, then the run fails
│   │   └── NotReceivedError          what was to be written surely was not: it may be sent again later
│   ├── SourceRefusedError        the accounting system said no: never retried
│   │   └── AlreadyThereError         it has an object of this key: look at that one
│   ├── SourceContractError       the answer is not the agreed shape: never retried, bytes are kept
│   └── UnclearAnswerError        nobody knows whether what was sent was written: settled by looking, never by sending
├── StoreError                the site store cannot do what was asked
│   ├── LeaseLostError            another process has the right to do this now; nothing of the step was kept
│   ├── StepRefusedError          what the portal sends may not go on so; `code` tells why, nothing was changed
│   ├── InvalidValueError         what was given to be kept is not sound; `field` tells which part of it
│   └── BrakeError                a run would delete or change too much of a table; nothing of the unit was kept
├── LineageError              a stored value cannot be traced back to its bytes
├── NotPrintableError         a statement that must not leave: it does not add up, or a difference is unexplained
└── UnreadableFileError       a file that somebody sent is not what it should be; `row` and `column` tell where
"""

from __future__ import annotations

from typing import Literal
from urllib.parse import unquote

RefusedStep = Literal[
    "not_in_this_state",  # or another content counts by now
    "unknown_counterparty",
    "trading_suspended",
    "access_blocked",
    "own_order",  # who placed it does not approve it
    "reason_missing",
    "of_another_counterparty",
]
LONGEST = 80  # of one part of the context in a message


class HubError(Exception):
    """Root of the hub's errors; never raised itself.

    `hint` is the next action, for a person. `context` holds identifiers only (source, entity, record,
    landing, request): never bodies, credentials or names of counterparties.
    """

    def __init__(self, message: str, *, hint: str, **context: object) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.context = {key: value for key, value in context.items() if value is not None}

    def __str__(self) -> str:
        place = ", ".join(f"{key}={_short(value)}" for key, value in self.context.items())
        return f"{self.message}{f' [{place}]' if place else ''}. {self.hint}"


def _short(value: object) -> str:
    """A request by its entity set: the whole of it stays in the context."""
    text = unquote(str(value).partition("?")[0])
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


class ConfigurationError(HubError):
    """A setting is missing or wrong."""


class SourceError(HubError):
    """An accounting system did not give what was asked.

    `received` is the body as it came, if any: the caller lands it before it lets the error out.
    """

    def __init__(self, message: str, *, hint: str, received: bytes | None = None, **context: object) -> None:
        super().__init__(message, hint=hint, **context)
        self.received = received


class SourceUnavailableError(SourceError):
    """No usable answer for now; the same request may succeed later."""


class NotReceivedError(SourceUnavailableError):
    """What was to be written never was: nothing was sent, or it came back before anything was done with it."""


class SourceRefusedError(SourceError):
    """The accounting system understood and said no; asking again changes nothing.

    `words` are its own, where a write was refused. They may name people and sums: for the company's people only,
    never for a message, a log or the storefront.
    """

    def __init__(
        self, message: str, *, hint: str, received: bytes | None = None, words: str = "", **context: object
    ) -> None:
        super().__init__(message, hint=hint, received=received, **context)
        self.words = words


class AlreadyThereError(SourceRefusedError):
    """The accounting system has an object of this key."""


class SourceContractError(SourceError):
    """The answer is not in the agreed shape: truncated, HTML, drifted metadata, a missing field."""


class UnclearAnswerError(SourceError):
    """What was to be written was sent, and no answer tells what became of it."""


class StoreError(HubError):
    """The site store cannot do what was asked."""


class InvalidValueError(StoreError):
    """What was given to be kept is not sound. `field` is the parameter that it is about."""

    def __init__(self, message: str, *, hint: str, field: str, **context: object) -> None:
        super().__init__(message, hint=hint, **context)
        self.field = field


class StepRefusedError(StoreError):
    """An order, or another submission, may not go on as somebody wishes. `code` names the reason."""

    def __init__(self, message: str, *, hint: str, code: RefusedStep, **context: object) -> None:
        super().__init__(message, hint=hint, **context)
        self.code = code


class LeaseLostError(StoreError):
    """Another process has the right to do this now."""


class BrakeError(StoreError):
    """A run would delete or change more of a table than its source allows."""


class LineageError(HubError):
    """A stored value cannot be traced back to its bytes."""


class NotPrintableError(HubError):
    """A statement must not leave as it is."""


class UnreadableFileError(HubError):
    """A file that a person sent cannot be understood. `row` and `column` tell where, as a spreadsheet counts."""

    def __init__(self, message: str, *, hint: str, row: int | None = None, column: str | None = None) -> None:
        super().__init__(message, hint=hint, row=row, column=column)
        self.row = row
        self.column = column
