"""What a stored field is. The store derives column types from these, the mappings the readers' results.

All are plain values at run time: a record is a tuple that goes to the database as it stands.
"""

from __future__ import annotations

from typing import NewType

Guid = NewType("Guid", str)  # a reference of the accounting system, lower-case, never the empty one
Units = NewType("Units", int)  # money in minor units of the record's `currency`
Micro = NewType("Micro", int)  # a quantity, price or rate in millionths, exact
CurrencyCode = NewType("CurrencyCode", str)  # ISO 4217 alphabetic
WallClock = NewType("WallClock", str)  # "2026-11-22T16:00:52": the accounting system's clock, no zone
Day = NewType("Day", str)  # "2026-11-22" in the accounting time zone
Json = NewType("Json", str)  # a JSON text with sorted keys

# Marks a field that never leaves by the storefront's API (CM-14): `Annotated[str, INTERNAL]`.
INTERNAL = "internal"
