"""A statement as PDF, drawn by Typst with the fonts it brings: the same bytes on every machine."""

from __future__ import annotations

import json
import threading
from functools import cache
from importlib.resources import files

from typst import Compiler

from printing.act import Act
from printing.shown import shown

TURN = threading.Lock()  # a Compiler keeps the inputs of one document


def pdf(act: Act) -> bytes:
    """The document; the same act is the same bytes: no time of printing is in it."""
    with TURN:
        drawn = _compiler().compile(_template(), format="pdf", sys_inputs=_inputs(act), timestamp=0)
    assert isinstance(drawn, bytes)
    return drawn


def pictures(act: Act, ppi: float = 144) -> list[bytes]:
    """Its pages as PNG."""
    with TURN:
        drawn = _compiler().compile(_template(), format="png", sys_inputs=_inputs(act), ppi=ppi, timestamp=0)
    assert drawn is not None
    return [drawn] if isinstance(drawn, bytes) else drawn


def _inputs(act: Act) -> dict[str, str]:
    return {"act": json.dumps(shown(act), ensure_ascii=False)}


@cache
def _compiler() -> Compiler:
    """Fonts are looked at once; those of the machine never."""
    return Compiler(ignore_system_fonts=True)


@cache
def _template() -> bytes:
    """Given with every document: a Compiler forgets what it was made with when its inputs change."""
    return files("printing").joinpath("templates", "act.typ").read_bytes()
