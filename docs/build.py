"""Write the documents that are made from the code: `make docs`. A test compares them with it."""

from __future__ import annotations

from pathlib import Path

from api.app import create_app
from api.reference import document
from api.web.errors import PROBLEMS
from mappings import MAPPINGS
from mappings.entity import Entity
from mappings.outgoing import OUTGOING, Outgoing, SectionRow
from schemas.settings import HubSettings
from store.engine import Store

HERE = Path(__file__).parent
ABOUT = {
    "ut11": (
        "",
        "Sets that are `optional` may be missing: the rest is read all the same, and the site shows nothing of them.",
        "",
        "* **Prices.** Kinds of price that are not marked as used in sales, or not in force, stay inside with",
        "  their prices: what the company pays itself is a kind of price too. Cost (себестоимость) is not read at",
        "  all. Which kind of price is a buyer's is not known here: agreements (соглашения с клиентами) are not",
        "  read. The storefront decides, and asks for one kind at a time. Releases that keep prices in",
        "  `ЦеныНоменклатуры25` name it in [settings](settings.md).",
        "* **Stock.** `ТоварыНаСкладах` is in every release; `СвободныеОстатки` is gone since УТ 11.5.7. So",
        "  `reserved` is what slips call for (`КОтгрузке`) and what is set apart for an order (`Назначение`).",
        "  What an order reserves that has neither yet is not in it.",
        "* **What it costs.** The base computes a virtual table for each reading: as many rows as items times",
        "  kinds of price, or times warehouses, about 350 bytes each. A hundred thousand of them are 35 MB in one",
        "  answer; `limits.body_cap_bytes` and `timeouts.totals_s` bound it, `[cadence]` says how often.",
    ),
}


def mappings_page() -> str:
    """What is read from where, for people who prepare a base for Saldo."""
    lines = [
        "# What is read from the accounting system",
        "",
        "Made by `make docs` from the declarations in `mappings/`. A base publishes these sets through OData",
        "and gives the hub's user the right to read them; `saldo check` tells what is missing. Names that",
        'differ in an installation are given in `[fields]` of its settings: `"Set.Поле" = "ИмяЗдесь"`.',
    ]
    for name, entities in MAPPINGS.items():
        lines += ["", f"## {name}", *ABOUT.get(name, ())]
        for entity in entities:
            lines += _entity(entity)
        for declared in OUTGOING.get(name, ()):
            lines += _written(declared)
    return "\n".join(lines) + "\n"


def _entity(entity: Entity) -> list[str]:
    how = f"pages ordered by {', '.join(entity.order_by)}"
    if entity.period:
        how = f"windows over `{entity.period}`"
    if entity.is_virtual:
        how = "the virtual table as it is now, in one answer"
    if entity.optional:
        how += ", optional"
    lines = [
        "",
        f"### {entity.name}",
        "",
        f"{entity.title}. `{entity.source}`, {how}, family {entity.family}.",
        "",
    ]
    lines += ["| site field | accounting field |", "|---|---|"]
    for table, field, paths in entity.paths():
        shown = field if table == entity.table.name else f"{table}.{field}"
        lines.append(f"| {shown} | {', '.join(f'`{path}`' for path in paths) or 'constant'} |")
    return lines


def _written(declared: Outgoing) -> list[str]:
    heads = [f"`{one.name}`" for one in declared.fields]
    lines = [
        "",
        f"### {declared.kind}, as it is written",
        "",
        "Only where `orders.accept` is on"
        + ("; what is in `orders.constants` comes on top. " if declared.kind == "order" else ". ")
        + f"`{declared.entity_set}`:",
        f"{', '.join(heads)}.",
    ]
    if isinstance(declared, SectionRow):
        known = " and ".join(f"`{one}`" for one in declared.known_by)
        lines.append(
            f"A row of `{declared.section}`, known by {known}; the others are sent again as they are."
        )
        return lines
    lines += [
        f"`{part.name}`: {', '.join(f'`{one.name}`' for one in part.fields)}." for part in declared.parts
    ]
    known = " and ".join(f"`{one}`" for one in declared.looked_by)
    lines.append(f"It is looked for by {known}; `{declared.marked_in}` ends with the marker `[saldo <id>]`.")
    return lines


def openapi() -> bytes:
    """The API's document, which needs neither a store nor a base."""
    settings = HubSettings("sqlite:///unused.db", "memory://", ())
    store = Store.open(settings.database_url, settings.landing_url)
    return document.served(create_app(settings, store))


def api_page(written: str) -> str:
    """The page of the API with the table of its errors."""
    rows = [f"| {status} | `{code}` | {title} |" for code, (status, title) in PROBLEMS.items()]
    table = "\n".join(["| status | code | title |", "|---|---|---|", *sorted(rows)])
    before, _, rest = written.partition("<!-- errors -->\n")
    return f"{before}<!-- errors -->\n{table}\n<!-- /errors -->{rest.partition('<!-- /errors -->')[2]}"


if __name__ == "__main__":
    page = HERE / "api.md"
    page.write_text(api_page(page.read_text(encoding="utf-8")), encoding="utf-8")
    (HERE / "openapi.json").write_bytes(openapi())
    (HERE / "mappings.md").write_text(mappings_page(), encoding="utf-8")
