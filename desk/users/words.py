"""What roles are called, in the reader's language."""

from __future__ import annotations

from desk.frame.visits import Reader
from schemas.desk import Role, Theme


def roles(reader: Reader) -> dict[Role, str]:
    _ = reader.text.gettext
    return {"accountant": _("Accountant"), "ops": _("Operations"), "admin": _("Administrator")}


def duties(reader: Reader) -> dict[Role, str]:
    _ = reader.text.gettext
    return {
        "accountant": _("reads everything; draws, sends and agrees statements; sets terms and access"),
        "ops": _("also mends what is stuck: quarantine, comparisons, pauses"),
        "admin": _("also manages users"),
    }


def themes(reader: Reader) -> dict[Theme, str]:
    _ = reader.text.gettext
    return {"system": _("As the system has it"), "light": _("Light"), "dark": _("Dark")}
