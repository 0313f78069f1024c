"""What an answer to a write means: refused, surely not received, or unclear.

What an exception in 1C's own code leaves behind is nothing: writing and posting are transactions there. So an
error with a code of its table is a refusal, and what nobody but the web server said leaves open what was done.
"""

from __future__ import annotations

import re
from typing import TypeVar

import requests
from urllib3.exceptions import NewConnectionError

from connectors import reception
from connectors.answers import LICENCE, LOCKED, MEMORY, Verdict, decode_error
from connectors.asking import Manners
from connectors.error_shapes import ErrorBody, read_error
from connectors.lane import Carried
from connectors.refusals import words
from connectors.retrying import TryAgain
from connectors.silence import no_answer
from schemas.errors import (
    AlreadyThereError,
    NotReceivedError,
    SourceError,
    SourceRefusedError,
    UnclearAnswerError,
)

# Exceptions in 1C's code that pass by themselves. A business refusal may name a licence of the customer's, or a
# counterparty that is locked: these are the platform's own sentences.
PASSING = re.compile(
    r"Не обнаружено свободной лицензии|Не найдена лицензия|no free licen[cs]e|Licen[cs]e not found|"
    r"Начало сеанса с информационной базой запрещено|установлен монопольный режим|"
    r"Ошибка исключительной блокировки|session.{0,40}(?:denied|prohibited)|"
    r"конфликт блокировок|ожидания (?:предоставления )?блокировки|взаимоблокировк|deadlock|"
    r"lock conflict|lock request time-?out|Ошибка блокировки объекта|Не удалось заблокировать|"
    r"изменены или удалены другим пользователем|(?:changed|modified) or deleted by another user",
    re.I,
)
E = TypeVar("E", bound=SourceError)
WHO_KNOWS = "settled by looking: the base is asked whether it has it"


def manners(carried: Carried | None) -> Manners:
    """Of one write. `carried` is its body: until some of that was sent, nothing can have been written."""

    def silence(error: Exception, target: str, source: str) -> SourceError | TryAgain:
        return _silence(error, target, source, carried)

    return Manners(judge, check, silence)


def judge(status: int, body: bytes, request: str, source: str) -> Verdict:
    """Judge an answer that is not the object. The pace of what was not received is for the governor only."""
    found = read_error(body)
    told = decode_error(status, body, request=request, source=source).error
    if _was_not_received(status, found):
        return Verdict(_not_received(told, status), "slow")
    if _is_unclear(status, found):
        return Verdict(unclear(told))
    return Verdict(_refused(told, found))


def check(expect: reception.Expected, media_type: str, body: bytes, request: str, source: str) -> None:
    """Let only a whole answer pass: whatever else comes with a 2xx, the object may have been written."""
    try:
        reception.check(expect, media_type, body, request, source)
    except TryAgain as again:
        raise unclear(again.error) from again
    except SourceError as error:
        raise unclear(error) from error


def unclear(error: SourceError) -> UnclearAnswerError:
    made = _made(UnclearAnswerError, error)
    made.hint = WHO_KNOWS
    return made


def not_received(error: SourceError) -> NotReceivedError:
    return _made(NotReceivedError, error)


def _not_received(told: SourceError, status: int) -> NotReceivedError:
    made = not_received(told)
    if status == 405:
        made.message = "the web server lets nothing be written"
        made.hint = (
            "allow POST and PATCH for this publication: in IIS, the verbs of its 1C handler, and no WebDAV"
        )
    return made


def _silence(error: Exception, target: str, source: str, carried: Carried | None) -> SourceError:
    told = no_answer(error, target, source)
    known = told.error if isinstance(told, TryAgain) else told
    begun = carried.begun if carried is not None else not _never_connected(error)
    return unclear(known) if begun else not_received(known)


def _never_connected(error: BaseException | None) -> bool:
    """For a request without a body, which is sent with its head."""
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.InvalidURL):
        return True
    cause = error.args[0] if isinstance(error, requests.ConnectionError) and error.args else None
    return isinstance(getattr(cause, "reason", cause), NewConnectionError)


def _was_not_received(status: int, found: ErrorBody) -> bool:
    code = found.code
    if code == "-1":
        return PASSING.search(found.text) is not None
    if code and (code, status) != ("0", 404):
        return code == "8"  # taken out of the composition: of no order in particular
    if status in (406, 429, 503) or 300 <= status < 400:
        return True
    if status == 413:
        return False  # as long as it is that large
    return 400 <= status < 500 or (
        status >= 500 and (LICENCE.search(found.text) or LOCKED.search(found.text)) is not None
    )


def _is_unclear(status: int, found: ErrorBody) -> bool:
    if found.code == "-1":
        return MEMORY.search(found.text) is not None  # it may have run out over the answer
    return not found.code and not 400 <= status < 500


def _refused(told: SourceError, found: ErrorBody) -> SourceError:
    if found.code == "20":
        message = "the user has no right to write this"
        hint = "give the exchange user the right to add, change and post these documents"
    elif found.code == "-1":
        message = "the accounting system refused to write this"
        hint = "read its own words: saldo orders show, or the desk"
    elif told.context.get("status") == 413:
        message, hint = "the web server takes no request of this size", "raise the limit of its request body"
    else:
        message, hint = told.message, told.hint
    kind = AlreadyThereError if found.code == "15" else SourceRefusedError
    return kind(message, hint=hint, received=told.received, words=words(found), **told.context)


def _made(kind: type[E], told: SourceError) -> E:
    return kind(told.message, hint=told.hint, received=told.received, **told.context)
