"""Taking an answer in: the body cap, what may pass for a page, and what is cut or something else."""

from __future__ import annotations

import http.client
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

import msgspec
import requests
from lxml import etree
from urllib3.exceptions import HTTPError, ReadTimeoutError

from connectors.answers import decode_error
from connectors.error_shapes import looks_like_error, looks_like_html, without_bom
from connectors.retrying import TryAgain
from schemas.errors import SourceContractError, SourceRefusedError

Expected = Literal["json", "atom", "xml", "text", "soap", "nothing"]
Enough = Callable[[bytes], bool]
CHUNK = 1 << 20
SIP = 1 << 14  # of an answer whose beginning may be enough


class _Skimmed(msgspec.Struct):
    """A JSON object of which nothing is kept."""


ANY_OBJECT = msgspec.json.Decoder(_Skimmed)


class _Nothing:
    """A parser's target that builds no tree."""

    def close(self) -> None:
        pass


def read(
    response: requests.Response, cap: int, request: str, source: str, enough: Enough | None = None
) -> bytes:
    """Read a streamed body, unpacked, up to `cap` bytes, or only until its beginning is `enough`.

    Errors: SourceContractError over the cap; TryAgain where the line broke before the promised end.
    """
    promised = response.headers.get("Content-Length", "")
    packed = "Content-Encoding" in response.headers
    chunks: list[bytes] = []
    size = 0
    try:
        if promised.isdecimal() and int(promised) > cap and enough is None:
            raise _over_cap(cap, request, source)
        if promised.isdecimal() and not packed and enough is None:
            return response.raw.read()  # one allocation, no joining
        while chunk := response.raw.read(SIP if enough else CHUNK, decode_content=True):
            chunks.append(chunk)
            size += len(chunk)
            if enough and enough(b"".join(chunks)):
                break
            if size > cap:
                raise _over_cap(cap, request, source)
    except ReadTimeoutError as error:
        raise requests.ReadTimeout(error) from error
    except HTTPError as error:
        broken = error.__cause__
        arrived = broken.partial if isinstance(broken, http.client.IncompleteRead) else b"".join(chunks)
        raise _cut(arrived, request, source) from error
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def check(expect: Expected, media_type: str, body: bytes, request: str, source: str) -> None:
    """Let only a complete answer of the expected kind pass; charset promises are ignored, 1C writes UTF-8."""
    if looks_like_html(body) or (
        body and media_type.startswith("text/html") and not without_bom(body).startswith(b"{")
    ):
        raise SourceRefusedError(
            "the answer is a web page, not data",
            hint="the address or a gateway before it wants another login: check base_url, user and password",
            received=body, source=source, request=request,
        )  # fmt: skip
    if looks_like_error(body):
        verdict = decode_error(200, body, request=request, source=source)
        raise TryAgain(verdict.error, verdict.pace) if verdict.pace else verdict.error
    if expect == "xml" and not body[-64:].rstrip().endswith(b">"):
        raise _cut(body, request, source)
    if expect == "atom":
        check_xml(body, request, source)
    if expect == "json":
        _check_json(body, request, source)


def check_xml(body: bytes, request: str, source: str) -> None:
    """Prove that the text is whole and well-formed, to its last tag and without a tree of it."""
    parser = etree.XMLParser(
        target=_Nothing(), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        for start in range(0, len(body), CHUNK):
            parser.feed(body[start : start + CHUNK])
    except etree.XMLSyntaxError as error:
        raise _broken("not well-formed XML", body, request, source) from error
    try:
        parser.close()
    except etree.XMLSyntaxError as error:
        raise _cut(body, request, source) from error


def _check_json(body: bytes, request: str, source: str) -> None:
    """Skim the whole text: what is landed can be read again later. Costs a tenth of decoding it."""
    try:
        ANY_OBJECT.decode(without_bom(body))
    except (msgspec.MsgspecError, RecursionError) as error:
        if "truncated" in str(error):
            raise _cut(body, request, source) from error
        raise _broken("not a JSON object", body, request, source) from error


def retry_after(header: str | None) -> float | None:
    """Seconds to wait by the server's own word, a number or a date."""
    if not header:
        return None
    if header.strip().isdecimal():
        return float(header)
    ahead = clock_ahead(header)
    return None if ahead is None else max(0.0, ahead)


def clock_ahead(header: str | None) -> float | None:
    """Seconds from now to an HTTP date."""
    try:
        moment = parsedate_to_datetime(header or "")
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - datetime.now(UTC)).total_seconds()


def _over_cap(cap: int, request: str, source: str) -> SourceContractError:
    return SourceContractError(
        f"the answer is larger than {cap} bytes",
        hint="lower limits.page_rows of this source, or raise limits.body_cap_bytes if memory allows",
        source=source, request=request, reason="size",
    )  # fmt: skip


def _cut(body: bytes, request: str, source: str) -> TryAgain:
    error = SourceContractError(
        "the answer ends in the middle",
        hint="see whether the web server limits the size or time of an answer; lower limits.page_rows",
        received=body, source=source, request=request, reason="broken",
    )  # fmt: skip
    return TryAgain(error, "briefly")


def _broken(what: str, body: bytes, request: str, source: str) -> SourceContractError:
    return SourceContractError(
        f"the answer is {what}",
        hint="see the kept answer; base_url must lead to an OData service of the set dialect",
        received=body, source=source, request=request, reason="broken",
    )  # fmt: skip
