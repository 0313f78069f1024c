"""The running API against its own document: sound and unsound requests, with ids that exist among them."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from api.reference import document
from tests.company import company, walk
from tests.company.company import Company
from tests.company.owners import HUB
from tests.company.serving import served

DOCUMENT = json.loads(Path(__file__).parents[2].joinpath("docs/openapi.json").read_bytes())
CASES = [
    (address, method, mode)
    for address, method, operation in document.operations(DOCUMENT)
    for mode in GenerationMode
    if mode is GenerationMode.POSITIVE or operation.get("parameters")  # else nothing can be unsound
]
# An id is text to the document and known to the hub alone: text that is none is refused, as the document says.
NOT_ASKED = [positive_data_acceptance]
# A query that nobody knows is left alone, as in most of HTTP; a body that is not as told is refused.
NOT_ASKED_OF_QUERIES = [*NOT_ASKED, negative_data_rejection]
MADE = ("statement_id", "upload_id", "operation_id", "order_id", "request_id")
SETTINGS = settings(
    max_examples=5,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    home = tmp_path_factory.mktemp("api")
    opened = company.opened(f"sqlite:///{home / 'store.db'}", home / "landing")
    yield opened
    opened.store.close()


@pytest.fixture(scope="module")
def api(books: Company) -> Iterator[tuple[str, str]]:
    """Its address and a key that may do everything."""
    key = books.key_of(HUB)
    with served(books) as address:
        yield address, key


@pytest.fixture(scope="module")
def schema(books: Company) -> Any:
    """The document, with ids of the books among what a parameter may be."""
    told = copy.deepcopy(DOCUMENT)
    known = company.ids() | {name: books.made[name] for name in MADE}
    for _, _, operation in document.operations(told):
        for one in operation.get("parameters", ()):
            if one["name"] in known:
                one["schema"] = {"anyOf": [{"enum": [*known[one["name"]], walk.NOBODY]}, one["schema"]]}
    return schemathesis.openapi.from_dict(told)


@pytest.mark.parametrize(("address", "method", "mode"), CASES)
def test_every_answer_is_a_documented_one(
    api: tuple[str, str], schema: Any, address: str, method: str, mode: GenerationMode
) -> None:
    base_url, key = api
    excluded = NOT_ASKED_OF_QUERIES if method == "get" else NOT_ASKED

    @SETTINGS
    @given(case=schema[address][method].as_strategy(generation_mode=mode))
    def answered(case: Any) -> None:
        headers = {"Authorization": f"Bearer {key}"}
        case.call_and_validate(base_url=base_url, headers=headers, excluded_checks=excluded)

    answered()
