"""What the events of the page have in common."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import gradio as gr

__all__ = ["HIDDEN", "QUICK", "script", "visible"]

HIDDEN: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
"""Options of an event that belongs to the page and not to its API."""

QUICK: dict[str, Any] = {**HIDDEN, "queue": False}
"""Options of one that does not wait for its turn among the questions."""


def script(name: str) -> str:
    """Return the script in ``static`` that a component runs when it is made."""
    return files("bot.chat").joinpath("static", name).read_text(encoding="utf-8")


def visible(*shown: bool) -> list[Any]:
    """Return updates that show components or hide them."""
    return [gr.update(visible=one) for one in shown]
