"""Reports of one question side by side: what counts as a difference, and of what kind."""

from __future__ import annotations

import pytest

from bot.comparing.comparison import compare
from bot.comparing.relations import Relation
from bot.comparing.scope import same_subject
from tests.fakes.reports import report_of

DEAD = "How many people have died in the Halm ferry accident?"
SPEED = "How fast was the Halm train going when it derailed?"
MAYOR = "Who is the mayor of Halm?"


def relation(question: str, *reports: tuple[str, str], title: str = "Halm") -> str | None:
    made = [report_of(question, said, day=day, title=title) for day, said in reports]
    found = compare(question, made)
    return found and found.evidence.relation.value


@pytest.mark.parametrize(
    ("question", "early", "late", "expected"),
    [
        (DEAD, "[Seven] people died, the coastguard said.", "The toll has reached [19].", "growth"),
        (
            DEAD,
            "[Nine] people died in Halm.",
            "The number of dead was [six], and not nine as we reported.",
            "correction",
        ),
        (
            "How much did the Halm opera go over budget?",
            "The overrun is [96 million euros], auditors said.",
            "The extra cost is [31 million euros], director Per Vold insisted.",
            "claims",
        ),
        (
            SPEED,
            "The train was doing [49 miles an hour].",
            "The train had been going at [56 miles an hour].",
            "unexplained",
        ),
    ],
)
def test_relation_shows_in_the_reports(question: str, early: str, late: str, expected: str) -> None:
    assert relation(question, ("2024-03-01", early), ("2024-03-09", late)) == expected


FIRST = "Who fired first at Halm Bridge?"
FIRE = "What caused the fire at the Halm mill?"
WON = "Who won the Halm debate?"
WHY = "Why did the Halm concert not take place?"
BEATEN = "Did the guards of Halm beat the prisoner?"


@pytest.mark.parametrize(
    ("question", "one", "other", "expected"),
    [
        (
            FIRST,
            "[The rebels] fired first, army spokesman Dario Venn said.",
            "[The army] fired first, rebel commander Sena Okoro told us.",
            "claims",
        ),
        (
            WON,
            "[Astrid Lind] won, her campaign chief Tom Beale said.",
            "[Daniel Okafor] won clearly, his aide Jill Marsh said.",
            "claims",
        ),
        (WON, "[Astrid Lind] won.", "[Daniel Okafor] won.", "unexplained"),
        (
            FIRE,
            "The fire was caused by [petrol bombs], police said.",
            "[Faulty wiring] caused the fire, the union said.",
            "claims",
        ),
        (
            FIRE,
            "The fire started when [an oil lamp] fell over.",
            "[Lightning] caused the fire.",
            "unexplained",
        ),
        (
            WHY,
            "It was called off because [the singer was ill], promoter Hugo Dahl said.",
            "It was called off because [the promoter had not paid], she said.",
            "claims",
        ),
        (
            BEATEN,
            "[The guards did not beat the prisoner], a spokesman for the ministry said.",
            "[Three guards beat him], his sister Mira Solt said.",
            "claims",
        ),
        (
            BEATEN,
            "[The guards never struck anyone, nor beat the prisoner], the ministry said.",
            "[The guards beat the prisoner].",
            None,
        ),
        (
            "Did the harbour of Halm know of the cracks in the crane?",
            "[Nobody in the harbour knew of any cracks], its director said.",
            "[The harbour had known of the cracks for weeks], crane driver Ole Ruud said.",
            "claims",
        ),
        (
            "Did the landlord of Halm warn the tenants?",
            "[The landlord warned all tenants in May not to cook], solicitor Jo Bray said.",
            "[Nobody warned us, not in May], tenant Per Vold told the landlord.",
            "claims",
        ),
    ],
)
def test_sides_differ_in_names_causes_and_denials(
    question: str, one: str, other: str, expected: str | None
) -> None:
    for first, second in ((one, other), (other, one)):
        assert relation(question, ("2024-03-04", first), ("2024-03-05", second)) == expected


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        # Who they are, more or less exactly.
        (FIRST, "[Rebels] fired first, Dario Venn said.", "[Green Hand] fired first, it wrote."),
        (FIRST, "[The militia] fired first, they said.", "[A Halm militia] fired first, he said."),
        (
            "Who criticised the Halm dam?",
            "[Olav Ness] did, he said.",
            "[Ingrid Dahl] did, she said.",
        ),
        (WON, "[Astrid Lind] won, she said.", "[The Greens] won with Lind, they said."),
        # One cause, or several.
        (FIRE, "It was caused by [a short circuit], police said.", "[A cable] caused it, he said."),
        (
            FIRE,
            "[Human error] caused it, police said.",
            "It began when [Per fell asleep], he said.",
        ),
        (FIRE, "It was caused by [arson], police said.", "[A burnt match] caused it, he said."),
        (
            "Why did minister Pia Holm of Halm resign?",
            "She went because [she wanted more time], she said.",
            "She went because [the cabinet quarrelled], a friend said.",
        ),
        # No denial of the same.
        (BEATEN, "[No guard beat him in the night], they said.", "[A guard beat him], she said."),
        (
            BEATEN,
            "[The guards did not only beat him], he said.",
            "[The guards beat him], she said.",
        ),
        (
            BEATEN,
            "[The guards did not beat him], police said.",
            "[The guards beat him], police said.",
        ),
        (
            "Did the bank of Halm inform its customers?",
            "[Nobody from the bank informed us], police chief Jan Roth said.",
            "[The bank informed its customers], Ida Kern said.",
        ),
        (
            "Was the driver of the Halm bus injured?",
            "[No passenger of the bus was injured], police said.",
            "[The driver was injured], Per Vold said.",
        ),
        (
            "Has the Halm bridge been reopened?",
            "[It has not been reopened], Max Toll said.",
            "[The bridge was reopened], Ada Finn said.",
        ),
    ],
)
def test_sides_that_may_both_be_right_are_not_shown(question: str, one: str, other: str) -> None:
    for first, second in ((one, other), (other, one)):
        assert relation(question, ("2024-03-04", first), ("2024-03-05", second)) is None


