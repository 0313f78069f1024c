"""Who somebody is by the word of a provider of identities."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """`email` only where the provider says that it was verified; `roles` as the provider calls them."""

    issuer: str
    subject: str
    email: str | None
    roles: tuple[str, ...]

    @property
    def key(self) -> str:
        """One text for this person of this provider: subjects of two providers may be the same."""
        return f"{self.issuer}#{self.subject}"
