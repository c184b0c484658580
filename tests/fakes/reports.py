"""Invented reports for tests of copies: of a flood, what followed, and a market week by week."""

from __future__ import annotations

from bot.answering.answers import Answer, Citation, Event, Item, Listing, View
from bot.comparing.reports import Report
from corpus.article import Article
from corpus.sentences import sentence_spans

__all__ = [
    "FLOOD",
    "FOLLOW_UP",
    "MARKET",
    "market",
    "report_of",
    "surveyed_answer",
    "view_of",
]

FLOOD = (
    "MERROW – The river Merrow burst its banks on Tuesday night and 410 people had to leave their "
    "homes in Merrowford, said the mayor, Hanne Vold. Water stood 2.1 metres deep in the lower "
    "streets by midnight, and three bridges were closed to traffic. Nobody was hurt.\n\n"
    "Firefighters carried old people from the care home on Mill Lane in boats, while soldiers "
    "filled sandbags beside the power station. The station stayed dry, but the water works "
    "failed shortly before dawn, and the town hall asked everyone to boil what came from the tap. "
    "A large part of the old market was under mud when the river fell again.\n\n"
    "Vold said that the dyke had been due for repair since 2019 and that the county had put it off "
    "every spring. The county answered that it had waited for the town to give up the allotments "
    "behind the dyke. Both sides meet on Friday in the school, where most of the families have "
    "been sleeping on camp beds.\n\n"
    "The insurers of the valley expect claims for 240 houses and 90 shops. A fund for those "
    "without insurance had gathered 85,000 crowns by Wednesday evening."
)
FOLLOW_UP = (
    "MERROW – The county will pay for a new dyke at Merrowford, its governor promised on Friday "
    "after an evening of angry questions in the school hall. Work is to begin in May and to cost "
    "6 million crowns, two thirds of which come from the state. The allotments behind the old "
    "dyke will be moved to the meadow beyond the railway, and the town has given up its suit.\n\n"
    "The mayor, Hanne Vold, called the promise late but welcome. Most of the families have gone "
    "home, though some of the houses on Mill Lane are too wet to live in before summer.\n\n"
    "The river Merrow burst its banks on Tuesday night and 410 people had to leave their homes in "
    "Merrowford. Water stood 2.1 metres deep in the lower streets by midnight, and three bridges "
    "were closed to traffic. Vold said that the dyke had been due for repair since 2019 and that "
    "the county had put it off every spring."
)


def market(week: int, factor: int) -> str:
    """Return the report of a week: always the same words, and figures that the factor makes."""
    rows = [
        f"{fish} closed at {10 + factor * place % 37}.{factor * place % 9} crowns a kilo on the "
        f"quay of Halm, {'up' if factor * place % 2 else 'down'} {factor * place % 7}.5 per cent "
        f"on the week before, with {factor * (place + 3) * 13} crates sold."
        for place, fish in enumerate(("Cod", "Herring", "Haddock", "Turbot", "Eel", "Sole"), 1)
    ]
    return f"Prices on the fish market in week {week}. " + " ".join(rows)


MARKET = market(4, 11)


def report_of(
    question: str,
    said: str,
    *,
    day: str | None = "2024-03-12",
    title: str = "Reports from Halm",
    article_id: str | None = None,
    margin: float = 3.0,
) -> Report:
    """Return what an invented article says, with the answer between brackets.

    Paragraphs before the last one stand before the answer's: "The ferry sank.\n\n[Ten] died."
    """
    start, end = said.index("["), said.index("]") - 1
    text = said.replace("[", "").replace("]", "")
    sentence = next(s for s in sentence_spans(text) if s[0] <= start and end <= s[1])
    published = f"{day}T00:00:00+00:00" if day else None
    article = Article(article_id or f"{day} {said}", title, text, published=published)
    return Report(question, article, (start, end), sentence, margin)


def view_of(number: int, value: str, day: str | None, relation: str = "growth") -> View:
    """Return a view with one citation, of this number."""
    quote = f"It was {value}."
    cited = Citation(number, f"a{number}", "Title", None, "Post", day, quote, 0, len(quote))
    return View(value, (cited,), day, day, (f"Post {number}",), relation)


def _cited(number: int, quote: str) -> Citation:
    return Citation(number, f"a{number}", "Title", None, "Post", None, quote, 0, len(quote))


def surveyed_answer(said: str = "Elm burned.", *, name: str = "Elm") -> Answer:
    """Return an answer with a list of two and a timeline of two, of the same two sentences."""
    one, two = _cited(1, said), _cited(2, "Oak burned in May.")
    listing = Listing((Item(name, (one,)), Item("Oak", (two,))), 2, 5)
    events = (
        Event("2024-03-05", "2024-03-05", False, one),
        Event("2024-05-01", "2024-05-31", True, two),
    )
    return Answer("x", None, False, 0.8, (one, two), listing=listing, events=events)
