"""Files as answers: bytes with a name, whose hash is their ETag."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from litestar import Request, Response
from litestar.openapi.spec import OpenAPIMediaType, Operation, Schema
from litestar.openapi.spec.enums import OpenAPIFormat, OpenAPIType

from api.web import etags


def operation_of(*media_types: str) -> type[Operation]:
    """The `operation_class` of a handler that answers with a file of one of these types."""

    @dataclass
    class Attached(Operation):
        def __post_init__(self) -> None:
            answer: Any = (self.responses or {})["200"]
            answer.content = dict(_contents(media_types))

    return Attached


def answer(
    request: Request[Any, Any, Any], body: bytes, *, name: str, media_type: str, sha256: str
) -> Response[bytes]:
    """304 for who has these very bytes. No browser opens them as a page of this site."""
    etag = f'"{sha256}"'
    headers = {"ETag": etag, "Vary": "Authorization"}
    if etags.matches(request.headers.get("if-none-match"), etag):
        return Response(b"", status_code=304, headers=headers)
    headers |= {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(body, media_type=media_type, headers=headers)


def _contents(media_types: Iterable[str]) -> Iterable[tuple[str, OpenAPIMediaType]]:
    for one in media_types:
        name = one.partition(";")[0]
        schema = Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY, content_media_type=name)
        yield name, OpenAPIMediaType(schema=schema)
