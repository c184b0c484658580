"""Passages with the answer, passages without it, and the luck of the draw."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from bot.reader.registry import load_reader
from bot.training.examples import Example, ExampleMaker
from bot.training.questions import TrainingQuestion
from tests.fakes.tiny_reader import TOWNS, question

MOST_WORDS = 200


def long_context(number: int) -> str:
    """Make a context of some twelve sentences; its town, with a capital, is in two of them."""
    town = TOWNS[number]
    chance = random.Random(number)
    lines = [
        f"The {chance.choice(['old', 'new'])} school number {number}{line} was {10 + line} years "
        f"old and nobody there said what the people of the harbour did after the {line}th fire."
        for line in range(10)
    ]
    lines.insert(3, f"The ferry went on to {town} before the rain of {1900 + number}.")
    lines.insert(7, f"Trains to {town} were late, and in {town.lower()}er fields there was hay.")
    return " ".join(lines)


def articles() -> list[TrainingQuestion]:
    found = []
    for number, town in enumerate(TOWNS):
        context = long_context(number)
        named = {"title": f"Paper {number}", "document": f"paper {number}"}
        found += [
            question(f"Where did the ferry of {1900 + number} go?", context, town, **named),
            question(
                f"When did the ferry reach, say, {town}?", context, str(1900 + number), **named
            ),
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


def ferries() -> list[TrainingQuestion]:
    """Make documents of one context each, all much alike."""
    return [
        question(
            f"Where did ferry {n} go?",
            f"The ferry {n} to {town} was late. Nobody was hurt there. The sea was calm.",
            town,
            title=f"Paper {n}",
            document=f"paper {n}",
        )
        for n, town in enumerate(TOWNS)
    ]


@pytest.fixture(scope="module")
def maker() -> ExampleMaker:
    return ExampleMaker(articles(), processes=1)


def epochs(maker: ExampleMaker, count: int = 12) -> Iterator[tuple[Example, ...]]:
    for seed in range(count):
        yield from maker.epoch(seed)


def unmarked(question: str) -> str:
    return question.removesuffix("?")


def answered(maker: ExampleMaker) -> Iterator[Example]:
    return (group[0] for group in epochs(maker) if group[0].answers)


def test_the_answers_of_an_example_are_the_answer_s_text_each_time_it_is_said(
    maker: ExampleMaker,
) -> None:
    accepted = {unmarked(q.text): {text for _, text in q.answers} for q in articles()}
    counts = set()
    for group in epochs(maker):
        for example in group:
            said = {example.passage[start:end] for start, end in example.answers}
            assert said <= accepted.get(unmarked(example.question), set())
            for text in said:
                assert len(example.answers) == example.passage.count(text)
                counts.add(len(example.answers))
    assert counts == {1, 2}  # once or twice with its capital, never in "corraner"


def test_a_passage_without_answers_does_not_hold_one(maker: ExampleMaker) -> None:
    asked = {unmarked(q.text): q for q in articles()}
    kinds = set()
    for group in epochs(maker):
        for example in group:
            source = asked.get(unmarked(example.question))
            if example.answers:
                kinds.add("answered")
            elif source is None:
                kinds.add("changed")
            elif not source.answers:
                kinds.add("unanswered")
            else:
                inside = "cut out" if example.passage in source.context else "other"
                kinds.add(inside)
                lower = example.passage.lower()
                assert not any(text.lower() in lower for _, text in source.answers)
    assert kinds == {"answered", "changed", "unanswered", "cut out", "other"}


def test_a_passage_without_the_answer_comes_beside_the_one_that_has_it(
    maker: ExampleMaker,
) -> None:
    pairs = [group for group in epochs(maker) if len(group) > 1]
    assert pairs
    for first, second in pairs:
        assert first.question == second.question
        assert first.answers and not second.answers


def test_a_changed_question_names_another_of_its_document(maker: ExampleMaker) -> None:
    asked = {unmarked(q.text) for q in articles()}
    changed = [e for group in epochs(maker) for e in group if unmarked(e.question) not in asked]
    assert changed
    assert all(example.answers == () for example in changed)


def test_a_passage_is_whole_sentences_and_no_longer_than_it_may_be(maker: ExampleMaker) -> None:
    contexts = {q.context for q in articles()}
    lengths = []
    for group in epochs(maker):
        example = group[0]
        assert any(example.passage in context for context in contexts)
        assert example.passage.endswith(".")
        lengths.append(len(example.passage.split()))
    assert max(lengths) <= MOST_WORDS
    assert min(lengths) < 55 < 160 < max(lengths)


def test_a_sentence_over_the_bound_stays_whole() -> None:
    long = "The ferry to Corran " + "and the old harbour " * 60 + "was late."
    context = f"No rain. {long} No fire."
    maker = ExampleMaker([question("Where did it go?", context, "Corran")], processes=1)
    for group in epochs(maker):
        assert group[0].passage == long


def test_the_same_seed_gives_the_same_epoch_and_another_seed_another(
    maker: ExampleMaker,
) -> None:
    again = ExampleMaker(articles(), processes=1)
    assert list(maker.epoch(3)) == list(again.epoch(3)) == list(maker.epoch(3))
    assert list(maker.epoch(3)) != list(maker.epoch(4))


def test_every_question_is_asked_in_an_epoch(maker: ExampleMaker) -> None:
    asked = {unmarked(group[0].question) for group in maker.epoch(1)}
    assert {unmarked(q.text) for q in articles()} <= asked


def test_a_title_is_sometimes_left_out(maker: ExampleMaker) -> None:
    titles = [group[0].title for group in epochs(maker)]
    assert 0.6 < sum(map(bool, titles)) / len(titles) < 0.9


def test_which_questions_have_their_mark_does_not_tell_where_they_are_from() -> None:
    context = "The ferry to Corran was late. Nobody was hurt."
    for asked in ("Where did the ferry go?", "where did the ferry go"):
        maker = ExampleMaker([question(asked, context, "Corran")], processes=1)
        marked = [e.question.endswith("?") for group in epochs(maker, 100) for e in group[:1]]
        assert 0.35 < sum(marked) / len(marked) < 0.75


def test_how_often_the_answer_is_cut_out_of_its_context_can_be_chosen() -> None:
    questions = [
        question(
            "Where did it go?", "It went to Corran. A goat swam along.", "Corran", document="a"
        ),
        question("Who sang at sea?", "Ina sang. The sea was calm.", "Ina", document="b"),
    ]
    contexts = {unmarked(q.text): q.context for q in questions}
    shares = []
    for cut_out in (0.0, 0.35, 0.7):
        groups = list(epochs(ExampleMaker(questions, 1, cut_out=cut_out), 200))
        own = [
            len(g) > 1 and g[1].passage in contexts.get(unmarked(g[1].question), "") for g in groups
        ]
        shares.append(sum(own) / len(own))
    assert shares == pytest.approx((0.0, 0.35, 0.7), abs=0.07)


def test_a_passage_of_another_document_may_stand_under_the_question_s_own_title() -> None:
    questions = ferries()
    titles = {unmarked(q.text): q.title for q in questions}
    contexts = {unmarked(q.text): q.context for q in questions}
    own = [
        second.title == titles[unmarked(second.question)]
        for first, second in (g for g in epochs(ExampleMaker(questions, 1)) if len(g) > 1)
        if unmarked(second.question) in titles
        and second.passage not in contexts[unmarked(second.question)]
    ]
    assert 0.25 < sum(own) / len(own) < 0.75


def test_a_miner_chooses_what_it_takes_most_for_an_answer(town_reader: Path) -> None:
    def towns(maker: ExampleMaker) -> list[int]:
        return [
            number
            for first, second in (group for group in epochs(maker) if len(group) > 1)
            for number, town in enumerate(TOWNS)
            if town in second.passage
        ]

    drawn = towns(ExampleMaker(ferries(), 1))
    mined = towns(ExampleMaker(ferries(), 1, load_reader(str(town_reader))))
    assert min(drawn) == min(mined) == 0  # what misleads least, but is found first
    assert np.mean(np.array(drawn) == 0) > 2 * np.mean(np.array(mined) == 0)
    assert np.mean(mined) > np.mean(drawn) + 1


def test_what_a_miner_finds_is_passed_over_where_it_may_be_right(town_reader: Path) -> None:
    questions = [
        question("Where did it go?", "The ferry to Lorne was late. Rain.", "to Lorne", "Lorne was"),
        question("Where was the ferry?", "A ferry was near Lorne. Rain fell.", "near Lorne"),
    ]
    miner = load_reader(str(town_reader))
    mined = [group for group in epochs(ExampleMaker(questions, 1, miner), 30) if len(group) > 1]
    drawn = [group for group in epochs(ExampleMaker(questions, 1), 30) if len(group) > 1]
    assert any("Lorne" in second.passage for _, second in drawn)
    assert not any("Lorne" in second.passage for _, second in mined)


def test_a_context_of_one_sentence_comes_among_others_of_its_document_in_their_order() -> None:
    questions = single_sentences()
    documents = {q.context: (q.document, q.place) for q in questions}
    maker = ExampleMaker(questions, processes=1)
    sizes, same = set(), 0
    for example in answered(maker):
        parts = [f"{part}." for part in example.passage.removesuffix(".").split(". ")]
        assert set(parts) <= set(documents)
        (own,) = [q.context for q in questions if unmarked(q.text) == unmarked(example.question)]
        assert own in parts
        ((start, end),) = example.answers
        before = example.passage[: example.passage.index(own)]
        assert len(before) < start < end <= len(before) + len(own)
        sizes.add(len(parts))
        same += len({documents[part][0] for part in parts}) == 1
        places = [documents[part][1] for part in parts if part != own]
        assert places == sorted(places)
    assert sizes == {1, 2, 3, 4, 5, 6}
    assert same > 24 * 12 / 2


def test_a_sentence_that_does_not_answer_comes_among_others_too() -> None:
    maker = ExampleMaker(single_sentences(), processes=1)
    own = {unmarked(q.text): q.context for q in single_sentences()}
    sizes = set()
    for group in epochs(maker, 20):
        for example in group[1:]:
            assert example.answers == () and own[unmarked(example.question)] not in example.passage
            sizes.add(example.passage.count(". ") + 1)
    assert len(sizes) > 2


def test_a_context_with_very_many_questions_does_not_fill_an_epoch() -> None:
    context = "The ferry to Corran was late. Nobody was hurt."
    questions = [question(f"Where did ferry {n} go?", context, "Corran") for n in range(50)]
    maker = ExampleMaker(questions, processes=1)
    first, second = (
        {unmarked(group[0].question) for group in maker.epoch(seed) if group[0].answers}
        for seed in (1, 2)
    )
    assert len(first) == len(second) == 16
    assert first != second


def test_of_two_marked_answers_either_is_shown() -> None:
    lines = [f"The old school {n} was {'very ' * 30}old." for n in range(4)]
    context = f"A ferry left Lorne. {' '.join(lines)} A ferry reached Kelby."
    maker = ExampleMaker([question("Which town?", context, "Lorne", "Kelby")], processes=1)
    shown = {example.passage[slice(*example.answers[0])] for example in answered(maker)}
    assert shown == {"Lorne", "Kelby"}
