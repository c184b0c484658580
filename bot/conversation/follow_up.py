"""From a follow-up question to a search result that asks it in full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.conversation.exchange import Exchange
from bot.conversation.gate import Dependence, dependence
from bot.conversation.resolution import conversation_of, full_forms, search_words
from bot.reader.reader import Reader
from index.results import Hit, SearchResult
from index.searcher import LONGEST_QUESTION, Searcher

__all__ = ["FollowUp", "follow_up_of"]

_MOST_FORMS = 2  # that are read
_MOST_PASSAGES = 4  # of the article, for each form
_SURER = 1.0  # by how much the margin of a less likely form has to be higher


@dataclass(frozen=True)
class FollowUp:
    """A question that depends on the conversation before it.

    Attributes:
        question: as it was asked.
        turns: of the conversation, at least one.
    """

    question: str
    turns: Sequence[Exchange]

    @property
    def search_words(self) -> str:
        """What to search for."""
        return search_words(self.question, self.turns)

    def in_full(self, found: SearchResult, searcher: Searcher, reader: Reader) -> SearchResult:
        """Return what a search for ``search_words`` found, as a result for the question in full.

        Of the forms that the question may have, the one is taken that the article which was cited
        answers most surely; the likeliest one where the search did not find that article.

        Args:
            found: by the search.
            searcher: that searched.
            reader: reads the passages of the article.
        """
        cited = self._cited(found.hits)
        text = f"{cited[0].article.title}\n{cited[0].article.text}" if cited else ""
        forms = full_forms(self.question, self.turns, text)[:_MOST_FORMS]
        form = forms[0]
        if len(forms) > 1:
            nearest = cited[:_MOST_PASSAGES]
            form = max(
                forms, key=lambda one: _margin(reader, one, nearest) - _SURER * (one != form)
            )
        form = form[:LONGEST_QUESTION]
        vector = searcher.embedder.embed_query(form)
        return replace(found, question=form, vector=vector, idf=searcher.idf(form))

    def _cited(self, hits: Sequence[Hit]) -> list[Hit]:
        """Return the hits of the articles that the conversation quoted."""
        quoted = [sentence for turn in self.turns for sentence in turn.sentences]
        articles = {hit.article.id: hit.article for hit in hits}
        cited = {
            name
            for name, article in articles.items()
            if any(quote in " ".join(article.text.split()) for quote in quoted)
        }
        return [hit for hit in hits if hit.article.id in cited]


def follow_up_of(question: str, history: Sequence[tuple[str, str]]) -> FollowUp | None:
    """Return a question as a follow-up; None where it stands by itself or nothing came before."""
    if not history or dependence(question) is Dependence.NONE:
        return None
    turns = conversation_of(history)
    return FollowUp(question, turns) if turns else None


def _margin(reader: Reader, form: str, hits: Sequence[Hit]) -> float:
    if not hits:
        return 0.0
    passages, titles = [hit.passage for hit in hits], [hit.article.title for hit in hits]
    return max((span.margin for span in reader.read(form, passages, titles)), default=-100.0)
