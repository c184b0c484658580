"""The contract for Claude: sentences as documents, and its own citations of their characters.

A ``char_location`` of Anthropic's is taken for a quote like any other: what it cites has to stand
there, and the sentence that it bears goes through the same check.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.answering.quote import Quote
from bot.generation.contract import (
    LONGEST_QUOTE_WORDS,
    RULES,
    QuotedSupport,
    Reply,
    ReplySentence,
    question_line,
)
from bot.sanitize import one_line
from corpus.sentences import sentence_spans

if TYPE_CHECKING:
    from datetime import date

__all__ = ["CitedDocuments", "cites_documents"]

_NOT_ANSWERABLE = "NOT ANSWERABLE"
_FORM = f"""\
Answer in plain sentences, and cite the documents. If they do not answer the question, reply with \
{_NOT_ANSWERABLE} and nothing else."""


def cites_documents(model: object) -> bool:
    """Return whether a model cites documents by characters."""
    return getattr(model, "_llm_type", "") == "anthropic-chat"


class _CharLocation(BaseModel):
    model_config = ConfigDict(extra="ignore", strict=True)

    type: Literal["char_location"]
    document_index: int = Field(ge=0)
    start_char_index: int = Field(ge=0)
    end_char_index: int
    cited_text: str


@dataclass(frozen=True)
class _Document:
    text: str
    places: tuple[tuple[int, int, str], ...]  # start, end and key of each sentence


class CitedDocuments:
    """The given sentences as documents, one for each article."""

    def __init__(self, keyed: Mapping[str, Quote]) -> None:
        """Take the sentences by their keys."""
        self._articles = {quote.article.id: quote.article for quote in keyed.values()}
        self._documents = [
            _document({key: q for key, q in keyed.items() if q.article.id == article})
            for article in self._articles
        ]

    def messages(self, question: str, today: date) -> list[BaseMessage]:
        """Return the messages that ask for an answer."""
        blocks: list[str | dict[Any, Any]] = [
            {
                "type": "document",
                "source": {"type": "text", "media_type": "text/plain", "data": document.text},
                "title": one_line(article.source or "") or "no source",
                "context": (article.published or "")[:10] or "no date",
                "citations": {"enabled": True},
            }
            for article, document in zip(self._articles.values(), self._documents, strict=True)
        ]
        blocks.append({"type": "text", "text": question_line(question, today)})
        return [SystemMessage(f"{RULES}\n\n{_FORM}"), HumanMessage(content=blocks)]

    def reply(self, message: BaseMessage) -> Reply:
        """Read an answer with its citations, as if it had come in the form of the contract."""
        content = message.content
        blocks = [{"text": content}] if isinstance(content, str) else content
        text, cited = "", []
        for block in blocks:
            if isinstance(block, dict) and isinstance(block.get("text"), str):
                start, text = len(text), text + block["text"]
                found = [one for note in block.get("citations") or () for one in self._quotes(note)]
                cited.append((start, len(text), found))
        sentences = [
            ReplySentence(
                text=text[start:end],
                support=[
                    one for low, high, found in cited if low < end and start < high for one in found
                ],
            )
            for start, end in sentence_spans(text)
        ]
        answerable = bool(sentences) and _NOT_ANSWERABLE not in text
        return Reply(answerable=answerable, sentences=sentences if answerable else [])

    def _quotes(self, note: Any) -> Iterator[QuotedSupport]:
        """Yield what a ``char_location`` cites, sentence by sentence; nothing that is not there."""
        try:
            cited = _CharLocation.model_validate(note)
            document = self._documents[cited.document_index]
        except (ValidationError, IndexError):
            return
        start, end = cited.start_char_index, cited.end_char_index
        if document.text[start:end].strip() != cited.cited_text.strip():
            return
        for low, high, key in document.places:
            part = document.text[max(low, start) : min(high, end)] if low < end else ""
            if part.strip():
                words = part.split(" ")[:LONGEST_QUOTE_WORDS]
                yield QuotedSupport(key=key, quote=" ".join(words))


def _document(keyed: Mapping[str, Quote]) -> _Document:
    text, places = "", []
    for key, quote in keyed.items():
        places.append((len(text), len(text) + len(quote.text), key))
        text += f"{quote.text}\n"
    return _Document(text, tuple(places))
