"""Whether differing reports are laid out as they are: ``python -m tests.bench.reports --data DIR``.

``DIR/reports/reports_dev.jsonl`` has sets of a few invented reports with a question, the answers
that they give, and how these are related. All sets are in one index. Each question is asked twice:
of all reports, and of those of its own set alone.

- ``shown as differing``: sets with views, of those of the kinds agree, scope and granularity, where
  it is a false alarm, and of the others.
- ``all values``: of the others, those with a view of each answer, which quotes a sentence that is
  accepted for it, and none besides.
- ``right relation``: of those, the sets whose relation is the right one.
- ``inexact quotes``: citations that are not the characters of their article. Must be none.

The rules in ``bot.comparing`` were made on the first half of the sets, and those of names, causes
and denials on the invented sets of half 1 in ``sides.json``. Half 2, ``--part sides``, was written
before them; three of its failures were mended.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple
from unittest.mock import patch

from bot.answering import pipeline
from bot.answering.answers import Answer
from bot.newsbot import NewsBot
from tests.bench.datasets import build_from_records, data_argument, data_file, print_result

FALSE_ALARMS = ("agree", "scope", "granularity")
_WITHOUT = {
    "reports_of": lambda *_: [],
    "sentence_reports": lambda *_: [],
    "with_views": lambda answer, *_: answer,
}
PARTS = ("first", "second", "sides")


class Outcome(NamedTuple):
    """What came of a set's question."""

    kind: str
    answer: Answer
    is_shown: bool
    has_all: bool
    is_related: bool


def main() -> None:
    parser = data_argument(__doc__ or "")
    parser.add_argument(
        "--part",
        choices=PARTS,
        default="second",
        help="a half of the file, the first of which rules were made on, or the sets of sides.json",
    )
    parser.add_argument("--verbose", action="store_true", help="print the sets that failed")
    parser.add_argument(
        "--speed", action="store_true", help="measure instead how much longer a question takes"
    )
    given = parser.parse_args()
    sets = list(_sides() if given.part == "sides" else _dev_sets(given.data))
    with tempfile.TemporaryDirectory() as scratch:
        bot = NewsBot(build_from_records(list(_records(sets)), Path(scratch)))
        chosen = [one for number, one in enumerate(sets) if _is_in(given.part, number, sets)]
        if given.speed:
            result = {"asked of all sets": slowdown(bot, [one["question"] for one in chosen])}
        else:
            result = {
                name: measure(bot, chosen, alone=alone, verbose=given.verbose)
                for name, alone in (("asked of all sets", False), ("asked of its own set", True))
            }
    print_result(result, given.json)


def measure(
    bot: NewsBot, sets: Sequence[dict[str, Any]], *, alone: bool, verbose: bool
) -> dict[str, Any]:
    ids = {article.id.rpartition("#")[2]: article.id for article in bot.articles()}
    outcomes: list[Outcome] = []
    inexact = 0
    for one in sets:
        own = [ids[f"{one['id']}.{number}"] for number in range(len(one["reports"]))]
        answer = bot.answer(one["question"], articles=own if alone else None)
        inexact += sum(_is_inexact(bot, answer))
        outcomes.append(_outcome(one, answer))
        if verbose and not _is_right(outcomes[-1]):
            print(one["relation"], one["question"], "|", answer.text, file=sys.stderr)
    kinds: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        kinds[outcome.kind].append(outcome)
    alarms = [one for kind in FALSE_ALARMS for one in kinds.get(kind, [])]
    others = [one for one in outcomes if one.kind not in FALSE_ALARMS]
    complete = [one for one in others if one.has_all]
    return {
        "agree, scope, granularity: shown as differing": _share([o.is_shown for o in alarms]),
        "others: all values": _share([one.has_all for one in others]),
        "others, all values: right relation": _share([one.is_related for one in complete]),
        "inexact quotes": inexact,
        "median ms": median(one.answer.timings["total"] for one in outcomes),
        **{f"{kind}: shown": _share([one.is_shown for one in kinds[kind]]) for kind in kinds},
        **{
            f"{kind}: all values, right relation": _share(
                [one.has_all and one.is_related for one in kinds[kind]]
            )
            for kind in kinds
            if kind not in FALSE_ALARMS
        },
    }


def slowdown(bot: NewsBot, questions: Sequence[str]) -> dict[str, Any]:
    """Ask each question twice, with and without comparing in turn; return the ratio of times."""
    bot.answer(questions[0])
    ratios: list[float] = []
    for question in questions * 2:
        seconds = []
        for compared in (True, False) if len(ratios) % 2 else (False, True):
            with nullcontext() if compared else patch.multiple(pipeline, **_WITHOUT):
                seconds.append((compared, bot.answer(question).timings["total"]))
        times = dict(seconds)
        ratios.append(times[True] / times[False])
    return {"questions": len(ratios), "times as long, median": round(median(ratios), 3)}


def _dev_sets(data: Path) -> Iterator[dict[str, Any]]:
    lines = data_file(data / "reports" / "reports_dev.jsonl").read_text(encoding="utf-8")
    yield from map(json.loads, lines.splitlines())


def _sides() -> Iterator[dict[str, Any]]:
    names = ("date", "title", "source", "text")
    sets = json.loads(Path(__file__).with_name("sides.json").read_text(encoding="utf-8"))
    for number, one in enumerate(sets):
        reports = [dict(zip(names, report, strict=True)) for report in one["reports"]]
        answers = [{"quotes": [quote]} for quote in one["answers"]]
        yield {**one, "id": f"s-{number}", "reports": reports, "answers": answers}


def _records(sets: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for one in sets:
        for number, report in enumerate(one["reports"]):
            published = report["date"]
            kept = {name: report[name] for name in ("title", "source", "text")}
            yield {"id": f"{one['id']}.{number}", "published": published, **kept}


def _is_in(part: str, number: int, sets: Sequence[Mapping[str, Any]]) -> bool:
    if part == "sides":
        return bool(sets[number]["half"] == 2)
    return (number < (len(sets) + 1) // 2) == (part == "first")


def _outcome(one: Mapping[str, Any], answer: Answer) -> Outcome:
    quoted = [{cited.quote for cited in view.citations} for view in answer.views]
    accepted = [set(gold["quotes"]) for gold in one["answers"]]
    has_all = len(quoted) == len(accepted) and all(
        any(gold & view for view in quoted) for gold in accepted
    )
    relation = answer.views[0].relation if answer.views else None
    kind = one["relation"]
    return Outcome(kind, answer, bool(answer.views), has_all, relation == kind)


def _is_right(outcome: Outcome) -> bool:
    if outcome.kind in FALSE_ALARMS:
        return not outcome.is_shown
    return outcome.has_all and outcome.is_related


def _is_inexact(bot: NewsBot, answer: Answer) -> Iterator[bool]:
    for cited in answer.citations:
        article = bot.article(cited.article_id)
        yield article.text[cited.start : cited.end] != cited.quote


def _share(values: Sequence[bool]) -> str:
    share = sum(values) / len(values) if values else 0.0
    return f"{sum(values)} of {len(values)}, {share:.3f}"


if __name__ == "__main__":
    main()
