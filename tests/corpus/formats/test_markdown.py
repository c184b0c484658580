"""Markdown and its front matter."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.errors import UnreadableArticle
from tests.corpus.formats.conftest import ReadOne


def test_front_matter_gives_fields_and_the_body_is_prose(read_one: ReadOne) -> None:
    draft = read_one(
        "---\n"
        "Title: Flood in Aldmoor\n"
        "date: 2020-02-30\n"
        "authors:\n  - Ann Lee\n  - Bo Ray\n"
        "url: https://example.com/flood\n"
        "publisher: {name: Aldmoor Post}\n"
        "lang: en\n"
        "---\n"
        "The *river* [rose](https://example.com/r)\nby **two** metres, `gauge` said.\n\n"
        "![a picture](x.png)\n\n"
        "> “It is over,” she said.\n\n"
        "- one\n- two\n",
        "a.md",
    )
    assert draft.text == (
        "The river rose by two metres, gauge said.\n\n“It is over,” she said.\n\none\ntwo"
    )
    assert draft.title == "Flood in Aldmoor"
    assert (draft.url, draft.source) == ("https://example.com/flood", "Aldmoor Post")
    assert (draft.author, draft.published, draft.language) == (
        "Ann Lee, Bo Ray",
        "2020-02-30",
        "en",
    )


def test_first_heading_is_the_title_where_none_is_given(read_one: ReadOne) -> None:
    draft = read_one("# Flood in *Aldmoor*\n\nThe river rose.\n\n## Later\n\nIt fell.\n", "a.md")
    assert draft.title == "Flood in Aldmoor"
    assert draft.text == "The river rose.\n\nLater\n\nIt fell."


def test_a_heading_that_repeats_the_title_is_left_out(read_one: ReadOne) -> None:
    assert read_one("---\ntitle: Flood\n---\n# Flood\n\nIt rose.", "a.md").text == "It rose."
    assert read_one("---\ntitle: Flood\n---\n# Rain\n\nIt rose.", "a.md").text == "Rain\n\nIt rose."


def test_without_any_title_the_name_is_it(read_one: ReadOne) -> None:
    assert read_one("It rose.", "flood-news.md").title == "Flood news"


def test_tables_and_html_lose_marks_and_scripts_go(read_one: ReadOne) -> None:
    draft = read_one(
        "| Town | Metres |\n|---|---|\n| Aldmoor | 2 |\n\n"
        "<div><b>It</b> fell.</div>\n\n<script>\nalert(1)\n</script>\n\nThe <em>end</em>.\n",
        "a.md",
    )
    assert draft.text == "Town | Metres\nAldmoor | 2\n\nIt fell.\n\nThe end."


def test_marks_of_note_takers_are_read(read_one: ReadOne) -> None:
    draft = read_one(
        '---\ntitle: "Flood: the day"\nsource: "https://example.com/flood"\n'
        'author:\n  - "[[Ann Lee]]"\n  - "[[people/Bo Ray|Bo Ray]]"\npublished: 2019-12-31\n---\n'
        "![[river.png]]\n\n"
        "The [[Mere|river Mere]] rose, said ==**Ann** Lee== of [[Aldmoor#Town]].[^a]\n\n"
        "> [!warning]- What to do\n> Stay **inside**.\n\n- [ ] call the mayor\n- [x] call Bo\n\n"
        "It cost ~~5~~ 6 crowns, 10^3^ m and CO~2~, 31[^b] in all.<br>So it was. ^block1\n\n"
        '%% not to be read %%\n\n{{< figure src="a.jpg" >}}\n\n'
        "[^a]: To this paper.\n[^b]: Without tax.\n",
        "a.md",
    )
    assert draft.text.split("\n\n") == [
        "The river Mere rose, said Ann Lee of Aldmoor.¹",
        "What to do",
        "Stay inside.",
        "call the mayor\ncall Bo",
        "It cost 6 crowns, 10³ m and CO₂, 31² in all.\nSo it was.",
        "¹ To this paper.",
        "² Without tax.",
    ]
    assert (draft.url, draft.source) == ("https://example.com/flood", None)
    assert (draft.author, draft.published) == ("Ann Lee, Bo Ray", "2019-12-31")


@pytest.mark.parametrize(
    "front",
    [
        '+++\ntitle = "Flood"\ndate = 2019-12-31T14:05:00Z\nauthor = "Ann Lee"\n+++\n',
        '{\n"title": "Flood", "date": "2019-12-31T14:05:00+00:00", "author": "Ann Lee"\n}\n',
    ],
)
def test_front_matter_may_be_toml_or_json(read_one: ReadOne, front: str) -> None:
    draft = read_one(f"{front}\nIt rose.\n", "a.md")
    assert (draft.title, draft.text, draft.author) == ("Flood", "It rose.", "Ann Lee")
    assert draft.published == "2019-12-31T14:05:00+00:00"


def test_three_dashes_without_fields_are_a_rule(read_one: ReadOne) -> None:
    draft = read_one("---\n\nThe river rose.\n\n---\n\nIt fell.\n", "a.md")
    assert draft.text == "The river rose.\n\nIt fell."


def test_front_matter_runs_no_code(read_one: ReadOne, tmp_path: Path) -> None:
    source = f"---\ntitle: !!python/object/apply:os.mkdir ['{tmp_path}/made']\n---\nIt rose."
    draft = read_one(source, "a.md")
    assert draft.text == "It rose."
    assert not (tmp_path / "made").exists()


def test_a_text_in_the_front_matter_does_not_replace_the_body(read_one: ReadOne) -> None:
    assert read_one("---\nTitle: t\nText: other\nBody: other\n---\nBody.", "a.md").text == "Body."


@pytest.mark.parametrize(
    ("source", "cause"),
    [
        ("---\ntitle: Flood: the end\n---\nIt rose.", "front matter is not valid YAML at line 2"),
        ("+++\ntitle = Flood\n+++\nIt rose.", "front matter is not valid TOML"),
        ("---\na: " + "[" * 20_000 + "\n---\nIt rose.", "front matter is not valid YAML"),
        ("---\ntitle: Flood\n---\n", "empty"),
        ("# Flood\n", "empty"),
        ("", "empty"),
    ],
)
def test_bad_markdown_is_refused_with_its_cause(read_one: ReadOne, source: str, cause: str) -> None:
    with pytest.raises(UnreadableArticle, match=cause):
        read_one(source, "a.md")


def test_aliases_that_multiply_do_no_harm(read_one: ReadOne) -> None:
    lines = ["a0: &a0 [x, x]"]
    lines += [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)]
    source = "\n".join(["---", "title: t", *lines, "author: *a59", "---", "It rose."])
    assert read_one(source, "a.md").author is None
