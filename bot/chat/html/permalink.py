"""A kept answer as a page of its own, to be read, cited and printed. It needs no script."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files

from markdown_it import MarkdownIt

from bot.answering.answers import Citation
from bot.chat.html.cards import card_id
from bot.chat.html.markup import also_in, byline, date_html, escaped, original_html, title_html
from bot.citing.answered import AnsweredQuestion, filters_in_words, names_in
from bot.citing.formats import ExportFormat
from bot.citing.markdown import answer_markdown
from bot.citing.permalinks import KeptAnswer, QuoteState

__all__ = ["missing_html", "permalink_html", "reading_page"]

_MOST_ARTICLES = 20  # that are named where a question was narrowed to some
_STATES = {
    QuoteState.STANDS: "Still stands in the article.",
    QuoteState.CHANGED: "Changed: the article does not say this any more.",
    QuoteState.GONE: "Gone: the article is not in the index any more.",
}


def permalink_html(kept: KeptAnswer, states: Sequence[tuple[QuoteState, str]]) -> str:
    """Show an answer as it was given, with what has become of its quotes.

    Args:
        kept: the answer.
        states: of each quote, in the order of ``Answer.cited``, and the sentence that stands in
            its place now; empty where none is known.
    """
    answered = kept.answered
    facts = [f"Kept on {date_html(kept.at)}", f"generation {escaped(kept.generation)} of the index"]
    if only := filters_in_words(answered.filters):
        facts.append(f"only <bdi>{escaped(only)}</bdi>")
    cited = list(answered.answer.cited())
    sources = "".join(_source_html(one, *state) for one, state in zip(cited, states, strict=True))
    # CommonMark in which no text of others is markup; what looks like HTML is escaped once more.
    body = MarkdownIt("commonmark", {"html": False}).enable("table").render
    heading = "Closest sentence" if answered.answer.refused else "Sources"
    return reading_page(
        answered.question,
        f'<h1 dir="auto">{escaped(answered.question)}</h1>'
        f'<p class="byline">{" · ".join(facts)}</p>{_asked_articles(answered)}'
        f'<div class="answer" dir="auto">{body(answer_markdown(answered))}</div>'
        f"{f'<h2>{heading}</h2><ul>{sources}</ul>' if cited else ''}"
        f"{_links(kept)}",
    )


def missing_html() -> str:
    """Say that there is no such answer."""
    return reading_page(
        "No such answer",
        "<h1>No such answer</h1><p>No answer is kept under this address. It may be mistyped, or "
        "the answer was forgotten to make room for newer ones.</p>",
    )


def reading_page(title: str, body: str) -> str:
    """Return a page to be read and printed, one folder below the page of the collection."""
    style = files("bot.chat").joinpath("static", "permalink.css").read_text(encoding="utf-8")
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex">'
        f"<title>{escaped(' '.join(title.split()))[:500]} · newsbot</title><style>{style}</style>"
        '</head><body><header><a href="../">newsbot</a></header>'
        f"<main>{body}</main></body></html>"
    )


def _source_html(cited: Citation, state: QuoteState, later: str) -> str:
    now = f' Now: <q dir="auto">{escaped(later)}</q>' if later else ""
    page = f"{cited.on_page}, " if cited.page else ""
    return (
        f'<li id="{card_id(1, cited.number)}"><p><span class="number">[{cited.number}]</span> '
        f'<cite dir="auto">{title_html(cited.title)}</cite></p>'
        f"{byline(cited.source, cited.published, cited.author, cited.updated)}"
        f"{also_in(cited.copies)}"
        f'<blockquote dir="auto">{escaped(cited.quote)}</blockquote>'
        f'<p class="state {state}">{_STATES[state]}{now}</p>'
        f'<p class="byline">{original_html(cited.url)}{page}characters '
        f"{cited.start:,}–{cited.end:,}</p></li>"
    )


def _asked_articles(answered: AnsweredQuestion) -> str:
    """Name the articles to which the question was narrowed."""
    ids = names_in(answered.filters, "articles")
    named = ", ".join(f"<bdi>{escaped(one)}</bdi>" for one in ids[:_MOST_ARTICLES])
    more = f" and {len(ids) - _MOST_ARTICLES:,} more" if len(ids) > _MOST_ARTICLES else ""
    return f'<p class="byline">Articles asked: {named}{more}</p>' if ids else ""


def _links(kept: KeptAnswer) -> str:
    """Offer to ask again, with the same filters, and to cite what is no refusal."""
    links = " ".join(
        f'<a href="?format={form}" download="newsbot.{form.ending}">{form.label}</a>'
        for form in ExportFormat
    )
    cite = "" if kept.answered.answer.refused else f"<p>Cite: {links}</p>"
    again = f'<p><a href="../?again={escaped(kept.id)}">Ask again</a></p>'
    return f'<nav aria-label="This answer">{again}{cite}</nav>'
