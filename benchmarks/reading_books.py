"""A store with the balances of many counterparties, written directly: what is measured is how they are read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args

from sqlalchemy import insert

from schemas import TABLES
from store import api_keys, bulk, migrations, news
from store.engine import Store, Tx
from store.record_tables import STORED
from store.tables import BALANCE_STATE, CONTRACT_BALANCE, OPEN_ITEM

SOURCE = "bench"
ORGANIZATION = "00000000-0000-4000-8000-ffffffffffff"
CONTRACTS, ITEMS = 2, 3  # of each counterparty, of each contract
AT = datetime.now(UTC).replace(microsecond=0)
TODAY = AT.date()
_EMPTY: dict[object, object] = {str: "", int: 0, bool: False}
_LINEAGE = {
    "landing_id": 1,
    "place": 0,
    "changed_at": AT,
    "entity": "bench",
    "mapping_digest": "",
    "run_id": "",
}


def guid(kind: int, number: int) -> str:
    return f"{kind:08x}-0000-4000-8000-{number:012x}"


def party(number: int) -> str:
    return guid(1, number)


def debt(number: int, contract: int) -> int:
    """What a contract owes: what its open items sum to."""
    return sum(_unpaid(number, contract, item) for item in range(ITEMS))


def overdue(number: int, contract: int) -> int:
    return sum(
        _unpaid(number, contract, item) for item in range(ITEMS) if _arose(number, item) + 14 * DAY < TODAY
    )


DAY = timedelta(days=1)


def _unpaid(number: int, contract: int, item: int) -> int:
    return 1_000 + (number * 7919 + contract * 104_729 + item * 1_299_709) % 10_000_000


def _arose(number: int, item: int) -> date:
    return TODAY - ((number + item * 17) % 50) * DAY


def fill(database_url: str, landing_url: str, parties: int) -> str:
    """Make the tables and fill them. Gives a key that reads every balance as often as it likes."""
    migrations.upgrade(database_url)
    store = Store.open(database_url, landing_url)
    with store.transaction() as tx:
        _records(tx, "organization", [{"id": ORGANIZATION, "name": "ООО Наша фирма"}])
        _records(tx, "counterparty", map(_counterparty, range(parties)))
        _records(tx, "contract", (_contract(one, two) for one in range(parties) for two in range(CONTRACTS)))
        _records(tx, "document", _documents(parties))
        _write(tx, CONTRACT_BALANCE, _balances(parties))
        _write(tx, OPEN_ITEM, _items(parties))
        state = {"source": SOURCE, "refreshed_at": AT, "as_of": AT, "entries": 1}
        tx.connection.execute(insert(BALANCE_STATE).values(**state))
        news.bump(tx, SOURCE)
        _, key = api_keys.create(
            tx, name="bench", by="bench", permissions=["balances:read"], per_minute=2_000_000_000
        )
    store.close()
    return key


def _counterparty(number: int) -> dict[str, Any]:
    return {"id": party(number), "name": f"ООО Покупатель {number}", "kind": "company", "status": "active"}


def _contract(number: int, contract: int) -> dict[str, Any]:
    return {
        "id": _contract_id(number, contract),
        "organization_id": ORGANIZATION,
        "counterparty_id": party(number),
        "number": f"{number}/{contract}",
        "name": f"Договор {number}/{contract}",
        "kind": "sale",
        "status": "active",
        "currency": "RUB",
        "credit_limit": 100_000_000,
        "settlement_order": "by_contract",
    }


def _contract_id(number: int, contract: int) -> str:
    return guid(2, number * CONTRACTS + contract)


def _places(parties: int) -> Iterator[tuple[int, int, int]]:
    for number in range(parties):
        for contract in range(CONTRACTS):
            for item in range(ITEMS):
                yield number, contract, item


def _documents(parties: int) -> Iterator[dict[str, Any]]:
    for number, contract, item in _places(parties):
        yield {
            "id": _document_id(number, contract, item),
            "kind": "shipping_note",
            "number": f"{number}-{contract}-{item}",
            "dated_at": f"{_arose(number, item)}T12:00:00",
            "counterparty_id": party(number),
            "contract_id": _contract_id(number, contract),
            "currency": "RUB",
        }


def _document_id(number: int, contract: int, item: int) -> str:
    return guid(3, (number * CONTRACTS + contract) * ITEMS + item)


def _balances(parties: int) -> Iterator[dict[str, Any]]:
    for number in range(parties):
        for contract in range(CONTRACTS):
            yield _of(number, contract) | {
                "debt": debt(number, contract),
                "entries": ITEMS,
                "changed_at": AT,
                "refreshed_at": AT,
            }


def _items(parties: int) -> Iterator[dict[str, Any]]:
    for number, contract, item in _places(parties):
        unpaid = _unpaid(number, contract, item)
        yield _of(number, contract) | {
            "settled_id": _document_id(number, contract, item),
            "settled_kind": "shipping_note",
            "arose_on": str(_arose(number, item)),
            "amount": unpaid,
            "debt": unpaid,
            "advance": 0,
        }


def _of(number: int, contract: int) -> dict[str, Any]:
    return {
        "source": SOURCE,
        "organization_id": ORGANIZATION,
        "counterparty_id": party(number),
        "contract_id": _contract_id(number, contract),
        "currency": "RUB",
    }


def _records(tx: Tx, name: str, rows: Iterable[dict[str, Any]]) -> None:
    declared = TABLES[name]
    blank = {field: _nothing(hint) for field, hint in declared.fields.items()}
    _write(tx, STORED[declared], ({**blank, **_LINEAGE, "source": SOURCE, **row} for row in rows))


def _nothing(hint: Any) -> object:
    if type(None) in get_args(hint):
        return None
    return "{}" if getattr(hint, "__name__", "") == "Json" else _EMPTY[getattr(hint, "__supertype__", hint)]


def _write(tx: Tx, table: Any, rows: Iterable[dict[str, Any]]) -> None:
    """Moments as the driver takes them: SQLite keeps them as text."""
    rows = iter(rows)
    first = next(rows)
    names = [column.name for column in table.columns if column.name in first]
    moments = {name for name in names if isinstance(first[name], datetime)} if tx.dialect == "sqlite" else ()

    def row(one: dict[str, Any]) -> list[Any]:
        return [
            one[name].isoformat(timespec="microseconds") if name in moments else one[name] for name in names
        ]

    bulk.write(tx, table, names, map(row, _again(first, rows)))


def _again(first: dict[str, Any], rest: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    yield first
    yield from rest
