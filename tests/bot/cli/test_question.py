"""newsbot question, as it is typed: a changed article changes the answer, and that is said."""

from __future__ import annotations

import json
from pathlib import Path

from tests.fakes.running import Capture, output_of


def test_changed_answer_is_said_when_the_index_changes(tmp_path: Path, capsys: Capture) -> None:
    article, index = tmp_path / "flood.txt", ("--index", tmp_path / "index")
    question = "How many people were evacuated from Arlen?"

    def report(count: str) -> str:
        text = f"Flood in Arlen\n\nThe mayor said that {count} people were evacuated from Arlen."
        article.write_text(text, encoding="utf-8")
        status, out, err = output_of(capsys, "index", article, *index)
        assert (status, err) == (0, "")
        return out

    report("312")
    assert output_of(capsys, "question", "add", question, *index)[:2] == (
        0,
        "question 1 is asked from now on\n",
    )
    assert "    312  " in output_of(capsys, "question", "list", *index)[1]
    assert "changed: " not in report("312")
    out = report("480")
    assert "changed: " in out and "312 people" in out and "480 people" in out
    [change] = json.loads(output_of(capsys, "question", "list", "--changed", "--json", *index)[1])
    assert "312 people" in change["old"]["quotes"][0]["quote"]
    assert "480 people" in change["new"]["quotes"][0]["quote"]
    assert question in output_of(capsys, "question", "list", "--changed", *index)[1]
    out = output_of(capsys, "remove", "flood.txt", *index)[1]
    assert "The articles do not say." in out
    assert output_of(capsys, "question", "remove", "1", *index)[0] == 0
    status, out, err = output_of(capsys, "question", "list", *index)
    assert (status, out) == (0, "") and err.startswith("no standing questions: ")
    status, _, err = output_of(capsys, "question", "remove", question, *index)
    assert (status, err.count("\n")) == (1, 1)
