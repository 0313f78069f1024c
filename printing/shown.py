"""An act as text only, as page and PDF show it; a spreadsheet takes numbers from the act itself."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from printing.act import Act, Section
from printing.formats import amount, day
from printing.rows import Row
from schemas.languages import Language


def shown(act: Act) -> dict[str, Any]:
    """The act with every amount and date written out; an empty cell is ""."""
    return asdict(act) | {
        "sections": [_section(section, act.language) for section in act.sections],
        "sides": [
            asdict(side) | {"signers": [signer._asdict() for signer in side.signers]} for side in act.sides
        ],
    }


def _section(section: Section, language: Language) -> dict[str, Any]:
    rows = [
        {
            "kind": pair.ours.kind,
            "ours": _row(pair.ours, section.currency, language),
            "theirs": _row(pair.theirs, section.currency, language),
        }
        for pair in section.rows
    ]
    return {
        "currency": section.currency,
        "ours": asdict(section.ours),
        "theirs": asdict(section.theirs),
        "rows": rows,
    }


def _row(row: Row, currency: str, language: Language) -> dict[str, str]:
    return {
        "on": day(row.on, language) if row.on else "",
        "text": row.text,
        "debit": "" if row.debit is None else amount(row.debit, currency, language),
        "credit": "" if row.credit is None else amount(row.credit, currency, language),
    }
