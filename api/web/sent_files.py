"""A file that came with a request: as the whole body, or as the one file of a form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from litestar import Request
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIFormat, OpenAPIType

from api.web.errors import FieldError, ProblemError
from api.web.repeats import Repeat

NAMELESS = "file"
LONGEST_NAME = 200
BYTES = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class SentFile:
    name: str
    body: bytes


@dataclass
class Documented(Operation):
    """The `operation_class` of a handler that takes one: its bytes, or a form with them."""

    def __post_init__(self) -> None:
        file = Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY, content_media_type=BYTES)
        form = Schema(type=OpenAPIType.OBJECT, properties={"file": file}, required=["file"])
        ways = {BYTES: file, RequestEncodingType.MULTI_PART.value: form}
        content = {name: OpenAPIMediaType(schema=schema) for name, schema in ways.items()}
        self.request_body = RequestBody(content=content, required=True)


async def provide(request: Request[Any, Any, Any], repeat: NamedDependency[Repeat]) -> SentFile:
    """The dependency `sent`; after `repeat`, which has read the body. Errors: ProblemError bad_request."""
    del repeat
    body, name = await request.body(), NAMELESS
    if request.content_type[0] == RequestEncodingType.MULTI_PART:
        found = await _files(request)
        if len(found) != 1:
            raise _unsound(
                f"the form has {len(found)} files", "Send one file in the form, or its bytes alone."
            )
        name, body = found[0].filename, await found[0].read()
        await found[0].close()
    if not body:
        raise _unsound("the file is empty", "Send the file's bytes as the body, or a form with the file.")
    return SentFile(_plain(name), body)


async def _files(request: Request[Any, Any, Any]) -> list[UploadFile]:
    try:
        form = await request.form()
    except (LookupError, ValueError) as error:
        raise _unsound("the form cannot be read", "Send it as multipart/form-data (RFC 7578).") from error
    return [one for _, one in form.multi_items() if isinstance(one, UploadFile)]


def _plain(name: str) -> str:
    """Without folders and anything that no name has."""
    last = unquote(name).replace("\\", "/").rpartition("/")[2]
    return "".join(one for one in last if one.isprintable())[:LONGEST_NAME].strip() or NAMELESS


def _unsound(detail: str, hint: str) -> ProblemError:
    found = FieldError(detail=detail, pointer="#")
    return ProblemError("bad_request", f"{detail[:1].upper()}{detail[1:]}.", hint=hint, errors=(found,))
