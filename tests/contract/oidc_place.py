"""A small provider of identities over real HTTP. It can be told to lie."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey

from connectors.oidc import challenge

CLIENT, SECRET = "saldo", "s3cret"
ANNA = {"sub": "1", "email": "Anna@x.example", "email_verified": True}


@dataclass
class Place:
    """What it says of the person who signs in is `person`; `lies` replace claims of the token."""

    address: str
    person: dict[str, Any] = field(
        default_factory=lambda: {"sub": "1", "email": "Anna@x.example", "email_verified": True}
    )
    lies: dict[str, Any] = field(default_factory=dict)
    algorithm: str = "ES256"
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": "first"}))
    shown: list[ECKey] = field(default_factory=list)
    asked: dict[str, dict[str, str]] = field(default_factory=dict)
    named: str = ""

    def __post_init__(self) -> None:
        self.shown = [self.key]

    def visited(self, way: str) -> str:
        """The person says yes on the provider's page: gives where the browser is sent back to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(way).query).items()}
        assert asked["client_id"] == CLIENT
        assert asked["code_challenge_method"] == "S256"
        code = f"code{len(self.asked)}"
        self.asked[code] = asked
        back = urlsplit(asked["redirect_uri"])
        return f"{back.path}?code={code}&state={asked['state']}"

    def document(self) -> dict[str, Any]:
        return {
            "issuer": self.named or self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/keys",
        }

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        asked = self.asked.pop(form.get("code", ""), None)
        secret = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if (
            asked is None
            or authorization != f"Basic {secret}"
            or challenge(form["code_verifier"]) != asked["code_challenge"]
            or form["redirect_uri"] != asked["redirect_uri"]
        ):
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.address, "aud": CLIENT, "nonce": asked["nonce"], "iat": now, "exp": now + 60}
        told = {
            name: value for name, value in {**claims, **self.person, **self.lies}.items() if value is not None
        }
        head = {"alg": self.algorithm, "kid": self.key.kid}
        return 200, {"id_token": jwt.encode(head, told, self.key, algorithms=[self.algorithm])}


@contextmanager
def place() -> Iterator[Place]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    found = Place(f"http://127.0.0.1:{server.server_port}")
    server.RequestHandlerClass.place = found  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    place: Place

    def do_GET(self) -> None:
        if self.path == "/.well-known/openid-configuration":
            self._say(200, self.place.document())
        else:
            self._say(200, {"keys": [key.as_dict(private=False) for key in self.place.shown]})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        self._say(*self.place.token(form, self.headers.get("authorization", "")))

    def _say(self, status: int, told: dict[str, Any]) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""
