"""The addresses that belong to no section."""

from __future__ import annotations

from litestar import Response, get
from litestar.types import ControllerRouterHandler

from desk.frame import static
from desk.frame.roles import PUBLIC

HOME = "/desk/today"


@get(["/", "/desk"], sync_to_thread=False, opt=PUBLIC)
def home() -> Response[str]:
    return Response("", status_code=303, headers={"Location": HOME})


ROUTES: tuple[ControllerRouterHandler, ...] = (home, static.served)
