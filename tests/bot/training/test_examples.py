"""Passages with the answer, passages without it, and the luck of the draw."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import islice

import pytest

from bot.training.examples import Example, ExampleMaker
from bot.training.questions import TrainingQuestion
from tests.fakes.tiny_reader import TOWNS, question

Group = tuple[Example, ...]


def long_context(number: int) -> str:
    """Make a context of some twelve sentences; its town, with a capital, is in two of them."""
    town = TOWNS[number]
    chance = random.Random(number)
    lines = [
        f"The {chance.choice(['old', 'new'])} school number {number}{line} was {10 + line} years "
        f"old and nobody there said what the people of the harbour did after the {line}th fire."
        for line in range(11)
    ]
    lines.insert(3, f"The ferry went on to {town} before the rain of {1900 + number}.")
    lines.insert(7, f"Trains to {town} were late, and in {town.lower()}er fields there was hay.")
    return " ".join(lines)


def long_articles() -> list[TrainingQuestion]:
    found = []
    for number, town in enumerate(TOWNS):
        context = long_context(number)
        named = {"title": f"Paper {number}", "document": f"paper {number}"}
        year = str(1900 + number)
        found += [
            question(f"Where did the ferry of {year} go?", context, town, **named),
            question(f"When did the ferry reach, say, {town}?", context, year, **named),
            question(f"Was the hall in Oldby on fire in {1800 + number}?", context, **named),
        ]
    return found


def single_sentences() -> list[TrainingQuestion]:
    """Make documents of six contexts of one sentence each, as QAMR has them."""
    return [
        question(
            f"Who was in {TOWNS[place]} in paper {number}?",
            f"The mayor of paper {number} was in {TOWNS[place]} on day {place}.",
            TOWNS[place],
            document=f"qamr {number}",
            place=place,
        )
        for number in range(4)
        for place in range(6)
    ]


def ferry(number: int = 0, mark: str = "?") -> TrainingQuestion:
    """Make one of several documents that are much alike."""
    return question(
        f"Where did ferry {number} go{mark}",
        f"The ferry {number} to {TOWNS[number]} was late. Nobody was hurt there. The sea was calm.",
        TOWNS[number],
        title=f"Paper {number}",
        document=f"paper {number}",
    )


@pytest.fixture(scope="module")
def maker() -> ExampleMaker:
    return ExampleMaker(long_articles(), processes=1)


def draw(maker: ExampleMaker, count: int = 400, seed: int = 0) -> Iterator[Group]:
    return islice(maker.draw({"": 1.0}, seed), count)


def unmarked(text: str) -> str:
    return text.removesuffix("?")


def test_answer_is_marked_wherever_the_passage_says_it(maker: ExampleMaker) -> None:
    accepted = {unmarked(q.text): {text for _, text in q.answers} for q in long_articles()}
    counts = set()
    for example in (example for group in draw(maker) for example in group):
        said = {example.passage[start:end] for start, end in example.answers}
        assert said <= accepted.get(unmarked(example.question), set())
        for text in said:
            assert len(example.answers) == example.passage.count(text)
            counts.add(len(example.answers))
    assert counts == {1, 2}  # once or twice with its capital, never in "corraner"


def test_passage_without_answers_holds_none(maker: ExampleMaker) -> None:
    asked = {unmarked(q.text): q for q in long_articles()}
    kinds = set()
    for example in (example for group in draw(maker) for example in group):
        source = asked.get(unmarked(example.question))
        if example.answers:
            kinds.add("answered")
        elif source is None:
            kinds.add("changed")
        elif not source.answers:
            kinds.add("unanswered")
        else:
            kinds.add("same context" if example.passage in source.context else "elsewhere")
            lower = example.passage.lower()
            assert not any(text.lower() in lower for _, text in source.answers)
    assert kinds == {"answered", "changed", "unanswered", "same context", "elsewhere"}


def test_second_passage_stands_beside_the_one_that_answers(maker: ExampleMaker) -> None:
    pairs = [group for group in draw(maker) if len(group) > 1]
    assert 0.3 < len(pairs) / 400 < 0.7
    for first, second in pairs:
        assert first.question == second.question
        assert first.answers and not second.answers


def test_passage_is_whole_sentences_within_its_bounds(maker: ExampleMaker) -> None:
    contexts = {q.context for q in long_articles()}
    lengths = []
    for first, *_ in draw(maker):
        assert any(first.passage in context for context in contexts)
        assert first.passage.endswith(".")
        lengths.append(len(first.passage.split()))
    assert min(lengths) < 60 < 200 < max(lengths) <= 250


def test_sentence_over_the_bound_stays_whole() -> None:
    long = "The ferry to Corran " + "and the old harbour " * 80 + "was late."
    context = f"No rain. {long} No fire."
    maker = ExampleMaker([question("Where did it go?", context, "Corran")], processes=1)
    assert {group[0].passage for group in draw(maker, 20)} == {long}


def test_seed_decides_everything(maker: ExampleMaker) -> None:
    again = ExampleMaker(long_articles(), processes=1)
    first = list(draw(maker, 50, seed=3))
    assert first == list(draw(maker, 50, seed=3)) == list(draw(again, 50, seed=3))
    assert first != list(draw(maker, 50, seed=4))


def test_sources_are_drawn_by_their_shares() -> None:
    questions = [replace(ferry(n), source="many" if n else "one") for n in range(11)]
    maker = ExampleMaker(questions, processes=1)
    shares = {"many": 0.75, "one": 0.25, "missing": 5.0}
    groups = [g for g in islice(maker.draw(shares, 1), 600) if g[0].answers]
    counts = Counter(unmarked(group[0].question) for group in groups)
    assert 0.2 < counts.pop("Where did ferry 0 go") / len(groups) < 0.3
    assert max(counts.values()) - min(counts.values()) <= 1  # each once before any comes again
    assert list(maker.draw({"missing": 1.0}, 1)) == []


def test_title_and_date_are_sometimes_left_out() -> None:
    article = replace(ferry(), text="", answers=(), published=date(2024, 5, 31))
    maker = ExampleMaker([ferry()], [article], processes=1)
    titles = Counter(group[0].title for group in draw(maker))
    assert set(titles) == {"", "Paper 0", "Paper 0 (31 May 2024)"}
    assert min(titles.values()) > 30


def test_articles_give_passages_without_an_answer() -> None:
    article = question("", "A ferry lay in the sun. Where did it go? Nobody said.", document="x")
    maker = ExampleMaker([ferry()], [article], processes=1)
    seconds = [group[1].passage for group in draw(maker, 100) if len(group) > 1]
    assert seconds and all(second in article.context for second in seconds)


def test_question_mark_does_not_tell_the_source() -> None:
    for mark in ("?", ""):
        maker = ExampleMaker([ferry(mark=mark)], processes=1)
        marked = [group[0].question.endswith("?") for group in draw(maker)]
        assert 0.6 < sum(marked) / len(marked) < 0.8


def test_other_document_may_stand_under_the_own_title() -> None:
    maker = ExampleMaker([ferry(n) for n in range(12)], processes=1)
    pairs = [group for group in draw(maker) if len(group) > 1 and group[0].title]
    own = [first.title == second.title for first, second in pairs if second.title]
    assert 0.25 < sum(own) / len(own) < 0.75


def test_single_sentence_stands_among_others_of_its_document() -> None:
    questions = single_sentences()
    documents = {q.context: (q.document, q.place) for q in questions}
    contexts = {unmarked(q.text): q.context for q in questions}
    sizes, same, unanswered = set(), [], set()
    groups = draw(ExampleMaker(questions, processes=1))
    for first, *others in (group for group in groups if group[0].answers):
        parts = [f"{part}." for part in first.passage.removesuffix(".").split(". ")]
        own = contexts[unmarked(first.question)]
        assert own in parts and set(parts) <= set(documents)
        ((start, end),) = first.answers
        before = first.passage.index(own)
        assert before < start < end <= before + len(own)
        places = [documents[part][1] for part in parts if part != own]
        assert places == sorted(places)
        sizes.add(len(parts))
        same.append(len({documents[part][0] for part in parts}) == 1)
        for other in others:
            if other.question == first.question:
                assert own not in other.passage
                unanswered.add(other.passage.count(". ") + 1)
    assert {1, 2, 3, 4, 5, 6} <= sizes and len(unanswered) > 2
    assert sum(same) > 10


def test_each_of_two_marked_answers_is_shown() -> None:
    lines = [f"The old school {n} was {'very ' * 60}old." for n in range(5)]
    context = f"A ferry left Lorne. {' '.join(lines)} A ferry reached Kelby."
    maker = ExampleMaker([question("Which town?", context, "Lorne", "Kelby")], processes=1)
    shown = {group[0].passage[slice(*group[0].answers[0])] for group in draw(maker, 50)}
    assert shown == {"Lorne", "Kelby"}
