"""How an answer, or a conversation, is cited elsewhere: a menu of formats, and an address."""

from __future__ import annotations

from bot.chat.html.markup import escaped
from bot.citing.formats import ExportFormat

__all__ = ["cite_menu", "link_html"]


def cite_menu(turn: int, name: str = "Cite") -> str:
    """Return a menu that folds out; a click on a format saves a file.

    Args:
        turn: number of the turn, from 1; 0 for the whole conversation.
        name: what stands on it while it is closed.
    """
    formats = "".join(
        f'<button type="button" class="link" name="cite" value="{turn}/{form}">'
        f"{form.label}</button>"
        for form in ExportFormat
    )
    return f'<details class="cite"><summary>{name}</summary><p>{formats}</p></details>'


def link_html(address: str) -> str:
    """Say that an answer has an address, which was copied."""
    address = escaped(address)
    return (
        '<div class="notice" role="status" aria-live="polite"><div class="hint"><p>Link copied: '
        f'<a href="{address}" target="_blank">{address}</a></p></div></div>'
    )
