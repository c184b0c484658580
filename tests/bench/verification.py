"""How well the check of a chat model's answers tells true sentences from altered ones.

Answers are made of the sentences of articles: copied, shortened, joined, with numbers and dates in
another form and attributions moved. All are true, and most have to pass. Then one thing in each is
made false: a number, a name, a date, a negation, a hedge, an attribution, a quote or a key. None of
these may pass.

The articles are the project's own; with --data, news that was written for measuring as well, and
the answers that people wrote for CLAPnq beside the sentences that they chose.
"""

from __future__ import annotations

import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bot.answering.quote import Quote
from bot.comparing.tokens import Kind, Token, folded, tokenize
from bot.generation.contract import QuotedSupport, Reply, ReplySentence, with_keys
from bot.generation.verification import Fault
from bot.generation.writer import check_reply
from corpus.article import Article
from corpus.loader import load_articles
from corpus.samples import samples_folder
from corpus.sentences import sentence_spans
from tests.bench.datasets import data_argument, print_result, read_jsonl, sample
from tests.fakes.reports import FLOOD, FOLLOW_UP, MARKET

__all__ = [
    "ANSWERS",
    "EACH",
    "TrueAnswer",
    "main",
    "measure",
    "mutations",
    "own_articles",
    "true_answers",
]

ANSWERS = 500
"""True answers that are checked at the most."""

EACH = 150
"""Altered answers of a kind at the most."""

_WORDS = (6, 40)  # of a sentence
_HEDGE = re.compile(r"\b(?:about|may|might|almost|nearly|at least|allegedly|could|former)\b ?")
_NEGATION = re.compile(r"\b(?:not|never|no) ")
_VERB = re.compile(r"\b(?:is|are|was|were|has|have|had|will|would|can|could)\b(?! not)")
_SAID = re.compile(r"^(?P<who>[A-Z][\w .'-]{2,40}?) said (?:that )?(?P<what>[^\"“”]+)\.$")
_TAIL = re.compile(r"^(?P<what>[^\"“”]+), (?P<who>[^,\"“”]{3,40}) said\.$")
_ASIDE = re.compile(r", (?:who|which|the|a|an) (?![^,]*\bsaid)[^,\"]{4,60},(?= [a-z])")
_MONTHS = "January February March April May June July August September October November December"

_Change = Callable[["TrueAnswer", random.Random], "TrueAnswer | None"]


@dataclass(frozen=True)
class TrueAnswer:
    """A sentence as a careful model would write it, with what it rests on.

    Attributes:
        text: the sentence.
        sources: the sentences of articles that bear it.
        quotes: what is quoted of each.
        given: further sentences that the model was shown.
    """

    text: str
    sources: tuple[Quote, ...]
    quotes: tuple[str, ...]
    given: tuple[Quote, ...] = ()

    def passes(self, keys: Callable[[str], str] = str) -> tuple[bool, Fault | None, list[Quote]]:
        """Return whether the check lets it through, why not, and what is then cited."""
        keyed = with_keys(list(dict.fromkeys((*self.sources, *self.given))))
        key_of = {quote: key for key, quote in keyed.items()}
        support = [
            QuotedSupport(key=keys(key_of[source]), quote=quote)
            for source, quote in zip(self.sources, self.quotes, strict=True)
        ]
        reply = Reply(answerable=True, sentences=[ReplySentence(text=self.text, support=support)])
        held, dropped = check_reply(reply, keyed)
        cited = [quote for one in held for quote in one.bearing]
        return bool(held), dropped[0] if dropped else None, cited


def own_articles() -> list[Article]:
    """Return the samples, and the texts of the tests."""
    texts = {"flood": FLOOD, "follow-up": FOLLOW_UP, "market": MARKET}
    return [
        *load_articles([samples_folder()]),
        *(Article(name, "", text) for name, text in texts.items()),
    ]


def true_answers(articles: Sequence[Article], most: int, dice: random.Random) -> list[TrueAnswer]:
    """Make true answers of the sentences of articles."""
    quotes = [
        Quote(article, start, end)
        for article in articles
        for start, end in sentence_spans(article.text)
        if _WORDS[0] <= len(article.text[start:end].split()) <= _WORDS[1]
        and article.text[start:end][-1] in ".!?"
        and article.text[start:end][0].isupper()
    ]
    dice.shuffle(quotes)
    made: list[TrueAnswer] = []
    for number, quote in enumerate(quotes):
        if len(made) == most:
            break
        given = tuple(dice.sample(quotes, min(12, len(quotes))))
        plain = TrueAnswer(folded(quote.text), (quote,), (_part(quote.text, dice),), given)
        other = quotes[number - 1]
        forms = [plain, *(replace(plain, text=text) for text in _rewritten(plain.text))]
        if number % 5 == 0 and plain.text.endswith(".") and other is not quote:
            joined = f"{plain.text[:-1]}; {folded(other.text)}"
            made.append(
                TrueAnswer(
                    joined, (quote, other), (*plain.quotes, " ".join(other.text.split())), given
                )
                if len(joined) < 500 and len(other.text.split()) <= 40
                else plain
            )
        else:
            made.append(dice.choice(forms))
    return made


