"""The ids that leave the hub, by the API and in events: "<source>:<guid>"."""

from __future__ import annotations


def external(source: str, guid: str) -> str:
    return f"{source}:{guid}"


def optional(source: str, guid: str | None) -> str | None:
    """None where the books name nothing; some tables of the store write "" then."""
    return external(source, guid) if guid else None
