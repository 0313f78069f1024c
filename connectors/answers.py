"""What an answer that is not a page means: the error to raise, its hint, and whether asking again may help.

1C answers in the language of the base and echoes values in its messages. So texts are matched here and never
passed on; only names of sets and fields are kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from connectors.error_shapes import ErrorBody, read_error
from connectors.retrying import Pace
from schemas.errors import SourceContractError, SourceError, SourceRefusedError, SourceUnavailableError

Reason = Literal[
    "memory",
    "timeout",
    "size",
    "session",
    "url_length",
    "failed",
    "broken",
    "package",
    "unpublished",
    "no_right",
]
TOO_MUCH: frozenset[str] = frozenset({"memory", "timeout", "size"})  # a smaller request may be answered
ABSENT: frozenset[str] = frozenset({"unpublished", "no_right"})  # for this user the base has no such set
POISON: frozenset[str] = frozenset({"failed", "broken"})  # a request without the bad record may be answered

QUOTES = "[\"'«»]?"
SEGMENT = re.compile(
    rf"(?:Сегмент пути|path segment)\s+{QUOTES}([\w/.]+?){QUOTES}\s+(?:не найден|(?:is |was )?not found)",
    re.I,
)
ENTITY = re.compile(rf"(?:тип сущности|сущность|entity)\s+{QUOTES}([A-Za-z]+_\w+)", re.I)
LICENCE = re.compile(r"лицензи|licens", re.I)
LOCKED = re.compile(
    r"Начало сеанса с информационной базой запрещено|монопольн|исключительной блокировки|"
    r"session.{0,40}(?:denied|prohibited)", re.I
)  # fmt: skip
MEMORY = re.compile(r"Недостаточно памяти|not enough memory|out of memory|OutOfMemory", re.I)
SESSION = re.compile(r"сеанс|session", re.I)
LONG_URL = re.compile(r"404\.15|Invalid URL|Request-URI Too|query string is too long|maxQueryString", re.I)
MEANINGS = {
    "0": "the accounting system does not support this request",
    "3": "the accounting system does not support this representation",
    "6": "the accounting system does not understand the address",
    "7": "a part of the key is missing",
    "9": "the record is not in the base",
    "14": "the accounting system cannot read the query options",
    "19": "this HTTP method is forbidden here",
    "21": "the accounting system does not know a function of the filter",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """`pace` is None where asking again changes nothing."""

    error: SourceError
    pace: Pace | None = None


def decode_error(status: int, body: bytes, *, request: str, source: str) -> Verdict:
    """Judge an answer by its status, the code inside it and the texts that are known."""
    answer = _Answer(status, read_error(body), body, request, source)
    return _not_now(answer) or _before_the_service(answer) or _by_the_service(answer)


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    found: ErrorBody
    body: bytes
    request: str
    source: str

    def says(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        return pattern.search(self.found.text)

    def complains(self, pattern: re.Pattern[str]) -> bool:
        """The text is of the server itself, not of the OData service about a request."""
        return self.found.code in ("", "-1") and self.says(pattern) is not None

    def unavailable(self, message: str, hint: str, pace: Pace, reason: Reason | None = None) -> Verdict:
        return Verdict(self._error(SourceUnavailableError, message, hint, reason=reason), pace)

    def refused(
        self, message: str, hint: str, reason: Reason | None = None, name: str | None = None
    ) -> Verdict:
        return Verdict(self._error(SourceRefusedError, message, hint, reason=reason, set=name))

    def drifted(self, message: str, hint: str, field: str | None = None) -> Verdict:
        return Verdict(self._error(SourceContractError, message, hint, field=field))

    def _error(self, kind: type[SourceError], message: str, hint: str, **told: object) -> SourceError:
        return kind(
            message, hint=hint, received=self.body, source=self.source, request=self.request,
            status=self.status, code=self.found.code or None, **told,
        )  # fmt: skip


def _not_now(answer: _Answer) -> Verdict | None:
    """The base cannot answer now, whatever number it put on it.

    Texts count only outside 1C's table of codes: errors with a code of it echo what was asked for.
    """
    if answer.complains(LICENCE):
        hint = "free a client licence of 1C, or lower limits.sessions of this source"
        return answer.unavailable("the accounting system has no free licence", hint, "slow")
    if answer.complains(LOCKED):
        hint = "the base is under maintenance: run again when its administrator has opened it"
        return answer.unavailable("the base is locked for sessions", hint, "slow")
    if answer.complains(MEMORY):
        hint = "lower limits.page_rows of this source, or raise the memory of the 1C worker process"
        return answer.refused("the accounting system ran out of memory over the request", hint, "memory")
    if answer.status in (406, 429):
        hint = "the session pool is full: lower limits.sessions or raise poolSize in default.vrd"
        return answer.unavailable("the accounting system is too busy for another request", hint, "soon")
    if answer.status in (502, 503, 504):
        hint = "see whether the web server reaches the 1C server; the next run tries again"
        reason: Reason | None = "timeout" if answer.status == 504 else None
        return answer.unavailable(
            "the web server got no answer from the accounting system", hint, "soon", reason
        )
    if answer.status >= 500 and answer.found.shape == "text":
        hint = "look into the logs of the web server and of the 1C server at this time"
        return answer.unavailable("the server failed outside the OData service", hint, "soon")
    return None


def _before_the_service(answer: _Answer) -> Verdict | None:
    """What the web server or the application server decided before the OData service."""
    status, code, shape = answer.status, answer.found.code, answer.found.shape
    if code == "20":
        hint = "give the exchange user the right to read this set; with row-level rights, all its records"
        return answer.refused("the user has no right to read this", hint, "no_right")
    if status == 401:
        hint = "check user and password of this source; in 1C the user needs 1C:Enterprise authentication"
        return answer.refused("the accounting system did not accept the login", hint)
    if status in (413, 414) or (status in (400, 404) and shape == "text" and answer.says(LONG_URL)):
        hint = 'raise maxQueryString and maxUrl of the web server, or set select = "all" for this source'
        return answer.refused("the web server refuses so long an address", hint, "url_length")
    if status == 400 and shape in ("exception", "text") and answer.says(SESSION):
        hint = "run again: the session had ended in the accounting system"
        return answer.refused("the accounting system does not know the session", hint, "session")
    if status == 403:
        hint = "allow the exchange user, and this machine's address, to use the OData interface of the base"
        return answer.refused("access is forbidden", hint)
    if status == 404 and code in ("", "0"):
        hint = "check base_url: it ends with /odata/standard.odata; the base must be published with OData"
        return answer.refused("there is no such base at this address", hint)
    if 300 <= status < 400:
        return answer.refused("the address redirects", "set base_url to the address it leads to")
    return None


def _by_the_service(answer: _Answer) -> Verdict:
    """What the OData service itself decided: 1C's table of codes."""
    code = answer.found.code
    if code == "6" and (segment := answer.says(SEGMENT)):
        hint = (
            "name the field that replaces it in `fields` of the source's settings, or restore it in the base"
        )
        return answer.drifted(f"field {segment[1]} is not in the base", hint, segment[1])
    if code == "8":
        named = answer.says(ENTITY)
        hint = "include it in the composition of the standard OData interface of this base"
        return answer.refused("the set is not published", hint, "unpublished", named[1] if named else None)
    if code in ("10", "11"):
        what = "property" if code == "10" else "method"
        return answer.drifted(
            f"the base has no such {what}", "compare the mapping with the base: saldo check"
        )
    if code in ("-1", ""):
        hint = "open the registration log of 1C at this time: the exception in its code is described there"
        reason: Reason | None = "failed" if answer.status == 500 else None
        return answer.refused("the accounting system failed over the request", hint, reason)
    meaning = MEANINGS.get(code, "the accounting system refused the request")
    return answer.refused(meaning, "run saldo check for this source; then see the registration log of 1C")
