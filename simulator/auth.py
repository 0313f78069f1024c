"""Basic authentication as 1C does it: the user name and password are UTF-8 bytes."""

from __future__ import annotations

import base64
import binascii

from simulator.errors import ErrorBody, html_page

CHALLENGE = 'Basic realm="1C:Enterprise 8.3"'


def allowed(header: str, user: str, password: str) -> bool:
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "basic":
        return False
    try:
        given = base64.b64decode(token.strip(), validate=True)
    except binascii.Error:
        return False
    return given == f"{user}:{password}".encode()


def refusal() -> ErrorBody:
    return html_page(401, "401 - Unauthorized", "Идентификация пользователя не выполнена")
