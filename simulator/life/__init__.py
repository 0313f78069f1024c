"""The company goes on living: one event after another, with the books closed after each."""

from simulator.life.event import Event, NothingFitsError
from simulator.life.life import Life

__all__ = ["Event", "Life", "NothingFitsError"]
