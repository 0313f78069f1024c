"""Statements and documents as PDF, drawn by Typst with the fonts it brings: the same bytes on every machine."""

from __future__ import annotations

import json
import threading
from dataclasses import asdict
from functools import cache
from importlib.resources import files

from typst import Compiler

from printing.act import Act
from printing.document import Sheet
from printing.shown import shown

TURN = threading.Lock()  # a Compiler keeps the inputs of one document


def pdf(of: Act | Sheet) -> bytes:
    """The document; the same act or sheet is the same bytes: no time of printing is in it."""
    with TURN:
        drawn = _compiler().compile(_template(_named(of)), format="pdf", sys_inputs=_inputs(of), timestamp=0)
    assert isinstance(drawn, bytes)
    return drawn


def pictures(of: Act | Sheet, ppi: float = 144) -> list[bytes]:
    """Its pages as PNG."""
    with TURN:
        drawn = _compiler().compile(
            _template(_named(of)), format="png", sys_inputs=_inputs(of), ppi=ppi, timestamp=0
        )
    assert drawn is not None
    return [drawn] if isinstance(drawn, bytes) else drawn


def _named(of: Act | Sheet) -> str:
    """What the template is called, and the input it reads."""
    return "act" if isinstance(of, Act) else "sheet"


def _inputs(of: Act | Sheet) -> dict[str, str]:
    said = shown(of) if isinstance(of, Act) else asdict(of)
    return {_named(of): json.dumps(said, ensure_ascii=False)}


@cache
def _compiler() -> Compiler:
    """Fonts are looked at once; those of the machine never."""
    return Compiler(ignore_system_fonts=True)


@cache
def _template(name: str) -> bytes:
    """Given with every document: a Compiler forgets what it was made with when its inputs change."""
    return files("printing").joinpath("templates", f"{name}.typ").read_bytes()
