"""Citations of a chat model: newsbot's contract and check beside LangChain's own recipe.

The model, the index and the questions are the same. LangChain's recipe is that of its guide on
citations: passages numbered by id, structured output of an answer with ids and verbatim quotes. As
in ALCE (Gao et al. 2023), recall is the share of sentences that what they cite bears, precision the
share of citations that bear their sentence. Both are judged by quotes and words, without a model:
by the check that newsbot makes itself, so that its own figures are 1 where it says anything at all.

The model is a real one that comes with the tests, or --model PROVIDER:NAME.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field

from bot.answering.answers import EXTRACTIVE
from bot.answering.quote import Quote
from bot.chat.examples import EXAMPLES
from bot.generation.verification import verify
from bot.newsbot import NewsBot
from corpus.samples import samples_folder
from corpus.sentences import sentence_spans
from index.builder import build_index
from tests.bench.datasets import print_result

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

__all__ = ["main"]

_QUESTIONS = [question for question, _ in EXAMPLES]
_PASSAGES = 4


class Citation(BaseModel):
    """As in LangChain's guide."""

    source_id: int = Field(description="The integer ID of a SPECIFIC source.")
    quote: str = Field(description="The VERBATIM quote from the source that justifies the answer.")


class QuotedAnswer(BaseModel):
    """Answer the user question based only on the given sources, and cite the sources used."""

    answer: str = Field(description="The answer, based only on the given sources.")
    citations: list[Citation] = Field(description="Citations that justify the answer.")


@dataclass
class _Count:
    asked: int = 0
    answered: int = 0
    sentences: list[bool] = field(default_factory=list)
    citations: list[bool] = field(default_factory=list)

    def row(self) -> dict[str, object]:
        def share(found: list[bool]) -> float | str:
            return round(sum(found) / len(found), 3) if found else "none"

        return {
            "questions": self.asked,
            "answered": self.answered,
            "sentences": len(self.sentences),
            "citation recall": share(self.sentences),
            "citation precision": share(self.citations),
        }


def _langchain(model: BaseChatModel, bot: NewsBot, question: str, count: _Count) -> None:
    hits = bot.search(question, _PASSAGES)
    sources = "\n\n".join(
        f"Source ID: {n}\nArticle Title: {hit.article.title}\nArticle Snippet: {hit.passage.text}"
        for n, hit in enumerate(hits)
    )
    system = (
        "You're a helpful AI assistant. Given a user question and some article snippets, answer"
    )
    asked = [
        ("system", f"{system} the user question. Here are the snippets:\n\n{sources}"),
        ("human", question),
    ]
    try:
        said: Any = model.with_structured_output(QuotedAnswer).invoke(asked)
    except Exception as error:  # whatever a provider raises is a question without an answer
        print(f"LangChain's recipe: {type(error).__name__}", file=sys.stderr)
        return
    if not said or not said.answer.strip():
        return
    count.answered += 1
    quotes = []
    for cited in said.citations:
        text = hits[cited.source_id].passage.text if 0 <= cited.source_id < len(hits) else ""
        at = text.find(cited.quote) if cited.quote.strip() else -1
        hit = hits[cited.source_id] if at >= 0 else None
        place = hit.passage.start + at if hit else 0
        spans = hit.passage.sentences if hit else ()
        found = [span for span in spans if span[0] < place + len(cited.quote) and place < span[1]]
        quotes.append([Quote(hit.article, *span) for span in found] if hit else [])
    given = [quote for found in quotes for quote in found]
    for start, end in sentence_spans(said.answer):
        verdict = verify(said.answer[start:end], given)
        count.sentences.append(verdict.fault is None)
        borne = set(verdict.bearing)
        count.citations += [bool(borne & set(found)) for found in quotes]


def _newsbot(bot: NewsBot, question: str, count: _Count) -> None:
    answer = bot.answer(question)
    if answer.answered_by == EXTRACTIVE or answer.refused:
        return
    count.answered += 1
    for statement in answer.statements:
        cited = [one for one in answer.citations if one.number in statement.numbers]
        quotes = [Quote(bot.article(one.article_id), one.start, one.end) for one in cited]
        verdicts = [
            verify(statement.text[start:end], quotes)
            for start, end in sentence_spans(statement.text)
        ]
        borne = {quote for verdict in verdicts for quote in verdict.bearing}
        count.sentences.append(all(verdict.fault is None for verdict in verdicts))
        count.citations += [quote in borne for quote in quotes]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark."""
    import argparse

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", help="PROVIDER:NAME; the tests' own model by default")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    options = parser.parse_args(arguments)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        build_index([samples_folder()], folder / "index")
        if options.model:
            from langchain.chat_models import init_chat_model

            model: BaseChatModel = init_chat_model(options.model, temperature=0)
        else:
            from tests.fakes.real_model import real_model

            model = stack.enter_context(real_model(folder))
        bot = NewsBot(folder / "index", chat_model=model)
        recipe, own = _Count(), _Count()
        for question in _QUESTIONS:
            recipe.asked, own.asked = recipe.asked + 1, own.asked + 1
            _langchain(model, bot, question, recipe)
            _newsbot(bot, question, own)
    print_result({"LangChain's recipe": recipe.row(), "newsbot": own.row()}, options.json)


if __name__ == "__main__":
    main()
