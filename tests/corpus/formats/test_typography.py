"""Raised, lowered, stacked and struck characters keep their meaning as plain text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.formats.markup import plain_text
from corpus.formats.typography import lowered, raised


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("cost 31<sup>4</sup> million", "cost 31⁴ million"),
        ("cost 31<sup><a href='#n4'>4</a></sup> million", "cost 31⁴ million"),
        ("cost 31<sup>[4]</sup> million", "cost 31 [4] million"),
        ("cost 31<sup>4,5</sup> million", "cost 31⁴,⁵ million"),
        ("cost 31<sup>see note</sup>", "cost 31 see note"),
        ("Ann Lee<sup>†</sup> said", "Ann Lee† said"),
        ("5 × 10<sup>−9</sup> m<sup>2</sup>", "5 × 10⁻⁹ m²"),
        ("the 19<sup>th</sup> century", "the 19th century"),
        ("Bolt<sup>TM</sup>", "Bolt™"),
        ("CO<sub>2</sub> and x<sub>i+1</sub>", "CO₂ and xᵢ₊₁"),
        ("3<sup>3</sup>⁄<sub>4</sub> miles", "3 3⁄4 miles"),
        ("<sup>3</sup>/<sub>4</sub> of it", "3⁄4 of it"),
        ('3<span class="frac">3/4</span> miles', "3 3⁄4 miles"),
        ('<i class="frac">3<b class="num">3</b><b class="den">4</b></i>', "3 3⁄4"),
        ('<b class="price">€7<sup>45</sup></b>', "€7.45"),
        ('<b class="price">€7<i class="cents">45</i></b>', "€7.45"),
        ("€7<sup>45</sup>", "€7⁴⁵"),
        ('31<span style="vertical-align: super; font-size: 70%">4</span>', "31⁴"),
        ('31<span class="superscript">4</span>', "31⁴"),
        ("<math><msup><mi>E</mi><mn>2</mn></msup><mo>=</mo><mfrac><mn>1</mn><mn>2</mn></mfrac></math>",
         "E² = 1⁄2"),
        ("It cost <del>5</del> <ins>6</ins> crowns.", "It cost 6 crowns."),
        ("run by <s>Ann Lee</s>, Bo Ray", "run by, Bo Ray"),
        ('<span style="text-decoration:line-through">5</span> 6 crowns', "6 crowns"),
        ("called it <q>a <b>disgrace</b></q>.", "called it “a disgrace”."),
        ("read <a href='/r'>the paper (opens in new window)</a> today", "read the paper today"),
        ("read <a href='/r'>the paper<span>, opens new tab</span></a>", "read the paper"),
        ("har&shy;bour&nbsp;master", "harbour master"),
        ("x &lt; y &amp; z", "x < y & z"),
    ],
)  # fmt: skip
def test_html_is_written_as_it_is_printed(source: str, expected: str) -> None:
    assert plain_text(source) == expected


@pytest.mark.parametrize(
    "hidden",
    [
        '<p style="color:red; display : none">Not shown</p>',
        '<p style="visibility:hidden">Not shown</p>',
        "<p hidden>Not shown</p>",
        '<span style="position:absolute; clip: rect(1px, 1px, 1px, 1px)">Not shown</span>',
        '<span style="position:absolute;left:-9999px">Not shown</span>',
        '<span class="sr-only">Not shown</span>',
        '<span class="c-visually-hidden">Not shown</span>',
        '<span class="screen-reader-text">Not shown</span>',
        '<style>.x9 {display:none}</style><p class="x9">Not shown</p>',
        "<script>Not shown</script>",
        "<!-- Not shown -->",
        "<template><p>Not shown</p></template>",
    ],
)
def test_hidden_text_is_left_out(hidden: str) -> None:
    assert (
        plain_text(f"<div><p>The boat sank at noon.</p>{hidden}</div>") == "The boat sank at noon."
    )


@pytest.mark.parametrize(
    "shown",
    [
        '<p aria-hidden="true">Shown</p>',
        '<p class="hidden md:block">Shown</p>',
        '<p class="d-none d-lg-block">Shown</p>',
        '<style>@media print {.x9 {display:none}}</style><p class="x9">Shown</p>',
    ],
)
def test_text_hidden_only_elsewhere_is_kept(shown: str) -> None:
    assert plain_text(f"<p>The boat sank at noon.</p>{shown}").endswith("\n\nShown")


@given(st.text(max_size=12), st.text(max_size=5))
def test_shifted_digits_never_join_the_number_before(text: str, before: str) -> None:
    for written in (raised(text, before + "7"), lowered(text, before + "7")):
        assert not written[:1].isdecimal() or written in {"1st", "st"}


def test_cell_with_a_list_or_paragraphs_stays_on_its_row() -> None:
    rows = (
        "<tr><th>Boat</th><th>Sails</th></tr>"
        "<tr><td><p>Freja</p></td><td><ul><li>08:00</li><li>12:30</li></ul></td></tr>"
        "<tr><td>Thor</td><td><ol><li>15:00</li></ol></td></tr>"
    )
    assert (
        plain_text(f"<table>{rows}</table>") == "Boat | Sails\nFreja | 08:00; 12:30\nThor | 15:00"
    )


def test_table_that_only_places_paragraphs_is_read_as_text() -> None:
    words = "The boat left at noon and came back at night, the harbour office said."
    source = f"<table><tr><td>Menu</td><td><p>{words}</p><p>{words}</p></td></tr></table>"
    assert plain_text(source) == f"Menu\n\n{words}\n\n{words}"
