"""What the store does not let happen to an order, as problems of this API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from api.web.errors import FieldError, ProblemError
from schemas.errors import InvalidValueError, RefusedStep, StepRefusedError, StoreError
from schemas.settings import SourceSettings

CODES = ("step_refused", "order_changed", "own_order", "trading_suspended", "access_blocked", "invalid_value")
_TOLD: Mapping[RefusedStep, tuple[str, str]] = {
    "not_in_this_state": (
        "step_refused",
        "Read the order again: `actions` tells what may be done with it now.",
    ),
    "unknown_counterparty": ("invalid_value", "The counterparty is no longer there; ask the supplier."),
    "trading_suspended": ("trading_suspended", "The supplier does not trade with it for now; ask him."),
    "access_blocked": ("access_blocked", "The supplier has blocked its access; ask him."),
    "own_order": ("own_order", "Let somebody else of the company decide, and name him in contact_id."),
    "reason_missing": ("invalid_value", "Say why in `note`."),
    "of_another_counterparty": ("invalid_value", "Cancel the order, and place one under another reference."),
}
_PLACES: Mapping[RefusedStep, str] = {"reason_missing": "note"}


@contextmanager
def told() -> Iterator[None]:
    """Errors: ProblemError of CODES for what a step of the store refuses."""
    try:
        yield
    except StepRefusedError as error:
        code, hint = _TOLD[error.code]
        place = _PLACES.get(error.code)
        errors = (FieldError(detail=f"{error.message}.", pointer=f"#/{place}"),) if place else ()
        raise ProblemError(code, f"{error.message}.", hint=hint, errors=errors) from error
    except InvalidValueError:
        raise
    except StoreError as error:
        raise ProblemError("step_refused", f"{error.message}.", hint=f"{error.hint}.") from error


def must_take(source: SourceSettings) -> None:
    """Errors: ProblemError orders_off."""
    if not source.orders.accept:
        raise ProblemError(
            "orders_off",
            "This base takes no orders through the hub.",
            hint="The operator of the hub lets it: `accept = true` under [orders] of its settings, after"
            " `saldo check`.",
        )


def changed() -> ProblemError:
    return ProblemError(
        "order_changed",
        "The order says something else by now than this request has seen.",
        hint="Read it again, look at what it says now, and send its `version`.",
    )
