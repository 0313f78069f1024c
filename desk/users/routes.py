"""The addresses of this section."""

from __future__ import annotations

from litestar.types import ControllerRouterHandler

from desk.users import account, changes, password, people

ROUTES: tuple[ControllerRouterHandler, ...] = (
    people.people,
    people.add,
    changes.role,
    changes.disable,
    changes.enable,
    changes.reset,
    account.account,
    account.save,
    account.end_others,
    password.form,
    password.change,
)
