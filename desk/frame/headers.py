"""What every answer of the desk tells the browser to do, and not to do."""

from __future__ import annotations

from litestar.types import Message, Scope

PREFIXES = ("/desk", "/verify")
POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
_ALWAYS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
)


def is_ours(path: str) -> bool:
    return path == "/" or any(path == one or path.startswith(f"{one}/") for one in PREFIXES)


async def stamp(message: Message, scope: Scope) -> None:
    """Add them; pages are kept by nobody, unless they say so themselves."""
    if message["type"] != "http.response.start" or not is_ours(scope["path"]):
        return
    there = {name.lower() for name, _ in message["headers"]}
    more = [*_ALWAYS, (b"cache-control", b"no-store")]
    if scope["scheme"] == "https":
        more.append((b"strict-transport-security", b"max-age=31536000"))
    message["headers"] = [*message["headers"], *(one for one in more if one[0] not in there)]
