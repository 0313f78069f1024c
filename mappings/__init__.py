"""One declaration per kind of accounting record; `MAPPINGS` by the name a source's settings give."""

from mappings.ut11 import UT11

MAPPINGS = {"ut11": UT11}

__all__ = ["MAPPINGS"]
