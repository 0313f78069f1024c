"""The addresses that belong to no section."""

from __future__ import annotations

from litestar import Response, get
from litestar.types import ControllerRouterHandler

from desk.frame import provider, sign_in, static
from desk.frame.roles import SAME


@get(["/", "/desk"], sync_to_thread=False, opt=SAME)
def home() -> Response[str]:
    return Response("", status_code=303, headers={"Location": sign_in.HOME})


ROUTES: tuple[ControllerRouterHandler, ...] = (
    home,
    static.served,
    sign_in.shown,
    sign_in.sign_in,
    sign_in.sign_out,
    provider.there,
    provider.back,
)
