"""The line of filters under the question box: dates, publishers, and single articles."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import gradio as gr

from bot.chat.events import HIDDEN
from bot.chat.html.markup import notice_html
from bot.chat.turns import Turn
from bot.sanitize import counted, one_line

if TYPE_CHECKING:
    from bot.chat.article_table import ArticleTable

__all__ = ["FilterBar", "filter_bar", "filter_events"]

_MOST_OFFERED = 300  # articles that the list offers; any other is narrowed to where it is read
_LONGEST_LABEL = 80  # code points of a title in the list

_LABEL_JS = "(...narrowed) => window.newsbot?.narrowed(...narrowed)"


@dataclass(frozen=True)
class FilterBar:
    """The components of the line.

    Attributes:
        place: what holds them; its label says what they narrow to.
        since: the first day.
        until: the last day.
        sources: publishers; none chosen is any.
        articles: ids; none chosen is all.
        everything: the button that chooses nothing.
    """

    place: gr.Accordion
    since: gr.DateTime
    until: gr.DateTime
    sources: gr.Dropdown
    articles: gr.Dropdown
    everything: gr.Button

    @property
    def chosen(self) -> list[Any]:
        """The components that ``Narrowing.read`` takes the values of, in its order."""
        return [self.since, self.until, self.sources, self.articles]


def filter_bar() -> FilterBar:
    """Put the components into the Blocks that are being built."""
    with gr.Accordion("Dates, sources, articles", open=False, elem_id="filters") as place:
        with gr.Row(elem_classes="fields"):
            since, until = _day("From"), _day("Until")
            sources = _several("Only these sources", "only-sources")
        articles = _several("Only these articles", "only-articles")
        everything = gr.Button("All articles", elem_classes="quiet", size="sm")
    return FilterBar(place, since, until, sources, articles, everything)


def filter_events(
    bar: FilterBar, listing: ArticleTable, turns: gr.State
) -> Callable[[Sequence[str], Any, Iterable[Turn]], list[Any]]:
    """Let the line tell what it narrows to, and offer articles where they are looked for.

    Args:
        bar: the components.
        listing: of all articles, with their titles.
        turns: the conversation: what was found for it is offered first.

    Returns:
        Adds articles to those chosen: takes their ids, what is chosen and the turns, and gives
        a value of ``bar.articles``, and the HTML of a line that says so.
    """

    def offered(chosen: Sequence[str] | None, turns: Iterable[Turn]) -> list[tuple[str, str]]:
        """Give labels and ids: those chosen, those found, then as many as there is room for."""
        titles = {found.article_id: found.title for turn in turns for found in turn.found}
        latest = list(reversed(titles))
        titles.update((row.id, row.title) for row in listing.at_hand())
        ids = list(dict.fromkeys([*(chosen or ()), *latest, *titles]))
        room = max(_MOST_OFFERED, len(chosen or ()))
        return [(_label(titles.get(one, one)), one) for one in ids[:room]]

    def offer(chosen: Any, turns: Iterable[Turn]) -> Any:
        return gr.update(choices=offered(chosen, turns))

    def narrow_to(ids: Sequence[str], chosen: Any, turns: Iterable[Turn]) -> list[Any]:
        together = list(dict.fromkeys([*(chosen or ()), *ids]))
        choices = offered(together, turns)
        names = [label for label, one in choices if one in ids]
        say = f"Only this article is asked: {names[0]}" if len(names) == 1 else ""
        if len(together) > 1:
            say = f"Only {counted(len(together), 'article')} are asked."
        return [gr.update(value=together, choices=choices), notice_html(say)]

    bar.articles.focus(offer, [bar.articles, turns], bar.articles, queue=False, **HIDDEN)
    bar.everything.click(lambda: [None, None, [], []], None, bar.chosen, queue=False, **HIDDEN)
    changes = [one.change for one in bar.chosen]
    gr.on(changes, None, bar.chosen, bar.place, js=_LABEL_JS, **HIDDEN)
    return narrow_to


def _day(label: str) -> gr.DateTime:
    return gr.DateTime(label=label, include_time=False, type="string", min_width=120)


def _several(label: str, name: str) -> gr.Dropdown:
    return gr.Dropdown(
        [],
        value=[],
        multiselect=True,
        # What is offered changes with the index and the conversation; a choice made before stands.
        allow_custom_value=True,
        label=label,
        min_width=120,
        elem_id=name,
    )


def _label(title: str) -> str:
    plain = one_line(title) or "Untitled article"
    return plain if len(plain) <= _LONGEST_LABEL else f"{plain[: _LONGEST_LABEL - 1]}…"
