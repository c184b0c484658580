"""Of altered answers none passes; tests.bench.verification measures the same on more texts."""

from __future__ import annotations

from typing import Any

from tests.bench.verification import measure, own_articles


def test_true_answers_pass_and_altered_ones_do_not() -> None:
    found: dict[str, Any] = measure(own_articles(), most=60, each=20)
    true, altered = found["true answers"], found["altered answers"]
    assert true["checked"] == 60 and true["passed"] >= 0.95
    assert altered["checked"] > 200 and altered["passed"] == 0, altered