def _part(text: str, dice: random.Random) -> str:
    """Return some words of a sentence that follow each other, as they stand there."""
    places = [match.start() for match in re.finditer(r"\S+", text)]
    start = dice.choice(places[: max(1, len(places) - 5)])
    return text[start:].strip() if dice.random() < 0.5 else text


def _rewritten(text: str) -> Iterator[str]:
    """Yield a sentence in other words that say the same."""
    for token in tokenize(text):
        written, form = text[token.start : token.end], ""
        if token.kind is Kind.NUMBER and token.value[0] == "number":
            value = token.value[1]
            if re.fullmatch(r"\d{1,3}(,\d{3})+", written):
                form = written.replace(",", "")
            elif re.fullmatch(r"\d+,?000,000", written):
                form = f"{int(value) // 1_000_000} million"  # type: ignore[call-overload]
            elif '"' not in text and written in (
                "two",
                "three",
                "four",
                "five",
                "six",
                "seven",
                "eight",
                "nine",
            ):
                form = str(value)
        elif token.kind is Kind.DATE and token.value[0] == "date" and token.value[3]:
            _, year, month, day = token.value
            name = _MONTHS.split()[int(month) - 1]  # type: ignore[call-overload]
            form = f"{name} {day}" + (f", {year}" if year else "")
        if form and form != written:
            yield text[: token.start] + form + text[token.end :]
    if said := _SAID.match(text):
        yield f"{said['what'][0].upper()}{said['what'][1:]}, {said['who']} said."
        yield f"According to {said['who']}, {said['what']}."
    if said := _TAIL.match(text):
        yield f"{said['who'][0].upper()}{said['who'][1:]} said that {said['what']}."
    if (aside := _ASIDE.search(text)) and " said" not in text:
        yield text[: aside.start()] + text[aside.end() :]
    if "n't " in text:
        yield re.sub(r"(?<=\w)n't ", " not ", text.replace("won't ", "will not "))


def mutations() -> dict[str, _Change]:
    """Return what makes a true answer false, by kind; each returns None where it cannot."""
    return {
        "number": _swap(Kind.NUMBER, ["7", "1,871", "96 million", "14"]),
        "number of the same sentence": _exchange(Kind.NUMBER),
        "name": _swap(Kind.NAME, ["Vold", "Karvel", "Estonia", "Reuters"]),
        "name of the same sentence": _exchange(Kind.NAME),
        "date": _swap(Kind.DATE, ["Friday", "9 May 1987", "2031", "last April"]),
        "negation put in": _negate,
        "negation taken out": _take_out(_NEGATION),
        "hedge taken out": _take_out(_HEDGE),
        "attribution taken out": _unattributed,
        "attributed to another": _attributed_to_another,
        "quote altered by a character": _alter_quote,
        "quote of two articles": _join_quotes,
    }


def _swap(kind: Kind, values: Sequence[str]) -> _Change:
    def change(answer: TrueAnswer, dice: random.Random) -> TrueAnswer | None:
        found = [token for token in tokenize(answer.text) if token.kind is kind]
        if not found:
            return None
        token, value = dice.choice(found), dice.choice(values)
        new = tokenize(f"of {value}")
        return None if token.agrees(new[-1]) else _put(answer, token, value)

    return change


def _exchange(kind: Kind) -> _Change:
    """Put a number or name where another one of its sentence stands."""

    def change(answer: TrueAnswer, dice: random.Random) -> TrueAnswer | None:
        found = [token for token in tokenize(answer.text) if token.kind is kind]
        pairs = [(a, b) for a in found for b in found if not a.agrees(b) and not b.agrees(a)]
        if not pairs:
            return None
        one, other = dice.choice(pairs)
        return _put(answer, one, answer.text[other.start : other.end])

    return change


def _put(answer: TrueAnswer, token: Token, written: str) -> TrueAnswer:
    text = f"{answer.text[: token.start]}{written}{answer.text[token.end :]}"
    return replace(answer, text=text)


def _negate(answer: TrueAnswer, dice: random.Random) -> TrueAnswer | None:
    found = list(_VERB.finditer(answer.text))
    if not found:
        return None
    place = dice.choice(found).end()
    return replace(answer, text=f"{answer.text[:place]} not{answer.text[place:]}")


def _take_out(pattern: re.Pattern[str]) -> _Change:
    def change(answer: TrueAnswer, dice: random.Random) -> TrueAnswer | None:
        found = list(pattern.finditer(answer.text))
        if not found:
            return None
        one = dice.choice(found)
        return replace(answer, text=answer.text[: one.start()] + answer.text[one.end() :])

    return change


def _unattributed(answer: TrueAnswer, dice: random.Random) -> TrueAnswer | None:
    for pattern in (_SAID, _TAIL):
        if said := pattern.match(answer.text):
            return replace(answer, text=f"{said['what'][0].upper()}{said['what'][1:]}.")
    return None


