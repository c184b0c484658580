"""Who may change the index: asked by the page's own events and by the endpoints alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.access.authentication import AccessPolicy, visitor_of
from bot.errors import RequestRefused

if TYPE_CHECKING:
    import gradio as gr

__all__ = ["check_editor", "may_edit"]


def may_edit(request: gr.Request | None, gate: AccessPolicy) -> bool:
    """Tell whether whoever sent a request may add and remove articles."""
    inner = None if request is None else request.request
    return inner is not None and gate.may_change(visitor_of(inner.scope))


def check_editor(request: gr.Request | None, gate: AccessPolicy) -> None:
    """Check that whoever sent a request may add and remove articles.

    Raises:
        RequestRefused: it is somebody who may not.
    """
    if not may_edit(request, gate):
        raise RequestRefused("you may not add or remove articles")
