"""Questions whose premise a text denies, and the same of texts that bear it out.

A reader that has seen few of them takes what was denied, cancelled or lost for what happened: the
answer's words stand there. Pairs of texts that differ in that alone teach the difference (contrast
sets: Gardner et al. 2020; counterfactually augmented data: Kaushik et al. 2020). Each text stands
among sentences of a news article that nobody asks about.
"""

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bot.errors import ReaderError
from bot.training.questions import TrainingQuestion
from bot.training.recipe import CONTRAST_SETS
from corpus.sentences import sentence_spans

__all__ = ["contrast_questions"]

_FRAMES = Path(__file__).with_suffix(".toml")
_SIDES = ("told", "denied")
_MOST_SENTENCES = 5  # of the article, on either side
_OWN_HEADLINE = 0.5  # share whose title is the article's own


def contrast_questions(
    articles: Sequence[TrainingQuestion], count: int, seed: int
) -> Iterator[TrainingQuestion]:
    """Yield questions of texts that bear out their premise, and of texts that deny it.

    Args:
        articles: their texts surround the reports.
        count: of the pairs of texts; each has eight questions or so.
        seed: of everything that is random here.

    Raises:
        ReaderError: there are no articles.
    """
    if not articles:
        raise ReaderError("contrast sets want articles (*.articles.jsonl.gz) to stand among")
    chance = random.Random(seed)
    data = tomllib.loads(_FRAMES.read_text(encoding="utf-8"))
    for _ in range(count):
        frame = chance.choice(data["frame"])
        slots = _fill_slots(data["words"], chance)
        for side in _SIDES:
            yield from _questions(frame, side, slots, chance.choice(articles), chance)


def _questions(
    frame: Mapping[str, Sequence[str]],
    side: str,
    slots: Mapping[str, str],
    host: TrainingQuestion,
    chance: random.Random,
) -> Iterator[TrainingQuestion]:
    report = chance.choice(frame[side]).format(**slots)
    report = report[0].upper() + report[1:]
    before, after = _surroundings(host.context, chance)
    context = f"{before}{report}{after}"
    title = host.title if chance.random() < _OWN_HEADLINE else ""
    for kind in (*(f"{each}_asks" for each in _SIDES), "both"):
        for line in frame[kind]:
            question, slot = line.split("|")
            text = question.format(**slots)
            answer = slots[slot]
            at = [len(before) + m.start() for m in re.finditer(re.escape(answer), report)]
            if kind in (f"{side}_asks", "both"):
                answers = tuple((start, context[start : start + len(answer)]) for start in at)
                if not answers:
                    continue
            elif at or chance.random() < 0.5:  # what tempts, and some of what does not
                answers = ()
            else:
                continue
            yield TrainingQuestion(
                text, title, title or context, (0,), context, answers, CONTRAST_SETS
            )


def _surroundings(text: str, chance: random.Random) -> tuple[str, str]:
    """Cut two stretches of an article, one for before and one for after a report."""
    spans = sentence_spans(text)
    at = chance.randint(0, len(spans))
    before = spans[max(0, at - chance.randint(0, _MOST_SENTENCES)) : at]
    after = spans[at : at + chance.randint(0, _MOST_SENTENCES)]
    return (
        text[before[0][0] : before[-1][1]] + " " if before else "",
        " " + text[after[0][0] : after[-1][1]] if after else "",
    )


def _fill_slots(words: Mapping[str, Sequence[str]], chance: random.Random) -> dict[str, str]:
    """Return a word for each slot; those that end in 2 differ from the first."""
    slots = {name: chance.choice(kinds) for name, kinds in words.items()}
    people = chance.sample(words["first"], 2), chance.sample(words["last"], 2)
    firms = chance.sample(words["firm"], 2)
    towns = chance.sample(words["town"], 4)
    clubs = chance.choices(words["club"], k=2)
    day, hour = chance.randint(1, 28), chance.randint(5, 22)
    high, low = chance.randint(1, 5), chance.randint(0, 4)
    slots |= {
        "person": f"{people[0][0]} {people[1][0]}",
        "person2": f"{people[0][1]} {people[1][1]}",
        "company": firms[0] + chance.choice(words["form"]),
        "company2": firms[1] + chance.choice(words["form"]),
        "town": towns[0],
        "town2": towns[1],
        "team": f"{towns[2]} {clubs[0]}",
        "team2": f"{towns[3]} {clubs[1]}",
        "country2": chance.choice([c for c in words["country"] if c != slots["country"]]),
        "money": slots["currency"].format(_decimal(chance)),
        "price": chance.choice(["{} euros", "${}", "£{}"]).format(chance.randint(9, 990)),
        "date": chance.choice([f"{day} {slots['month']}", f"{slots['month']} {day}"]),
        "year": str(chance.randint(2003, 2027)),
        "years": chance.choice(["four years", "18 months", f"{chance.randint(2, 25)} years"]),
        "hours": chance.choice(["two days", "a week", f"{chance.randint(2, 72)} hours"]),
        "count": chance.choice([f"{chance.randint(3, 980)}", f"{chance.randint(1_000, 90_000):,}"]),
        "percent": f"{_decimal(chance)} per cent",
        "score": chance.choice([f"{high + low}-{low}", f"by {high + low} to {low}"]),
        "minute": f"{chance.randint(1, 93)}th",
        "age": str(chance.randint(19, 97)),
        "seconds": f"{chance.randint(1, 9)}:{chance.randint(10, 59)}.{chance.randint(10, 99)}",
        "speed": f"{chance.randint(70, 260)} kilometres an hour",
        "clock": chance.choice([f"{hour}:{chance.randint(10, 59)}", f"{hour % 12 + 1} p.m."]),
    }
    return slots


def _decimal(chance: random.Random) -> str:
    return chance.choice([str(chance.randint(2, 95)), f"{chance.uniform(1, 60):.1f}"])
