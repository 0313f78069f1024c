"""Everything that needs somebody, the worst first."""

from __future__ import annotations

from collections.abc import Sequence

from api.web.hub import Hub
from desk.frame.visits import Visit
from desk.today import bases, notices, papers, portal, proof, work
from desk.today.bases import Base
from desk.today.notices import Notice
from store.engine import Tx


def everything(tx: Tx, hub: Hub, visit: Visit, known: Sequence[Base]) -> list[Notice]:
    return notices.sorted_(
        [
            *proof.notices(tx, hub, visit),
            *bases.notices(tx, hub, visit, known),
            *portal.notices(tx, visit),
            *papers.notices(tx, hub, visit),
            *work.notices(tx, visit),
        ]
    )
