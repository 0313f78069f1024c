"""Landed pages as today's declaration of an entity reads them; nothing is written."""

from __future__ import annotations

from connectors.decode import decoder_of
from connectors.dialects import DIALECTS
from connectors.wire_types import attribute
from mappings.compiled import Mapped, compile_entity
from mappings.entity import Entity
from mappings.values import Context
from schemas.settings import SourceSettings
from store import landing, reference
from store.engine import Store
from store.landing import LandedPage


class Pages:
    """Reads pages of one entity with the currencies and kinds of contact that the store knows now."""

    def __init__(self, store: Store, source: SourceSettings, entity: Entity) -> None:
        with store.reading() as tx:
            known = Context(reference.currency_codes(tx, source.id), reference.contact_kinds(tx, source.id))
        self._store = store
        self._source_set = entity.source_set
        self._dialect = DIALECTS[source.dialect]
        self._mapper = compile_entity(entity, known, attribute)

    def mapped(self, page: LandedPage) -> Mapped:
        """Map one page; its bytes are proven by their hash.

        Errors: LineageError where they are not what was landed, SourceContractError where they are no answer.
        """
        decoder = decoder_of(self._source_set, self._dialect, page.media_type)
        decoded = decoder.rows(landing.read(self._store, page))
        return self._mapper.map_page(zip(decoded.places, decoded.rows, strict=True), page.id)
