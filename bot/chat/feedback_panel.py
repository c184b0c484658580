"""Thumbs under the answers, and the panel that asks why."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import gradio as gr

from bot.chat.events import QUICK
from bot.chat.html.markup import notice_html, problem_html
from bot.chat.turns import Turn, Vote
from bot.feedback import FeedbackStore
from corpus.errors import NewsbotError

__all__ = ["FeedbackPanel"]

_THANKS = notice_html("Thank you. Your feedback is kept on this computer, beside the index.")


class FeedbackPanel:
    """The panel and the events of the thumbs: a vote counts at once, its reason once it is sent."""

    def __init__(self, store: FeedbackStore) -> None:
        """Put the panel, hidden, into the Blocks that are being built."""
        self._store = store
        self._number = gr.State(0)  # of the vote that it is about
        with gr.Group(visible=False, elem_id="why") as self._panel:
            self._reason = gr.Textbox(label="Why? (optional)", max_lines=3, max_length=2_000)
            with gr.Group(visible=False) as self._correction:
                self._expected = gr.Textbox(
                    label="What would be right? (if you know)", max_length=2_000
                )
                self._unanswerable = gr.Checkbox(label="The articles do not say")
            with gr.Row():
                self._send = gr.Button("Send", variant="primary", size="sm")
                self._close = gr.Button("Close", size="sm")

    def connect(self, chat: gr.Chatbot, turns: gr.State, notice: gr.HTML) -> None:
        """Let the thumbs and the panel work."""
        fields = [self._reason, self._expected, self._unanswerable]
        panels = [self._panel, self._correction]
        voted = [turns, self._number, *panels, *fields, notice]
        chat.like(self._vote, turns, voted, **QUICK)
        sending = [self._send.click, self._reason.submit, self._expected.submit]
        closed: list[Any] = [self._panel, notice]
        gr.on(sending, self._explain, [self._number, *fields], closed, **QUICK)
        self._close.click(lambda: [gr.update(visible=False), notice_html()], None, closed, **QUICK)

    def _vote(self, turns: tuple[Turn, ...], like: gr.LikeData) -> list[Any]:
        index = like.index[0] if isinstance(like.index, tuple) else like.index
        place = index // 2  # each turn is a question and its answer
        if not 0 <= place < len(turns):
            return [gr.skip()] * 8
        turn = turns[place]
        liked = like.liked if isinstance(like.liked, bool) else None
        try:
            if turn.vote is not None:
                self._store.remove(turn.vote.number)
            number = 0
            if liked is not None:
                number = self._store.add(
                    turn.question,
                    turn.answer,
                    liked,
                    narrowed=bool(turn.filters),
                    generation=turn.generation,
                )
        except NewsbotError as error:
            return [*[gr.skip()] * 7, problem_html(error)]
        vote = None if liked is None else Vote(number, liked)
        after = (*turns[:place], replace(turn, vote=vote), *turns[place + 1 :])
        panel = gr.update(visible=liked is not None)
        correction = gr.update(visible=liked is False)
        thanks = notice_html() if liked is None else _THANKS
        return [after, number, panel, correction, "", "", False, thanks]

    def _explain(self, number: int, reason: str, expected: str, unanswerable: bool) -> list[Any]:
        try:
            self._store.explain(number, reason, expected, unanswerable=unanswerable)
        except NewsbotError as error:
            return [gr.skip(), problem_html(error)]
        return [gr.update(visible=False), _THANKS]
