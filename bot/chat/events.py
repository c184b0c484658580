"""What the page's own events have in common."""

from __future__ import annotations

from typing import Any

__all__ = ["HIDDEN"]

HIDDEN: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
"""Options of an event that belongs to the page and not to its API."""
