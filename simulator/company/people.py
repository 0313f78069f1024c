"""Names of people and companies."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.company.chance import Chance
from simulator.company.words import Words


@dataclass(frozen=True, slots=True)
class Person:
    surname: str
    first_name: str
    patronymic: str

    @property
    def full(self) -> str:
        return f"{self.surname} {self.first_name} {self.patronymic}"

    @property
    def short(self) -> str:
        return f"{self.surname} {self.first_name[0]}. {self.patronymic[0]}."


def some_person(chance: Chance, words: Words) -> Person:
    surname = chance.pick(words.surnames)
    if chance.often(0.55):
        first_name = chance.pick(words.men)[0]
        return Person(surname, first_name, chance.pick(words.men)[1])
    return Person(surname + words.feminine_ending, chance.pick(words.women), chance.pick(words.daughters))


def company_name(chance: Chance, words: Words) -> str:
    """A short name without its legal form: «СтройТехСнаб», «Горизонт», «Вектор-Снаб»."""
    if chance.often(0.3):
        return chance.pick(words.name_nouns)
    if chance.often(0.25):
        return f"{chance.pick(words.name_nouns)}-{chance.pick(words.name_parts)}"
    parts = [chance.pick(words.name_parts)]
    length = 3 if chance.often(0.4) else 2
    while len(parts) < length:
        part = chance.pick(words.name_parts)
        if part not in parts:
            parts.append(part)
    return "".join(parts)
