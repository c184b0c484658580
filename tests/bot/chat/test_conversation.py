"""The steps of a conversation, with the real bot on the samples."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.answering.answers import EXTRACTIVE
from bot.chat.conversation import ConversationView, converse, first_view, greeting, shown, stopped
from bot.chat.filters import SearchFilters
from bot.chat.turns import Turn
from bot.newsbot import NewsBot
from tests.bot.generation.test_writer import DENIAL, DENIED
from tests.fakes.browser import SAMPLE
from tests.fakes.chat_models import ScriptedModel, says
from tests.fakes.served import copied

if TYPE_CHECKING:
    from index.embedding.embedder import Embedder


def test_question_is_shown_at_once_and_leaves_its_box(bot: NewsBot) -> None:
    first, *others = converse(bot, SAMPLE, ())
    assert [role for role, _ in first.messages] == ["user", "assistant"]
    assert SAMPLE in first.messages[0][1]
    assert "pending" in first.messages[1][1]
    assert first.sent == SAMPLE
    assert first.turns == ()
    assert {view.sent for view in others[:-1]} == {None} and others[-1].sent == ""
    # What a person types meanwhile is left alone.
    assert {view.box for view in (first, *others)} == {None}


def test_sources_come_first_then_the_text_grows(bot: NewsBot) -> None:
    views = list(converse(bot, SAMPLE, ()))
    with_sources = next(view for view in views if "<mark>" in view.sources)
    assert "pending" in with_sources.messages[-1][1]
    lengths = [len(view.messages[-1][1]) for view in views if "streaming" in view.messages[-1][1]]
    assert len(lengths) > 3
    assert lengths[0] < lengths[-1]
    last = views[-1]
    assert "streaming" not in last.messages[-1][1]
    (turn,) = last.turns
    assert (turn.number, turn.question) == (1, SAMPLE)
    assert turn.answer.text == bot.answer(SAMPLE).text
    assert turn.found and turn.generation == bot.status().generation


def test_written_answer_is_shown_as_it_comes(bot: NewsBot, embedder: Embedder) -> None:
    model = ScriptedModel(scripts=[says(DENIAL, DENIED)])
    writing = NewsBot(bot.index, embedder=embedder, chat_model=model)
    views = list(converse(writing, SAMPLE, ()))
    assert any("streaming" in view.messages[-1][1] for view in views)
    assert "Written by scripted" in views[-1].messages[-1][1]
    last = list(converse(writing, SAMPLE, (), answer_by=EXTRACTIVE))[-1]
    assert last.turns[0].answer.text == bot.answer(SAMPLE).text and len(model.asked) == 1


def test_refusal_never_looks_like_an_answer_on_its_way(bot: NewsBot) -> None:
    for view in converse(bot, "What is the capital of France?", ()):
        assert 'class="answer' not in view.messages[-1][1]
        assert "card" not in view.sources
    assert 'class="refusal"' in view.messages[-1][1]
    assert view.turns[0].cards == ""


def test_note_is_shown_with_the_answer(bot: NewsBot) -> None:
    long = f"{SAMPLE} {'and so on ' * 200}"
    *_, last = converse(bot, long, ())
    assert "cut to its first" in last.messages[-1][1]


@pytest.mark.parametrize("question", ["", " ", "\n\t", "\x00", "\x01\x02"])
def test_question_without_words_changes_only_the_notice(bot: NewsBot, question: str) -> None:
    before = _after(bot, SAMPLE)
    *_, last = converse(bot, question, before.turns)
    assert last.turns == before.turns
    assert last.messages == before.messages
    assert last.sources == before.sources
    assert 'class="hint"' in last.notice


def test_failure_returns_the_question_to_its_box(
    tmp_path: Path, samples_index: Path, embedder: Embedder
) -> None:
    bot = copied(samples_index, tmp_path / "my index", embedder)
    before = _after(bot, SAMPLE)
    shutil.rmtree(bot.index)
    *_, last = converse(bot, "And who else?", before.turns)
    assert last.box == "And who else?"
    assert (last.turns, last.messages, last.sources) == (
        *(before.turns, before.messages, before.sources),
    )
    # The command can be pasted into a shell as it stands.
    assert "newsbot index FOLDER --index &#x27;" in last.notice
    assert greeting(bot)[0] == ""
    assert "newsbot index FOLDER" in greeting(bot)[1]


def test_corrupt_index_is_told_in_its_own_words(
    tmp_path: Path, samples_index: Path, embedder: Embedder
) -> None:
    bot = copied(samples_index, tmp_path / "index", embedder)
    (bot.index / "CURRENT").write_text("../../elsewhere", encoding="ascii")
    *_, last = converse(bot, SAMPLE, ())
    assert 'class="problem"' in last.notice
    assert "newsbot index FOLDER --index" not in last.notice
    assert last.box == SAMPLE


def test_earlier_sources_are_kept_folded_and_distinct(bot: NewsBot) -> None:
    first = _after(bot, SAMPLE)
    second = _after(bot, SAMPLE, first.turns)
    assert [turn.number for turn in second.turns] == [1, 2]
    open_part, folded = second.sources.split("<details", 1)
    assert 'id="source-2-1"' in open_part and 'id="source-1-1"' not in open_part
    assert 'id="source-1-1"' in folded


def test_long_conversation_drops_its_oldest_turns(bot: NewsBot) -> None:
    answer = bot.answer(SAMPLE)
    turns = tuple(Turn(number, "q", answer) for number in range(1, 31))
    last = _after(bot, SAMPLE, turns)
    assert len(last.turns) == 30
    assert (last.turns[0].number, last.turns[-1].number) == (2, 31)
    assert 'id="source-31-1"' in last.sources


def test_filters_restrict_what_is_found(bot: NewsBot) -> None:
    filters = SearchFilters.read("2024-01-01", None, ["Halvik Observer"])
    *_, last = converse(bot, "How many passengers did the Grelle ferry carry?", (), filters)
    (turn,) = last.turns
    assert turn.filters == filters
    assert {one.source for one in turn.found} == {"Halvik Observer"}
    assert all((one.published or "") >= "2024" for one in turn.found)


def test_text_to_copy_is_ready_for_every_turn(bot: NewsBot) -> None:
    first = _after(bot, SAMPLE)
    second = _after(bot, "What is the capital of France?", first.turns)
    for number in (1, 2):
        assert f'<pre hidden id="copied-{number}">' in second.sources


def test_stopped_answer_leaves_the_conversation_as_it_was(bot: NewsBot) -> None:
    before = _after(bot, SAMPLE)
    view = stopped(before.turns, "And then?")
    assert view.box == "And then?"
    assert (view.turns, view.messages) == (before.turns, before.messages)
    assert "Stopped" in view.notice


def test_replaced_answers_stand_until_the_new_one_is_there(bot: NewsBot) -> None:
    *_, one = converse(bot, SAMPLE, ())
    *_, two = converse(bot, "And who else?", one.turns)
    *going_on, last = converse(bot, SAMPLE, (), None, two.turns)
    assert going_on and all(view.turns == two.turns for view in going_on)
    assert all(len(view.messages) == 2 for view in going_on)
    assert all(view.box is None and not view.sent for view in (*going_on, last))
    assert [turn.question for turn in last.turns] == [SAMPLE]
    for back in (None, "\x00"):
        *_, failed = converse(bot, "\x00", (), None, two.turns, back)
        assert failed.turns == two.turns and len(failed.messages) == 4
        assert failed.box == back


def test_text_typed_meanwhile_survives_a_stop() -> None:
    view = stopped((), "And <then>?", "Typed")
    assert view.box is None and "And &lt;then&gt;?" in view.notice
    view = stopped((), "")
    assert view.box is None and "as it was" in view.notice


def test_asking_closes_the_reading_pane_once(bot: NewsBot) -> None:
    views = list(converse(bot, SAMPLE, ()))
    assert [view.reading for view in views] == ["", *[None] * (len(views) - 1)]
    assert shown(views[-1].turns).reading is None


def test_greeting_counts_the_articles(bot: NewsBot) -> None:
    assert greeting(bot)[0] == "13 articles indexed"


def test_first_view_is_empty() -> None:
    view = first_view()
    assert (view.messages, view.turns, view.box) == ([], (), "")
    assert "card" not in view.sources


def _after(bot: NewsBot, question: str, turns: tuple[Turn, ...] = ()) -> ConversationView:
    *_, last = converse(bot, question, turns)
    return last
