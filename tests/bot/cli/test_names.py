"""newsbot names, as it is typed: listed, quoted, merged and split again."""

from __future__ import annotations

import json
from pathlib import Path

from tests.fakes.running import Capture, output_of

TEXT = (
    "Visit to Paris\n\nOn Tuesday Angela Merkel went to Paris with Emmanuel Macron, and the two of "
    "them talked about the pact that the trains of Paris are to be kept running."
)


def test_names_are_listed_quoted_and_merged(tmp_path: Path, capsys: Capture) -> None:
    index = ("--index", tmp_path / "index")
    (tmp_path / "visit.txt").write_text(TEXT, encoding="utf-8")
    assert output_of(capsys, "index", tmp_path / "visit.txt", *index)[0] == 0

    def names(*words: str) -> tuple[int, str, str]:
        return output_of(capsys, "names", *words, *index)

    listed = names("list")[1].splitlines()
    assert sorted(listed) == [
        "Angela Merkel  person, 1 article",
        "Emmanuel Macron  person, 1 article",
        "Paris  place, 1 article",
    ]
    assert names("list", "nobody") == (0, "", "no names\n")
    assert names("merged") == (0, "", "no names were merged\n")
    assert "Angela Merkel went to Paris" in names("show", "angela MERKEL")[1]
    assert names("merge", "Emmanuel Macron", "Angela Merkel") == (
        0,
        "Emmanuel Macron is read as Angela Merkel\n",
        "",
    )
    entry = json.loads(names("show", "Emmanuel Macron", "--json")[1])
    assert (entry["name"], entry["others"]) == ("Angela Merkel", ["Emmanuel Macron"])
    quote = entry["quotes"][0]
    assert quote["end"] - quote["start"] == len(quote["quote"])
    assert names("merged")[1] == "Emmanuel Macron is read as Angela Merkel\n"
    assert names("split", "Emmanuel Macron")[0] == 0
    assert json.loads(names("list", "macron", "--json")[1])[0]["name"] == "Emmanuel Macron"
    assert names("show", "Nobody") == (1, "", "newsbot: No article names 'Nobody'\n")

    asked = ("search", "who went to Paris", "--json", *index)
    assert json.loads(output_of(capsys, *asked, "--name", "Macron")[1]) == []
    assert json.loads(output_of(capsys, *asked, "--name", "emmanuel macron")[1])
