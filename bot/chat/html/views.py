"""What the reports say, side by side: a row for each value, and numbers as a chart of steps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from bot.answering.answers import RELATIONS
from bot.chat.html.cards import quote_html
from bot.chat.html.markup import date_html, escaped
from bot.comparing.values import only_number

if TYPE_CHECKING:
    from bot.answering.answers import View

__all__ = ["chart_html", "views_html"]

_WIDTH, _HEIGHT = 360, 110
_LEFT, _RIGHT, _TOP, _BOTTOM = 28, 40, 22, 18  # room for labels
_CHARTED = ("growth", "correction", "succession")
_LONGEST_LABEL = 12


def views_html(views: Sequence[View], turn: int) -> str:
    """Show what the reports say, in the order given, and how the rows are related.

    Args:
        views: of an answer, at least one.
        turn: number of the turn that its markers point to, from 1.
    """
    relation = views[0].relation
    rows = "".join(_row(view, turn) for view in views)
    return (
        f'<section class="views" aria-label="What the reports say"><p class="relation">'
        f'<span class="badge">{escaped(relation)}</span> {escaped(RELATIONS.get(relation, ""))}</p>'
        f"{chart_html(views)}<ol>{rows}</ol></section>"
    )


def _row(view: View, turn: int) -> str:
    days = [date_html(day) for day in dict.fromkeys(filter(None, (view.first, view.last)))]
    sources = ", ".join(f"<bdi>{escaped(one)}</bdi>" for one in view.sources)
    where = " · ".join(filter(None, (" to ".join(days), sources)))
    quotes = "".join(quote_html(cited, turn) for cited in view.citations)
    return (
        f'<li><p><strong dir="auto">{escaped(view.value)}</strong> '
        f'<span class="byline">{where}</span></p>{quotes}</li>'
    )


def chart_html(views: Sequence[View]) -> str:
    """Show numbers as steps from day to day; nothing where not all are dated numbers."""
    if views[0].relation not in _CHARTED:
        return ""
    points = []
    for view in views:
        number = only_number(view.value)
        if number is None or view.first is None:
            return ""
        points.append((date.fromisoformat(view.first), number))
    points.sort()
    first, last = points[0][0], points[-1][0]
    most = max(number for _, number in points)
    if first == last or most <= 0 or min(number for _, number in points) < 0:
        return ""

    def place(day: date, number: float) -> tuple[float, float]:
        along = (day - first).days / (last - first).days
        return (
            round(_LEFT + along * (_WIDTH - _LEFT - _RIGHT), 1),
            round(_HEIGHT - _BOTTOM - number / most * (_HEIGHT - _TOP - _BOTTOM), 1),
        )

    places = [place(*point) for point in points]
    (x, y), *rest = places
    path = f"M{x} {y}" + "".join(f"H{to_x}V{to_y}" for to_x, to_y in rest) + f"H{_WIDTH}"
    base = _HEIGHT - _BOTTOM
    dots = "".join(f'<circle cx="{x}" cy="{y}" r="3"/>' for x, y in places)
    labels = "".join(
        f'<text x="{x}" y="{y - 7}">{_label(number)}</text>'
        for (x, y), (_, number) in zip(places, points, strict=True)
    )
    said = "; ".join(f"{day.isoformat()}: {number:,g}" for day, number in points)
    return (
        f'<svg class="steps" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="{escaped(said)}"><path class="base" d="M0 {base}H{_WIDTH}"/>'
        f'<path class="line" d="{path}"/>{dots}{labels}'
        f'<text class="first" x="0" y="{_HEIGHT - 4}">{_day(first)}</text>'
        f'<text class="last" x="{_WIDTH}" y="{_HEIGHT - 4}">{_day(last)}</text></svg>'
    )


def _label(number: float) -> str:
    written = f"{number:,.2f}".rstrip("0").rstrip(".")
    return written if len(written) <= _LONGEST_LABEL else f"{number:.3g}"


def _day(day: date) -> str:
    return f"{day.day} {day:%b} {day.year}"
