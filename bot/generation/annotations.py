"""Citations as LangChain's standard annotations of a message."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from langchain_core.messages import AIMessage
from langchain_core.messages.content import Citation as CitationAnnotation
from langchain_core.messages.content import create_citation, create_text_block

from bot.answering.composing import prose

if TYPE_CHECKING:
    from bot.answering.answers import Answer, Citation

__all__ = ["cited_message", "marked_places"]


def cited_message(answer: Answer) -> AIMessage:
    """Return an answer's text as a message; each marker in it is annotated with its citation."""
    annotations = [_annotation(cited, start, end) for cited, start, end in marked_places(answer)]
    block = create_text_block(answer.text, annotations=list(annotations) or None)
    return AIMessage(content_blocks=[block], response_metadata={"model_name": answer.answered_by})


def marked_places(answer: Answer) -> Iterator[tuple[Citation, int, int]]:
    """Yield each citation with the characters of the answer's text that rest on it.

    These are the statement that a chat model wrote, or the quotation, with its marker.
    """
    by_number = {cited.number: cited for cited in answer.citations}
    place = 0
    if answer.statements:
        for statement in answer.statements:
            end = place + len(str(statement))
            yield from ((by_number[number], place, end) for number in statement.numbers)
            place = end + 1
        return
    for cited in answer.citations:
        said = prose(cited.quote)
        start = answer.text.index(said, place)
        place = answer.text.index(f"[{cited.number}]", start + len(said)) + len(f"[{cited.number}]")
        yield cited, start, place


def _annotation(cited: Citation, start: int, end: int) -> CitationAnnotation:
    return create_citation(
        url=cited.url,
        title=cited.title,
        start_index=start,
        end_index=end,
        cited_text=cited.quote,
        number=cited.number,
        article_id=cited.article_id,
        source=cited.source,
        published=cited.published,
        start=cited.start,
        end=cited.end,
    )
