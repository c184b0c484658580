"""The reading pane: a whole article with the cited sentences marked, or how an answer was found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from bot.chat.html.answers import in_words
from bot.chat.html.markup import also_in, byline, escaped, original_html, title_html

if TYPE_CHECKING:
    from bot.chat.turns import Turn, TurnSource
    from corpus.article import Article, Span
    from index.results import DuplicateRef

__all__ = ["article_html", "gone_html", "how_html", "merged", "pane_html"]

_LONGEST = 200_000  # code points of an article that are shown at once, about 70 pages

_CLOSE = '<button type="button" class="link close" name="close">{}</button>'


def article_html(
    article: Article,
    quotes: Iterable[Span] = (),
    here: Span | None = None,
    *,
    copies: Sequence[DuplicateRef] = (),
    close: str = "Back to the sources",
) -> str:
    """Show an article.

    Args:
        article: as indexed.
        quotes: places of its text to mark; those outside of it are passed over.
        here: the one of them to scroll to.
        copies: its copies.
        close: what the button says that closes the pane.
    """
    text = article.text
    first = 0
    if len(text) > _LONGEST:
        first = max(0, min((here or (0, 0))[0] - _LONGEST // 4, len(text) - _LONGEST))
    last = min(len(text), first + _LONGEST)
    note = ""
    if last - first < len(text):
        note = (
            f'<p class="note">This article has {len(text):,} characters. '
            f"Characters {first:,} to {last:,} are shown.</p>"
        )
    body: list[str] = []
    at = first
    for start, end in merged(quotes, first, last):
        kind = ' class="here" tabindex="-1"' if here and start <= here[0] < end else ""
        body += [escaped(text[at:start]), f"<mark{kind}>{escaped(text[start:end])}</mark>"]
        at = end
    body.append(escaped(text[at:last]))
    return pane_html(
        close,
        title_html(article.title),
        f"{byline(article.source, article.published, article.author, article.updated)}"
        f"{also_in(copies)}"
        f'<p class="foot">{original_html(article.url)}</p>{note}'
        f'<div class="text" dir="auto">{"".join(body)}</div>',
    )


def gone_html(title: str) -> str:
    """Show that an article is no longer in the index."""
    return pane_html(
        "Back to the sources",
        title_html(title),
        '<p class="empty">This article is no longer in the index.</p>',
    )


def how_html(turn: Turn) -> str:
    """Show how an answer was found: what was searched, what was found, scores and times."""
    answer = turn.answer
    sure = "of the best candidate" if answer.refused else in_words(answer.confidence).lower()
    facts = [
        ("Asked", f"<bdi>{escaped(turn.question.strip()[:1_000])}</bdi>"),
        ("Filters", f"<bdi>{escaped(str(turn.filters))}</bdi>" if turn.filters else "—"),
        ("Index generation", f"<bdi>{escaped(turn.generation)}</bdi>"),
        ("Passages read", f"{len(turn.found)}"),
        ("Confidence", f"{answer.confidence:.0%}, {sure}"),
        *((f"Time to {name}", f"{spent:,.0f} ms") for name, spent in _steps(turn)),
    ]
    listed = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in facts)
    rows = "".join(_row(number, one) for number, one in enumerate(turn.found, 1))
    table = (
        '<div class="scrolled" tabindex="0" role="region" aria-label="Passages found"><table>'
        "<caption>What search found, the best first. The score combines similarity of meaning "
        "(cosine) and shared words (BM25).</caption>"
        '<thead><tr><th scope="col">#</th><th scope="col">Article</th><th scope="col">Score</th>'
        '<th scope="col">Meaning</th><th scope="col">Words</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )
    return pane_html(
        "Back to the sources",
        "How this was found",
        f'<dl class="facts">{listed}</dl>{table if rows else ""}',
    )


def pane_html(close: str, title: str, body: str) -> str:
    """Show what covers the sources, or an article of the table, until it is closed.

    Args:
        close: what the button says that closes it.
        title: heading, as HTML.
        body: the rest, as HTML.
    """
    return (
        f'<section class="pane" aria-label="Reading">{_CLOSE.format(close)}'
        f'<h2 class="pane-title" tabindex="-1"><bdi>{title}</bdi></h2>{body}</section>'
    )


def merged(spans: Iterable[Span], first: int, last: int) -> list[Span]:
    """Cut spans to ``first`` to ``last`` and join those that overlap; ascending, none empty."""
    joined: list[Span] = []
    for start, end in sorted((max(first, low), min(last, high)) for low, high in spans):
        if start >= end:
            continue
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _steps(turn: Turn) -> list[tuple[str, float]]:
    names = {"search": "search", "read": "read", "total": "answer, in total"}
    timings = turn.answer.timings
    return [(words, timings[name]) for name, words in names.items() if name in timings]


def _row(number: int, one: TurnSource) -> str:
    where = byline(one.source, one.published)
    return (
        f"<tr><td>{number}</td><td><bdi>{title_html(one.title)}</bdi>{where}"
        f'<p class="byline">characters {one.start:,}–{one.end:,}</p></td>'
        f"<td>{one.score:.3f}</td><td>{one.dense:.3f}</td><td>{one.sparse:.2f}</td></tr>"
    )
