"""One question of a conversation at a time, whichever of the page's events asks it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.chat.turns import Turn

__all__ = ["ConversationLock"]


class ConversationLock:
    """Which question of one conversation is being answered. Safe for threads.

    The browser holds back a second question only if the same event sends it and the first has
    already begun. It contains no ``threading.Lock``, since Gradio copies it for each conversation:
    ``dict.setdefault`` is one step.
    """

    def __init__(self) -> None:
        """Begin unlocked."""
        self._held: dict[str, object] = {}
        self._known: list[object] | None = None  # the answers that the last question left, if known

    def run_exclusive(
        self, before: Sequence[Turn], steps: Iterator[tuple[Sequence[Turn], Any]], busy: Any
    ) -> Iterator[Any]:
        """Yield the steps of an answer, or ``busy`` if another one is on its way.

        Args:
            before: the conversation as the asking event knows it; if an answer has been added
                since, that counts as busy too.
            steps: the conversation at each step, and what is yielded; not begun if it is busy.
            busy: what is yielded instead.
        """
        ticket = object()
        if self._held.setdefault("by", ticket) is not ticket:
            yield busy
            return
        try:
            known, self._known = self._known, None
            if known is not None and not _same(known, before):
                yield busy
                return
            for turns, step in steps:
                if self._held.get("by") is not ticket:
                    return  # stopped: nobody is to see the rest
                self._known = [turn.answer for turn in turns]
                yield step
        finally:
            if self._held.get("by") is ticket:
                del self._held["by"]

    def release(self) -> None:
        """Let the next question be asked, whatever is being answered."""
        self._known = None
        self._held.clear()


def _same(known: list[object], turns: Sequence[Turn]) -> bool:
    # A vote makes another turn of the same answer.
    return len(known) == len(turns) and all(
        turn.answer is answer for turn, answer in zip(turns, known, strict=True)
    )
