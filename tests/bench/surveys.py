"""Whether lists and timelines are right: ``python -m tests.bench.surveys [--half 2]``.

``surveys.json`` has invented stories of a few articles each, with a question for a list, the names
in its answers, and a question for a timeline. What a sentence says of its time stands behind it in
braces: a day, a month, a year, or two months. All are in one index. Rules and limits were chosen on
the stories of half 1; figures are of half 2, which was written later.

- ``list items right``: items that hold a name in the answers.
- ``answers found``: names in the answers that some item holds.
- ``event dates right``: events on the days that are marked, or of a sentence without a mark on the
  day of its publication; an event of another story is wrong.
- ``dated sentences found``: of those that are marked, the events.
"""

from __future__ import annotations

import argparse
import calendar
import json
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.newsbot import NewsBot
from tests.bench.datasets import build_from_records, print_result

_MARK = re.compile(r" \{([^}]+)\}")
_SENTENCE = re.compile(r"(?<=[.}]) (?=[A-Z])")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", type=int, choices=(1, 2), default=2, help="the stories asked for")
    parser.add_argument("--verbose", action="store_true", help="print what was wrong")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    given = parser.parse_args()
    stories = json.loads(Path(__file__).with_name("surveys.json").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as scratch:
        bot = NewsBot(build_from_records(list(_records(stories)), Path(scratch)))
        found = measure(bot, stories, given.half, verbose=given.verbose)
        print_result({"value": found}, given.json)


def measure(bot: NewsBot, stories: list[dict[str, Any]], half: int, *, verbose: bool) -> Any:
    items: list[bool] = []
    answers: list[bool] = []
    events: list[bool] = []
    sentences: list[bool] = []
    inexact = 0
    for number, story in enumerate(stories):
        if story["half"] != half:
            continue
        answer = bot.answer(story["list"])
        values = [
            f"{one.value} {one.citations[0].quote}" if one.value[0].isdigit() else one.value
            for one in (answer.listing.items if answer.listing else ())
        ]
        right = [any(name in value for name in story["right"]) for value in values]
        items += right
        answers += [any(name in value for value in values) for name in story["right"]]
        timeline = bot.answer(story["timeline"])
        marked = {
            sentence: days for article in story["articles"] for sentence, days in _marked(article)
        }
        told = {event.citation.quote: (event.first, event.last) for event in timeline.events}
        own = [event.citation.article_id.rpartition("#")[2] for event in timeline.events]
        dated = [
            days == marked.get(sentence) and article.startswith(f"{number}.")
            for (sentence, days), article in zip(told.items(), own, strict=True)
        ]
        events += dated
        off = {f"{number}.{at}" for at, one in enumerate(story["articles"]) if _is_aside(story, at)}
        mine = [
            sentence
            for at, article in enumerate(story["articles"])
            if f"{number}.{at}" not in off
            for sentence, _ in _marked(article, dated=True)
        ]
        sentences += [sentence in told for sentence in mine]
        for cited in (*answer.citations, *timeline.citations):
            text = bot.article(cited.article_id).text
            inexact += text[cited.start : cited.end] != cited.quote
        if verbose:
            print(story["list"], "|", values or answer.text, file=sys.stderr)
            for (sentence, days), is_right in zip(told.items(), dated, strict=True):
                print("  ", is_right, days, marked.get(sentence), sentence, file=sys.stderr)
            for sentence in mine:
                if sentence not in told:
                    print("   missed", sentence, file=sys.stderr)
    return {
        "list items right": _share(items),
        "answers found": _share(answers),
        "event dates right": _share(events),
        "dated sentences found": _share(sentences),
        "inexact quotes": inexact,
    }


def _is_aside(story: dict[str, Any], at: int) -> bool:
    """Return whether an article is of another story, which stands last in most."""
    return at in story.get("aside", ())


def _records(stories: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for number, story in enumerate(stories):
        for at, (day, title, source, text) in enumerate(story["articles"]):
            yield {
                "id": f"{number}.{at}",
                "title": title,
                "source": source,
                "published": day,
                "text": _MARK.sub("", text),
            }


def _marked(article: list[str], *, dated: bool = False) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield an article's sentences with their first and last day."""
    day, _, _, text = article
    for part in _SENTENCE.split(text.replace(". {", " {").replace("} ", "}. ")):
        mark = _MARK.search(part)
        sentence = f"{_MARK.sub('', part).rstrip('.')}."
        if mark or not dated:
            yield sentence, _days(mark[1] if mark else day)


def _days(mark: str) -> tuple[str, str]:
    first, _, last = mark.partition("/")
    last = last or first
    year, month, day = [*map(int, last.split("-")), 12, 0][:3] if len(last) < 8 else (0, 0, 0)
    if len(last) == 4:
        return f"{first}-01-01", f"{last}-12-31"
    if len(last) == 7:
        return f"{first}-01", f"{last}-{calendar.monthrange(year, month)[1]:02}"
    return first, last


def _share(values: list[bool]) -> str:
    share = sum(values) / len(values) if values else 0.0
    return f"{sum(values)} of {len(values)}, {share:.3f}"


if __name__ == "__main__":
    main()
