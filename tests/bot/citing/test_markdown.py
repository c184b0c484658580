"""A conversation to keep: whole, and without markup of others."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given
from markdown_it import MarkdownIt

from bot.answering.answers import REFUSAL, Alternative, Answer, Citation
from bot.citing.answered import AnsweredQuestion
from bot.citing.markdown import as_markdown, as_text
from bot.sanitize import one_line
from tests.fakes.parsed_html import ANY_TEXT
from tests.fakes.reports import surveyed_answer, view_of

TODAY = date(2026, 11, 29)


def answered(
    quote: str, title: str = "Title", url: str | None = None, question: str = "Why?"
) -> AnsweredQuestion:
    def cited(number: int) -> Citation:
        published = "2024-05-31T10:00:00+00:00"
        return Citation(number, "a", title, url, "Paper", published, quote, 5, 5 + len(quote))

    other = Alternative("Ice", 0.5, (cited(2),))
    answer = Answer(f"Fog — “{quote}” [1]", "Fog", False, 0.8, (cited(1),), (other,))
    return AnsweredQuestion(question, answer, {"since": "2024-05-01"})


def test_copied_answer_has_its_sources() -> None:
    assert as_text(answered("Fog.", url="https://example.org/fog").answer) == (
        "Fog — “Fog.” [1]\n"
        "[1] Title, Paper, 2024-05-31, https://example.org/fog\n"
        "[2] Title, Paper, 2024-05-31, https://example.org/fog"
    )
    refusal = Answer(REFUSAL, None, True, 0.1, (), closest=answered("Fog.").answer.citations)
    assert as_text(refusal) == (
        f"{REFUSAL}\nClosest, but no sure answer: “Fog.” Title, Paper, 2024-05-31"
    )
    assert "Closest, but no sure answer:\n\n- " in as_markdown(
        [AnsweredQuestion("Why?", refusal)], TODAY
    )


def test_markdown_has_questions_answers_and_linked_sources() -> None:
    saved = as_markdown([answered("Fog.", url="https://example.org/fog_(x)")], TODAY)
    html = MarkdownIt().render(saved)
    assert "<h2>Why?</h2>" in html
    assert "from 2024-05-01" in html
    assert html.count('<a href="https://example.org/fog_%28x%29">Title</a>') == 2
    assert "<blockquote>\n<p>Fog.</p>" in html
    assert "characters 5-9" in html
    assert "Read as" not in html


def test_markdown_has_a_table_of_what_the_reports_say() -> None:
    views = (view_of(1, "26 | dead", "2024-03-09"), view_of(2, "*Seven*", "2024-03-01"))
    cited = tuple(one for view in views for one in view.citations)
    saved = as_markdown(
        [AnsweredQuestion("How many?", Answer("x", "26", False, 0.8, cited, views=views))], TODAY
    )
    html = MarkdownIt().enable("table").render(saved)
    assert "<p>The reports differ. The count rises with time; the newest comes first.</p>" in html
    cells = ("26 | dead", "2024-03-09", "2024-03-09", "Post 1", "[1]", "*Seven*")
    assert all(f"<td>{cell}</td>" in html for cell in cells)


def test_markdown_has_the_list_and_the_timeline() -> None:
    answer = surveyed_answer("*Elm* burned.", name="<b>Elm")
    saved = (replace(answer, events=()), replace(answer, listing=None))
    html = "".join(
        MarkdownIt().render(as_markdown([AnsweredQuestion("Which?", one)], TODAY)) for one in saved
    )
    for said in (
        "<p>Found here: 2 answers in 2 of 5 articles that were read. There may be more.</p>",
        "<li>&lt;b&gt;Elm [1]</li>",
        "<li><strong>2024-03-05</strong> (published) *Elm* burned. [1]</li>",
        "<li><strong>2024-05</strong> Oak burned in May. [2]</li>",
    ):
        assert said in html


def test_markdown_has_how_a_follow_up_was_read() -> None:
    read = answered("Fog.", question="Why that?")
    read = replace(read, answer=replace(read.answer, question_read_as="Why is *it* so?"))
    assert "<p>Read as: Why is *it* so?</p>" in MarkdownIt().render(as_markdown([read], TODAY))


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_text_of_others_is_not_markdown(question: str, quote: str, title: str, url: str) -> None:
    plain = "A A"
    markdown = MarkdownIt("commonmark", {"html": True})
    shape = [token.type for token in markdown.parse(as_markdown([answered(plain, plain)], TODAY))]
    given_tokens = markdown.parse(as_markdown([answered(quote, title, None, question)], TODAY))
    inline = {child.type for token in given_tokens for child in token.children or ()}
    assert inline <= {"text", "text_special", "softbreak"}
    if one_line(question) and one_line(quote):
        assert [token.type for token in given_tokens] == shape
    linked = markdown.parse(as_markdown([answered(quote, title, url, question)], TODAY))
    addresses = [
        child.attrGet("href") for token in linked for child in token.children or () if child.attrs
    ]
    assert all(str(address).startswith(("http://", "https://")) for address in addresses)