@pytest.mark.parametrize(
    ("said", "values"),
    [
        (
            "Police say that [3,000 people] came, while the hosts speak of 12,000.",
            ["3,000", "12,000"],
        ),
        ("According to the union, [90] came; the firm puts the number at 40.", ["90", "40"]),
        ("Police say that [3,000 people] came, while the hosts expect 12,000 on Sunday.", []),
        ("Police say that [3,000 people] came, while the hosts speak of 12,000 sausages.", []),
        ("Police say that [3,000 people] came, while it rained.", []),
    ],
)
def test_one_sentence_sets_two_sides_against_each_other(said: str, values: list[str]) -> None:
    question = "How many people came to the march in Halm?"
    found = compare(question, [report_of(question, said)])
    assert [one.value.text for one in (found.sayings if found else ())] == values


@pytest.mark.parametrize(
    ("title", "first", "same"),
    [
        ("Ashes", "The fire has passed the second road.", True),
        ("Ashes", "The fire has passed Askvik.", False),
        ("Fire in Askvik", "The fire has passed the second road.", False),
    ],
)
def test_nameless_article_goes_on_with_a_story(title: str, first: str, same: bool) -> None:
    question = "How many houses has the forest fire at Halm destroyed?"
    own = report_of(question, "The forest fire destroyed [9] houses in Halm.", title="Halm")
    said = f"{first}\n\nThe forest fire has destroyed [40] houses."
    other = report_of(question, said, day="2024-03-20", title=title)
    assert same_subject(own, other) is same


def test_old_event_of_the_name_is_left_out() -> None:
    old = ("2011-06-03", "In the accident [thirty] people died.")
    first, second = ("2024-03-01", "[Seven] people died."), ("2024-03-03", "The toll rose to [19].")
    assert relation(DEAD, old, first, second) == "growth"
    aside = ("2024-03-04", "In the accident of 1999, [31] people died.")
    assert relation(DEAD, first, second, aside) == "growth"
    assert relation(DEAD, old, first) is None


def test_total_is_compared_with_totals_alone() -> None:
    question = "How many jets has Halm Air on order altogether?"
    early = ("2023-06-19", "It now has [40] jets on order altogether.")
    assert relation(question, early, ("2023-11-14", "The new order is for [12] jets.")) is None
    late = ("2023-11-14", "It now has [52] jets on order in total.")
    assert relation(question, early, late) == "succession"


