"""Turns any error of a page into an answer; the API's errors leave as they always do."""

from __future__ import annotations

import logging
from typing import Any
from urllib.parse import urlencode, urlsplit

from litestar import Request, Response
from litestar.exceptions import HTTPException

from api.web import errors, request_ids
from api.web.errors import ProblemError
from desk.frame import headers, pages, sign_in, visits
from desk.frame.errors import DeskError, SignInError
from desk.frame.guard import CHOOSE_ANOTHER, SAFE, Guard
from desk.frame.visits import Reader, Visit
from schemas.errors import HubError, NotPrintableError, StoreError, UnreadableFileError
from store import health

NOT_FOUND = 404
LOG = logging.getLogger("saldo.desk")


class Failures:
    """The application's handler of exceptions."""

    def __init__(self, guard: Guard) -> None:
        self.guard = guard

    def __call__(self, request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
        if not headers.is_ours(request.scope["path"]):
            return errors.as_problem(request, error)
        reader = visits.kept(request.scope)
        if isinstance(error, SignInError):
            return _to_sign_in(request, reader)
        if reader is None:
            reader = self._reader(request)
        if reader is None:
            return Response("The store does not answer for now. Try again in a minute.", status_code=503)
        shown = _shown(request, reader, error)
        if reader.htmx:
            answer = pages.fragment(reader, "frame/alert.html", status_code=shown.code, error=shown)
            answer.headers.update({"HX-Retarget": "#alerts", "HX-Reswap": "innerHTML"})
            return answer
        return pages.page(reader, "frame/error.html", status_code=shown.code, error=shown)

    def _reader(self, request: Request[Any, Any, Any]) -> Reader | None:
        """Of an address that there is not, no guard was asked."""
        try:
            return self.guard.reader(request)
        except Exception as error:
            if isinstance(error, HubError) or health.is_outage(error):
                return None
            raise


def _to_sign_in(request: Request[Any, Any, Any], reader: Reader | None) -> Response[Any]:
    """There and back again; a part of a page sends the whole page there."""
    if isinstance(reader, Visit):
        to = CHOOSE_ANOTHER
    else:
        here = _whole_page(request, reader)
        to = f"{sign_in.ADDRESS}?{urlencode({'to': here})}" if here else sign_in.ADDRESS
    if reader is not None and reader.htmx:
        return Response("", status_code=401, headers={"HX-Redirect": to})
    return Response("", status_code=303, headers={"Location": to})


def _whole_page(request: Request[Any, Any, Any], reader: Reader | None) -> str:
    """The page that was wanted; "" where there is none to come back to."""
    if reader is not None and reader.htmx:
        there = urlsplit(request.headers.get("hx-current-url", ""))
    elif request.method in SAFE:
        there = urlsplit(str(request.url))
    else:
        return ""
    return there.path + (f"?{there.query}" if there.query else "")


def _shown(request: Request[Any, Any, Any], reader: Reader, error: Exception) -> DeskError:
    _ = reader.text.gettext
    if isinstance(error, DeskError):
        return error
    if isinstance(error, ProblemError):  # of a function that the API and the desk have in common
        return _told(reader, error, errors.PROBLEMS[error.code][0])
    if isinstance(error, StoreError | NotPrintableError | UnreadableFileError):
        LOG.info("request %s refused: %s", request_ids.of(request.scope), error)
        return _told(reader, error, 422)
    if isinstance(error, HTTPException) and error.status_code < 500:
        return _refused(reader, error)
    number = request_ids.of(request.scope)
    LOG.error("request %s failed", number, exc_info=error)
    again = _("Try again in a minute. If it stays, tell an administrator this number: {number}")
    if health.is_outage(error):
        return DeskError(503, _("The store does not answer for now."), again.format(number=number))
    return DeskError(500, _("Something went wrong on our side."), again.format(number=number))


def _told(reader: Reader, error: HubError, code: int) -> DeskError:
    """What a stage says is English; what it is about is said in the reader's language before it."""
    _ = reader.text.gettext
    what, hint = f"{error.message.rstrip('.')}.", f"{error.hint.rstrip('.')}."
    if reader.language == "en":
        return DeskError(code, f"{what[:1].upper()}{what[1:]}", hint)
    if code == NOT_FOUND:
        return DeskError(code, _("There is nothing with this id."), _("Choose a section, or search."))
    return DeskError(code, _("This cannot be done."), f"{what} {hint}")


def _refused(reader: Reader, error: HTTPException) -> DeskError:
    _ = reader.text.gettext
    if error.status_code == 404:
        return DeskError(404, _("There is no such page."), _("Choose a section, or search."))
    if error.status_code == 413:
        return DeskError(413, _("The file is too large."), _("Send a smaller one."))
    return DeskError(
        error.status_code,
        _("The request was not understood."),
        _("Go back and check what you entered."),
    )
