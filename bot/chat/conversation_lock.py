"""One question of a conversation at a time, whichever of the page's events asks it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.chat.turns import Turn

__all__ = ["ConversationLock"]


class ConversationLock:
    """Who is being answered in one conversation. Safe for threads.

    The browser keeps a second question from being sent only as far as it is the same event and the
    first is under way already: here it is kept from being asked. It holds no lock, since Gradio
    copies it for each conversation: ``dict.setdefault`` is one step.
    """

    def __init__(self) -> None:
        """Begin with nobody."""
        self._held: dict[str, object] = {}
        self._known: list[object] | None = None  # the answers that the last one left, if known

    def alone(
        self, before: Sequence[Turn], steps: Iterator[tuple[Sequence[Turn], Any]], busy: Any
    ) -> Iterator[Any]:
        """Give what an answer comes to, step by step, or ``busy`` where another is on its way.

        Args:
            before: the conversation as whoever asks knows it; where an answer has come to it
                meanwhile that counts as busy too.
            steps: the conversation at each step, and what is given; not begun where it is busy.
            busy: what is given instead.
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
            for turns, given in steps:
                if self._held.get("by") is not ticket:
                    return  # stopped: what it would still say is said to nobody
                self._known = [turn.answer for turn in turns]
                yield given
        finally:
            if self._held.get("by") is ticket:
                del self._held["by"]

    def clear(self) -> None:
        """Let the next one ask, whoever is being answered."""
        self._known = None
        self._held.clear()


def _same(known: list[object], turns: Sequence[Turn]) -> bool:
    # A vote makes another turn of the same answer.
    return len(known) == len(turns) and all(
        turn.answer is answer for turn, answer in zip(turns, known, strict=True)
    )