def _attributed_to_another(answer: TrueAnswer, dice: random.Random) -> TrueAnswer | None:
    who = dice.choice(["The minister", "Karvel", "A doctor", "The Post"])
    if said := _SAID.match(answer.text):
        return replace(answer, text=f"{who} said that {said['what']}.")
    if said := _TAIL.match(answer.text):
        return replace(answer, text=f"{said['what']}, {who} said.")
    return None


def _alter_quote(answer: TrueAnswer, dice: random.Random) -> TrueAnswer | None:
    quote = answer.quotes[0]
    places = [place for place, character in enumerate(quote) if character.isalnum()]
    place = dice.choice(places)
    letter = dice.choice([one for one in "aeiost137" if one != quote[place]])
    altered = quote[:place] + letter + quote[place + 1 :]
    return replace(answer, quotes=(altered, *answer.quotes[1:]))


def _join_quotes(answer: TrueAnswer, dice: random.Random) -> TrueAnswer | None:
    others = [one for one in answer.given if one.article.id != answer.sources[0].article.id]
    if not others or len(answer.sources) > 1:
        return None
    head, tail = answer.quotes[0].split()[:6], dice.choice(others).text.split()[-6:]
    joint = dice.choice([" ", " … ", " ... "])
    return replace(answer, quotes=(" ".join(head) + joint + " ".join(tail),))


def measure(
    articles: Sequence[Article], most: int = ANSWERS, each: int = EACH, show: int = 0
) -> dict[str, dict[str, object]]:
    """Check true and altered answers, and count."""
    dice = random.Random(22)
    answers = true_answers(articles, most, dice)
    outcomes = [(answer, *answer.passes()) for answer in answers]
    true = [answer for answer, passed, *_ in outcomes if passed]
    faults = Counter(str(fault) for _, passed, fault, _ in outcomes if not passed)
    lost = [answer.text for answer, passed, *_ in outcomes if not passed]
    for text in lost[:show]:
        print(f"lost: {text}", file=sys.stderr)
    made: dict[str, list[bool]] = {}
    for kind, change in mutations().items():
        made[kind] = []
        for answer in true * 3:
            altered = change(answer, dice) if len(made[kind]) < each else None
            if altered is None:
                continue
            survives = altered.passes()[0]
            made[kind].append(survives)
            if survives and show:
                print(f"{kind}: {altered.text}\n   of: {answer.sources}", file=sys.stderr)
    made["key invented"] = [answer.passes(lambda _: "zzzz")[0] for answer in true[:each]]
    made["quote moved to another key"] = [_moved(answer) for answer in true[:each]]
    total = sum(len(found) for found in made.values())
    return {
        "true answers": {
            "checked": len(answers),
            "passed": round(len(true) / len(answers), 3),
            **{f"left out: {fault}": count for fault, count in faults.most_common()},
        },
        "altered answers": {
            "checked": total,
            "passed": sum(sum(found) for found in made.values()),
            **{kind: f"{sum(found)} of {len(found)}" for kind, found in made.items()},
        },
    }


def _moved(answer: TrueAnswer) -> bool:
    """Return whether a quote beside the key of another sentence makes that other one cited."""
    others = [one for one in answer.given if one not in answer.sources]
    moved = replace(answer, sources=(*others[:1], *answer.sources[1:]), given=answer.sources)
    return bool(set(moved.passes()[2]) & set(others[:1]))


def people(data: Path) -> dict[str, object]:
    """Check the answers that people wrote for CLAPnq beside the sentences that they chose."""
    passed: list[bool] = []
    for record in read_jsonl(data / "news_dev" / "clapnq_dev_answerable.jsonl.gz"):
        text = record["passages"][0]["text"]
        chosen = record["output"][0].get("selected_sentences") or []
        quotes = tuple(
            Quote(Article(record["id"], "", text), text.index(one), text.index(one) + len(one))
            for one in chosen
            if one in text
        )
        answer = str(record["output"][0]["answer"])
        for start, end in sentence_spans(answer):
            words = tuple(" ".join(one.text.split()[:40]) for one in quotes)
            passed.append(TrueAnswer(answer[start:end], quotes, words).passes()[0])
    return {"sentences": len(passed), "passed": round(sum(passed) / max(1, len(passed)), 3)}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark."""
    parser = data_argument(__doc__ or "")
    for action in parser._actions:
        if action.dest == "data":
            action.required = False
    parser.add_argument("--show", type=int, default=0, help="true answers that are shown as lost")
    options = parser.parse_args(arguments)
    results = {f"own texts, {k}": v for k, v in measure(own_articles(), show=options.show).items()}
    if options.data:
        records = read_jsonl(options.data / "news_dev" / "written_dev.articles.jsonl.gz")
        written = [Article(r["id"], r["title"], r["text"], source=r["source"]) for r in records]
        found = measure(sample(written, 100), show=options.show)
        results |= {f"written_dev, {k}": v for k, v in found.items()}
        results["CLAPnq, answers of people"] = people(options.data)
    print_result(results, options.json)


if __name__ == "__main__":
    main()
