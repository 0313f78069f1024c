"""Who is on a statement, and in which words it is printed: what the books do not say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from schemas.languages import Language


class Signer(NamedTuple):
    """Who signs: `post` in the words of the printed language. What is "" is a line to be filled by hand."""

    post: str
    name: str


@dataclass(frozen=True, slots=True)
class Party:
    name: str
    tax_id: str = ""
    signers: tuple[Signer, ...] = (Signer("", ""),)


@dataclass(frozen=True, slots=True)
class Paper:
    """How one print differs from another.

    `contracts` and `contract_kinds` give titles, kinds in the printed language. `mirrored` fills the counterparty's
    half with our figures, sides swapped; else it is left for them to fill. `verify_at` is printed as it is, beside
    the checksum; `place` beside the title.
    """

    ours: Party
    theirs: Party
    language: Language
    time_zone: str
    contracts: Mapping[str, str] = field(default_factory=dict)
    contract_kinds: Mapping[str, str] = field(default_factory=dict)
    mirrored: bool = False
    place: str = ""
    verify_at: str = ""

    def __post_init__(self) -> None:
        if not (self.ours.signers and self.theirs.signers):
            raise ValueError("a party needs a signer, if only a blank one")
