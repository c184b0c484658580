"""What is found in many articles: the answers to a question as a list, and events by their days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from bot.chat.html.cards import quote_html
from bot.chat.html.markup import date_html, escaped

if TYPE_CHECKING:
    from bot.answering.answers import Event, Listing

__all__ = ["events_html", "listing_html"]


def listing_html(listing: Listing, turn: int) -> str:
    """Show different answers, each with its sentences, and in how many articles they were found.

    Args:
        listing: of an answer.
        turn: number of the turn that its markers point to, from 1.
    """
    rows = "".join(
        f'<li><p><strong dir="auto">{escaped(item.value)}</strong></p>'
        f"{''.join(quote_html(cited, turn) for cited in item.citations)}</li>"
        for item in listing.items
    )
    return (
        '<section class="views"><p class="relation">'
        f"Found here: {listing}. There may be more.</p><ul>{rows}</ul>{_saving(turn)}</section>"
    )


def events_html(events: Sequence[Event], turn: int) -> str:
    """Show a timeline, the earliest event first, which scrolls where it is long.

    Args:
        events: of an answer, at least one.
        turn: number of the turn that its markers point to, from 1.
    """
    rows = "".join(
        f"<li><p><strong>{_days(event)}</strong>{_note(event)}</p>"
        f"{quote_html(event.citation, turn)}</li>"
        for event in events
    )
    return (
        '<section class="views"><p class="relation">By day</p>'
        f'<ol class="events" tabindex="0">{rows}</ol>{_saving(turn)}</section>'
    )


def _note(event: Event) -> str:
    return f' <span class="byline">{event.note}</span>' if event.note else ""


def _days(event: Event) -> str:
    """Show the days of an event as those of articles are shown."""
    return " to ".join(
        f"{date.fromisoformat(event.first):%B %Y}" if len(day) == len("2024-05") else date_html(day)
        for day in event.days.split(" to ")
    )


def _saving(turn: int) -> str:
    return (
        f'<p class="saving"><button type="button" class="link" name="csv" value="{turn}">'
        "Save as CSV</button></p>"
    )
