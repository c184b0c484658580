"""The menu of formats in which an answer, or a conversation, is cited elsewhere."""

from __future__ import annotations

from bot.citing.formats import ExportFormat

__all__ = ["cite_menu"]


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
