"""Randomness and identities that are the same on every Python, platform and run."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from hashlib import blake2b
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Chance:
    """One stream of choices; streams with different keys never disturb one another.

    Everything is drawn from ``Random.random``, the only method whose sequence Python guarantees.
    """

    __slots__ = ("random",)

    def __init__(self, *key: object) -> None:
        self.random = Random("/".join(map(str, key))).random

    def below(self, limit: int) -> int:
        return int(self.random() * limit)

    def between(self, least: int, most: int) -> int:
        return least + int(self.random() * (most - least + 1))

    def often(self, share: float) -> bool:
        return self.random() < share

    def pick(self, choices: Sequence[T]) -> T:
        return choices[int(self.random() * len(choices))]

    def weighted(self, choices: Sequence[T], cumulative: Sequence[float]) -> T:
        return choices[min(bisect_right(cumulative, self.random() * cumulative[-1]), len(choices) - 1)]

    def shuffled(self, choices: Sequence[T]) -> list[T]:
        return [choices[i] for _, i in sorted((self.random(), i) for i in range(len(choices)))]

    def digits(self, count: int) -> str:
        return f"{self.below(10**count):0{count}d}"


class Guids:
    """Identities derived from the seed and the place of a thing in the company, in guid form."""

    __slots__ = ("_root",)

    def __init__(self, *key: object) -> None:
        self._root = blake2b("/".join(map(str, key)).encode(), digest_size=16)

    def __call__(self, kind: str, number: object) -> str:
        digest = self._root.copy()
        digest.update(f"|{kind}|{number}".encode())
        text = digest.hexdigest()
        return f"{text[:8]}-{text[8:12]}-5{text[13:16]}-a{text[17:20]}-{text[20:]}"
