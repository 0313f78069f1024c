"""Which role an address of the desk demands: `opt=needs("ops")` of its handler; without it, any."""

from __future__ import annotations

from typing import Any

from litestar.handlers.base import BaseRouteHandler

from schemas.desk import Role

_ROLE, _PUBLIC, _SAME = "desk_role", "desk_public", "desk_same"
PUBLIC: dict[str, Any] = {_PUBLIC: True}  # `opt` of pages without a session: they have `guest`, no `visit`
SAME: dict[str, Any] = {_PUBLIC: True, _SAME: True}  # what is the same for everybody: nobody is looked up


def needs(role: Role) -> dict[str, Any]:
    return {_ROLE: role}


def of(handler: BaseRouteHandler) -> Role:
    role: Role = handler.opt.get(_ROLE, "accountant")
    return role


def is_public(handler: BaseRouteHandler) -> bool:
    return bool(handler.opt.get(_PUBLIC))


def is_same(handler: BaseRouteHandler) -> bool:
    return bool(handler.opt.get(_SAME))
