"""The sections of the desk as its menu shows them."""

from __future__ import annotations

from dataclasses import dataclass

from desk.frame.visits import Reader, Visit
from schemas.desk import Role


@dataclass(frozen=True, slots=True)
class Item:
    """`key` follows `g` on the keyboard; `icon` names a symbol of frame/icons.html."""

    name: str
    address: str
    key: str
    icon: str
    role: Role = "accountant"


def items(reader: Reader) -> tuple[Item, ...]:
    """What this reader may open, with names in the reader's language."""
    if not isinstance(reader, Visit):
        return ()
    _ = reader.text.gettext
    every = (
        Item(_("Today"), "/desk/today", "t", "today"),
        Item(_("Counterparties"), "/desk/counterparties", "c", "people"),
        Item(_("Orders"), "/desk/orders", "o", "cart"),
        Item(_("Statements"), "/desk/statements", "s", "paper"),
        Item(_("Agreement"), "/desk/agreement", "a", "scales"),
        Item(_("Quarantine"), "/desk/quarantine", "q", "shield"),
        Item(_("Users"), "/desk/users", "u", "key", "admin"),
    )
    return tuple(item for item in every if reader.user.may(item.role))
