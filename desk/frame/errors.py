"""What goes wrong at the desk leaves as a calm page, or as an alert where a part of a page was asked for."""

from __future__ import annotations

from schemas.errors import HubError


class DeskError(HubError):
    """A page that cannot be shown or a step that cannot be done; both texts are in the reader's language."""

    def __init__(self, code: int, text: str, hint: str) -> None:
        super().__init__(text, hint=hint)
        self.code = code


class SignInError(DeskError):
    """Nobody is signed in: the way leads to the page where one signs in, and back."""
