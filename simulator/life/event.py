"""What happened in the accounting system."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Event:
    kind: str  # the method of Life
    entity_set: str
    ref: str
    registered: bool  # whether a package tells it to the other nodes; of physical deletions none does
    what: str  # for people


class NothingFitsError(LookupError):
    """No object of the base, or not the one named, allows this event with the books staying closed."""
