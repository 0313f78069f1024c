"""People of the company who work at the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from schemas.languages import Language

# Accountants read, draw and agree statements and set terms; ops also mend what is stuck and launch pulls; an
# admin also manages users.
Role = Literal["accountant", "ops", "admin"]
Theme = Literal["system", "light", "dark"]

ROLES: tuple[Role, ...] = get_args(Role)
THEMES: tuple[Theme, ...] = get_args(Theme)


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Someone who may sign in; `login` is what people and the audit call them by (`user:<login>`).

    A password that somebody else set is expired: its owner sets another one first of all.
    """

    login: str
    name: str
    role: Role
    language: Language
    theme: Theme
    has_password: bool
    oidc_subject: str | None
    created_at: datetime
    created_by: str
    disabled_at: datetime | None
    password_expired: bool

    def may(self, role: Role) -> bool:
        """Whether this user has at least that role."""
        return ROLES.index(self.role) >= ROLES.index(role)
