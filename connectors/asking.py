"""One request, and what a protocol thinks of its answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from connectors import reception
from connectors.answers import Verdict, decode_error
from connectors.lane import Message, Method
from connectors.retrying import TryAgain
from connectors.silence import no_answer
from schemas.errors import SourceError

Judge = Callable[[int, bytes, str, str], Verdict]  # status, body, request, source
Check = Callable[[reception.Expected, str, bytes, str, str], None]
Silence = Callable[[Exception, str, str], SourceError | TryAgain]  # of a request to a source


def _of_odata(status: int, body: bytes, request: str, source: str) -> Verdict:
    return decode_error(status, body, request=request, source=source)


@dataclass(frozen=True, slots=True)
class Manners:
    """How a protocol says no (`judge`), what of it may pass for an answer (`check`), and what no answer means."""

    judge: Judge = _of_odata
    check: Check = reception.check
    silence: Silence = no_answer


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: `target` relative to the base, encoded. With `enough` only the answer's beginning is read.

    `manners` are its own where they are not those of its protocol.
    """

    target: str
    expect: reception.Expected
    wait_s: float
    method: Method = "GET"
    enough: reception.Enough | None = None
    message: Message | None = None
    manners: Manners | None = None

    @property
    def name(self) -> str:
        """The target, and what is called there."""
        return f"{self.target}#{self.message.about}" if self.message else self.target

    @property
    def kind(self) -> str:
        """What is asked, without what in particular: answers of one kind can be compared."""
        path, _, query = self.target.partition("?")
        options = (pair.partition("=") for pair in query.split("&"))
        told = [f"{name}={value}" if name == "$select" else name for name, _, value in options]
        field = query.partition("$filter=")[2].lstrip("(").partition("%20")[0]
        about = self.message.about if self.message else ""
        return " ".join([path.partition("(")[0], about, *told, field, "first" if self.enough else "whole"])


ODATA = Manners()
