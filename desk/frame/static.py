"""The style sheet, the scripts and the icon: one file each, under addresses that change with their content."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from litestar import Request, Response, get
from litestar.params import FromPath

from desk.frame.errors import DeskError
from desk.frame.roles import SAME

FRAME = Path(__file__).parent
BASE = "/desk/static"
_KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    name: str
    body: bytes
    packed: bytes
    media_type: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.body).hexdigest()[:16]


@cache
def assets() -> dict[str, Asset]:
    """All there are, by name; `desk.css` is the frame's layers and then what each section adds."""
    found = {file.name: file.read_bytes() for file in (FRAME / "static").iterdir() if file.suffix in _KINDS}
    found["desk.css"] = stylesheet()
    return {
        name: Asset(name, body, gzip.compress(body, mtime=0), _KINDS[Path(name).suffix])
        for name, body in found.items()
    }


def stylesheet() -> bytes:
    files = [*sorted((FRAME / "css").glob("*.css")), *sorted(FRAME.parent.glob("*/style.css"))]
    return b"\n".join(file.read_bytes() for file in files)


def address(name: str) -> str:
    return f"{BASE}/{assets()[name].digest}/{name}"


@get(BASE + "/{digest:str}/{name:str}", sync_to_thread=False, opt=SAME)
def served(request: Request[Any, Any, Any], digest: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """What a page of before a change asks for is given as it is now, but not kept."""
    asset = assets().get(name)
    if asset is None:
        raise DeskError(404, "There is no such file.", "Load the page again.")
    keep = _FOREVER if digest == asset.digest else "no-cache"
    headers = {"Cache-Control": keep, "Vary": "Accept-Encoding"}
    body = asset.body
    if "gzip" in request.headers.get("accept-encoding", ""):
        body, headers["Content-Encoding"] = asset.packed, "gzip"
    return Response(body, media_type=asset.media_type, headers=headers)
