"""The desk's cookies: no script reads them, no other site sends them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal

from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie

Name = Literal["saldo_session", "saldo_guest", "saldo_language", "saldo_oidc"]


def name(cookie: Name, secure: bool) -> str:
    """With https a browser takes `__Host-` cookies from this host only, and for this host only."""
    return f"__Host-{cookie}" if secure else cookie


def read(connection: ASGIConnection[Any, Any, Any, Any], cookie: Name, secure: bool) -> str:
    return connection.cookies.get(name(cookie, secure), "")


def made(cookie: Name, value: str, *, secure: bool, lasts: timedelta | None = None) -> Cookie:
    return Cookie(
        key=name(cookie, secure),
        value=value,
        path="/",
        httponly=True,
        secure=secure,
        samesite="lax",
        max_age=None if lasts is None else int(lasts.total_seconds()),
    )


def gone(cookie: Name, *, secure: bool) -> Cookie:
    return made(cookie, "", secure=secure, lasts=timedelta())
