"""The filters under the question box: dates, sources, names, and single articles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import gradio as gr

from bot.chat.events import HIDDEN, QUICK
from bot.chat.html.markup import notice_html
from bot.chat.turns import Turn
from bot.citing.answered import names_in
from bot.sanitize import counted, one_line

if TYPE_CHECKING:
    from bot.chat.article_table import ArticleTable

__all__ = ["FilterBar"]

_MOST_OFFERED = 300  # articles in the list; any other is chosen by its card or in the table
_LONGEST_LABEL = 80  # code points of a title in the list

_LABEL_JS = "(...chosen) => window.newsbot?.filtered(...chosen)"


class FilterBar:
    """The components, in ``place``, whose label says what is chosen; nothing chosen is all."""

    def __init__(self, table: ArticleTable) -> None:
        """Put the filters into the Blocks that are being built."""
        self._table = table
        label = "Dates, sources, names, articles"
        with gr.Accordion(label, open=False, elem_id="filters") as self.place:
            with gr.Row(elem_classes="fields"):
                self.since, self.until = _day("From"), _day("Until")
                self.sources = _several("Only these sources", "only-sources")
            with gr.Row(elem_classes="fields"):
                self.names = _several("Only articles that name", "only-names")
                self.articles = _several("Only these articles", "only-articles")
            self._everything = gr.Button("All articles", elem_classes="quiet", size="sm")

    @property
    def chosen(self) -> list[Any]:
        """The components whose values ``SearchFilters.read`` takes, in its order."""
        return [self.since, self.until, self.sources, self.articles, self.names]

    def connect(self, turns: gr.State) -> None:
        """Let the label say what is chosen, and offer articles when they are looked for."""

        def offer(chosen: Any, turns: Iterable[Turn]) -> Any:
            return gr.update(choices=self._choices(chosen, turns))

        self.articles.focus(offer, [self.articles, turns], self.articles, **QUICK)
        self.names.focus(
            lambda: gr.update(choices=[one.name for one in self._table.names_or_none()]),
            None,
            self.names,
            **QUICK,
        )
        self._everything.click(lambda: [None, None, [], [], []], None, self.chosen, **QUICK)
        changes = [one.change for one in self.chosen]
        gr.on(changes, None, self.chosen, self.place, js=_LABEL_JS, **HIDDEN)

    def restored(self, filters: Mapping[str, Any]) -> list[Any]:
        """Return the values of ``chosen`` that say what ``AnsweredQuestion`` has as its filters."""
        days = (str(filters.get(name) or "")[:10] for name in ("since", "until"))
        sources, ids, names = (names_in(filters, one) for one in ("source", "articles", "name"))
        return [*days, sources, gr.update(value=ids, choices=self._choices(ids, ())), names]

    def restrict_to_name(self, name: str, chosen: Sequence[str] | None) -> list[Any]:
        """Return the value of ``names`` with one more, and the filters opened."""
        return [gr.update(value=list(dict.fromkeys([*(chosen or ()), name]))), gr.update(open=True)]

    def restrict_to(self, ids: Sequence[str], chosen: Any, turns: Iterable[Turn]) -> list[Any]:
        """Return the value of ``articles`` with more ids, and a notice's HTML that says so.

        Args:
            ids: of the articles that are added to those chosen.
            chosen: the value of ``articles``.
            turns: the conversation; what was found for it is offered first.
        """
        together = list(dict.fromkeys([*(chosen or ()), *ids]))
        choices = self._choices(together, turns)
        titles = [title for title, article_id in choices if article_id in ids]
        notice = f"Only this article is asked: {titles[0]}" if len(titles) == 1 else ""
        if len(together) > 1:
            notice = f"Only {counted(len(together), 'article')} are asked."
        return [gr.update(value=together, choices=choices), notice_html(notice)]

    def _choices(
        self, chosen: Sequence[str] | None, turns: Iterable[Turn]
    ) -> list[tuple[str, str]]:
        """Return labels and ids: those chosen, those found, then as many as there is room for."""
        titles = {found.article_id: found.title for turn in turns for found in turn.found}
        latest = list(reversed(titles))
        titles.update((row.id, row.title) for row in self._table.rows_or_none())
        ids = list(dict.fromkeys([*(chosen or ()), *latest, *titles]))
        room = max(_MOST_OFFERED, len(chosen or ()))
        return [(_label(titles.get(one, one)), one) for one in ids[:room]]


def _day(label: str) -> gr.DateTime:
    return gr.DateTime(label=label, include_time=False, type="string", min_width=150)


def _several(label: str, name: str) -> gr.Dropdown:
    return gr.Dropdown(
        [],
        value=[],
        multiselect=True,
        # What is offered changes with the index and the conversation; an earlier choice stands.
        allow_custom_value=True,
        label=label,
        min_width=120,
        elem_id=name,
    )


def _label(title: str) -> str:
    plain = one_line(title) or "Untitled article"
    return plain if len(plain) <= _LONGEST_LABEL else f"{plain[: _LONGEST_LABEL - 1]}…"