def test_newest_holder_of_an_office_comes_first() -> None:
    reports = [
        report_of(MAYOR, "Mayor [Ina Roos] opened the bridge.", day="2021-05-01", title="Halm"),
        report_of(MAYOR, "The new mayor, [Per Vold], spoke.", day="2023-06-01", title="Halm"),
    ]
    found = compare(MAYOR, reports)
    assert found is not None
    assert found.evidence.relation is Relation.SUCCESSION
    assert [saying.value.text for saying in found.sayings] == ["Per Vold", "Ina Roos"]


def test_evidence_is_the_sentence_that_shows_it() -> None:
    wrong = "We gave a wrong number in our last issue.\n\nIn Halm [six] people died, not nine."
    reports = [
        report_of(DEAD, "[Nine] people died in Halm.", day="2024-03-01"),
        report_of(DEAD, wrong, day="2024-03-04"),
    ]
    found = compare(DEAD, reports)
    assert found is not None and found.evidence.sentence is not None
    report, (start, end) = found.evidence.sentence
    assert report.article.text[start:end] == "We gave a wrong number in our last issue."


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        # The same, more or less exactly.
        (DEAD, "At least [20] people died.", "[24] people died."),
        (DEAD, "[Twenty-four] people died.", "[24] people died."),
        ("When did the Halm dam break?", "It broke [on Saturday].", "It broke on [2 March 2024]."),
        ("Where in Halm did it begin?", "It began in [Eskby].", "It began in the [Vest county]."),
        ("What cut the power in Halm?", "It was [a fallen tree].", "It was [a gust of wind]."),
        # Of something else.
        (DEAD, "[Seven] people died.", "[Forty] people were injured."),
        (SPEED, "It was going at [49 miles an hour].", "It may go at [56 miles an hour]."),
        (
            "How many came to the Halm fair in 2023?",
            "[12,000] came in 2023.",
            "[15,000] came in 2022.",
        ),
        (
            "How much profit did Halm Steel make?",
            "The profit was [3 million euros].",
            "Halm Group had a profit of [40 million euros].",
        ),
        (
            "How much snow fell in Halm?",
            "[40 centimetres] of snow fell.",
            "[55 centimetres] of snow fell in the hills of Askvik.",
        ),
        ("How much did the Halm roof cost?", "It cost [2 million].", "It cost [2 million] each."),
    ],
)
def test_difference_that_is_none_is_not_shown(question: str, one: str, other: str) -> None:
    assert relation(question, ("2024-03-04", one), ("2024-03-05", other)) is None


def test_same_question_of_another_year_is_no_difference() -> None:
    question = "How many people came to the Halm fair?"
    early, late = "[12,000] people came to the fair.", "[15,000] people came to the fair."
    assert relation(question, ("2022-06-01", early), ("2023-06-01", late)) is None


def test_article_that_names_another_event_is_left_out() -> None:
    other = report_of(SPEED, "It was going at [99 miles an hour].", title="Askvik", article_id="b")
    own = report_of(SPEED, "It was going at [49 miles an hour].", title="Halm", article_id="a")
    assert compare(SPEED, [own, other]) is None


def test_article_speaks_once_by_its_surest_span() -> None:
    said = "The train was doing [49 miles an hour]."
    other = "The limit was [30 miles an hour]."
    reports = [report_of(SPEED, one, title="Halm", article_id="a") for one in (said, other)]
    assert compare(SPEED, reports) is None


@pytest.mark.parametrize("days", [("2024-03-01", None), (None, None)])
def test_order_without_dates_is_not_guessed(days: tuple[str | None, str | None]) -> None:
    reports = [
        report_of(DEAD, "[Seven] people have died.", day=days[0], title="Halm"),
        report_of(DEAD, "The toll has reached [19].", day=days[1], title="Halm"),
    ]
    assert compare(DEAD, reports) is None


def test_unnamed_event_of_another_year_is_another_event() -> None:
    question = "Who reported a fire after the crash at Halm?"
    said = "A fire in Askvik and Tarnby was seen by [Per Vold]."
    own = report_of(question, said, day="2024-03-01", title="Halm crash")
    days = {"2024-03-09": True, "2022-03-09": False}
    for day, same in days.items():
        other = report_of(question, said.replace("Per Vold", "Ina Roos"), day=day, title="Fire")
        assert same_subject(own, other) is same
    office = "Who is the mayor of Halm?"
    early, late = (report_of(office, said, day=day, title="Post") for day in days)
    assert same_subject(early, late)
