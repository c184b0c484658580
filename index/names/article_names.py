"""The names in an article: what the tagger finds, joined by rules that prefer precision.

A person counts who is named in full once; the surname alone is then the same person. What is short
for an organisation or place is joined to it where the article says so in brackets, as in "World
Health Organization (WHO)".
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator
from typing import NamedTuple

from corpus.article import Article, Span
from corpus.dates import DAYS_AND_MONTHS
from corpus.language import language_of
from index.names.records import DOTTED, WELL_KNOWN, ArticleName, name_key
from index.names.tagger import shipped_tagger

__all__ = ["find_names"]

_KIND_OF = {
    "PERSON": "person",
    "ORG": "organisation",
    "GPE": "place",
    "LOC": "place",
    "FAC": "place",
}
_LEAST_MARGIN = 1.0  # of a mention
_SURE_MARGIN = 4.0  # of the surest mention of a name
_SURE_WORD = 6.0  # of an organisation of one word: ships, drugs and products look like one
_LEAST_AGREEMENT = 2 / 3  # of a name's mentions, on its kind
_MOST_NAMES = 200  # of an article
_MOST_SPANS = 50  # of a name in an article
_LONGEST_NAME = 80  # code points
_FEWEST_WORDS = 5  # of a line of prose

_THE = re.compile(r"the\s+", re.IGNORECASE)
_TITLES = re.compile(
    r"(?:(?:mr|mrs|ms|miss|dr|prof|professor|sir|dame|lord|lady|president|vice|prime|minister"
    r"|chancellor|king|queen|prince|princess|pope|senator|sen|representative|rep|congress(?:wo)?man"
    r"|governor|gov|mayor|judge|justice|attorney|general|gen|lieutenant|lt|colonel|col|captain|capt"
    r"|major|maj|sergeant|sgt|admiral|adm|commander|cmdr|reverend|rev|chief|secretary|officer"
    r"|detective|coach|chairman|director|former|ex)\b\.?[\s-]+)+",
    re.IGNORECASE,
)
_AFTER = re.compile(r"[\s,.;:\"”’'()\[\]-]+$")
_SIGNS = re.compile(r"[\s,.;:\"“‘'()\[\]-]+")
_LETTER = re.compile(r"[^\W\d_]")
_ENDED = re.compile(r"['’]s\b|\s*\(")
_BRACKETS = re.compile(r"\s*\((?:the\s+|or\s+)?([A-Z][A-Za-z.&-]{1,9})\)")
_NO_NAMES = DAYS_AND_MONTHS | frozenset(
    """christmas easter ramadan thanksgiving covid covid-19 coronavirus ebola aids hiv internet
    web tv earth god allah bible quran koran dna rna pm am est gmt edt et ceo gdp faq photo video
    click advertisement""".split()
)
# Last words of what the tagger takes for people.
_NO_SURNAMES = frozenset(
    """academy airport arena association avenue award boulevard casino center centre club
    college committee company corp council cup drive foundation highway hospital hotel inc
    institute island ltd medal mountain museum prize resort river road school society square
    stadium station street theater theatre trophy university volcano works""".split()
)
# Those that are surnames too, which a person of the name does not often have after these words.
_RARE_SURNAMES = frozenset("beach castle hall hill house lane park".split())
_PLACE_OF = re.compile(
    r"\b(?:city|county|district|hamlet|island|municipality|port|province|suburb|town|village)"
    r" of\s+$"
)
_WHERE = re.compile(
    r"\b(?:across|along|at|down|in|into|near|off|on|outside|through|under)\s+$", re.IGNORECASE
)


class _Mention(NamedTuple):
    start: int
    end: int
    name: str
    kind: str
    margin: float


def find_names(article: Article) -> tuple[ArticleName, ...]:
    """Return the names in an article's text, in the order in which they first come.

    English only: an article in another language, or of one that cannot be told, has none.
    """
    if (language_of(article.text) or article.language) != "en":
        return ()
    mentions = list(_mentions(article.text))
    things = {name_key(one.name) for one in mentions if one.kind == "thing"}
    mentions = [one for one in mentions if name_key(one.name) not in things]
    shorts = _short_forms(article.text, mentions)
    declared = {name_key(name): short for short, name in shorts.items()}
    in_full = WELL_KNOWN | shorts
    mentions = [
        one._replace(name=in_full.get(name_key(one.name), one.name))
        for one in mentions
        if one.margin >= _LEAST_MARGIN or name_key(one.name) in declared
    ]
    mentions = list(_persons_in_full(mentions))
    kinds = _kinds(mentions, declared)
    spans: dict[str, list[Span]] = defaultdict(list)
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    for one in mentions:
        key = name_key(one.name)
        if key in kinds and len(spans[key]) < _MOST_SPANS:
            spellings[key][one.name] += 1
            spans[key].append((one.start, one.end))
    return tuple(
        ArticleName(
            spellings[key].most_common(1)[0][0], kinds[key], tuple(places), declared.get(key, "")
        )
        for key, places in list(spans.items())[:_MOST_NAMES]
    )


def _mentions(text: str) -> Iterator[_Mention]:
    """Return what the tagger found, without titles, possessives and signs around it.

    The kind of what it takes for a person, and is a street, prize or firm, is "thing".
    """
    for tagged in shipped_tagger().tag(text):
        kind = _KIND_OF.get(tagged.label)
        if kind is None:
            continue
        start, end = tagged.start, tagged.end
        for pattern in (_SIGNS, _THE, *((_TITLES,) if kind == "person" else ())):
            if found := pattern.match(text, start, end):
                start = found.end()
        if found := _ENDED.search(text, start, end):
            end = found.start()
        if found := _AFTER.search(text[start:end]):
            end = start + found.start()
            end += text[end : end + 1] == "." and bool(DOTTED.fullmatch(text, start, end + 1))
        name, margin = " ".join(text[start:end].split()), tagged.margin
        before = text[max(0, start - 20) : start]
        if _PLACE_OF.search(before):
            kind, margin = "place", max(margin, _SURE_MARGIN)
        elif kind == "person" and (_is_of_a_thing(name, before) or _is_of_a_firm(name, text)):
            kind = "thing"
        if _is_name(name, kind) and _is_in_prose(text, start, end):
            yield _Mention(start, end, name, kind, margin)


def _is_name(name: str, kind: str) -> bool:
    words = name.split()
    if not words or len(name) > _LONGEST_NAME or name.casefold() in _NO_NAMES:
        return False
    if not words[0][0].isupper() or not words[-1][0].isupper() or len(_LETTER.findall(name)) < 2:
        return False
    if any(sign.isdigit() for sign in name):
        return False
    if kind == "person":
        return not any(word.islower() and len(word) > 3 for word in words)
    # Initials are rarely those of a place.
    return kind == "organisation" or not name.isupper() or name_key(name) in WELL_KNOWN


def _is_of_a_thing(name: str, before: str) -> bool:
    """Whether a name is that of a street, prize or firm by its last word and what is before it."""
    last = name.rpartition(" ")[2].casefold()
    return last in _NO_SURNAMES or (last in _RARE_SURNAMES and bool(_WHERE.search(before)))


def _is_of_a_firm(name: str, text: str) -> bool:
    """Whether a name ends in what the article writes about, and is cut short to its first words.

    As in "Vantle Glass melts glass. Vantle has 185 workers": people are cut short to their last.
    """
    short, _, last = name.rpartition(" ")
    return (
        bool(short and re.search(rf"\b{re.escape(last.lower())}\b", text))
        and bool(re.search(rf"\b{re.escape(short)}\b(?!\s+[A-Z])", text))
        and not re.search(rf"(?<!{re.escape(short)} )\b{re.escape(last)}\b", text)
    )


def _is_in_prose(text: str, start: int, end: int) -> bool:
    """Whether a place is in a line of several words that is not in capitals.

    In a heading or an item of a list every word looks like a name.
    """
    begin, after = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    low, high = max(begin, start - 60), min(after if after >= 0 else len(text), end + 60)
    around = text[low:high]
    letters = _LETTER.findall(around)
    return len(around.split()) >= _FEWEST_WORDS and sum(map(str.isupper, letters)) < 0.6 * len(
        letters
    )


def _short_forms(text: str, mentions: Iterable[_Mention]) -> dict[str, str]:
    """Return names by the key of the short form that follows them in brackets."""
    found: dict[str, str] = {}
    for one in mentions:
        brackets = _BRACKETS.match(text, one.end)
        if brackets is None or one.kind == "person":
            continue
        initials = [word[0] for word in re.findall(r"\w+", one.name) if word[0].isupper()]
        short = brackets.group(1)
        if len(initials) > 1 and short.replace(".", "").upper() == "".join(initials):
            found.setdefault(name_key(short), one.name)
    return found


def _persons_in_full(mentions: Iterable[_Mention]) -> Iterator[_Mention]:
    """Join surnames to the persons named in full before; leave out others and ambiguous ones."""
    full: dict[str, dict[str, str]] = defaultdict(dict)  # surname to key to name
    for one in mentions:
        words = one.name.split()
        persons = full[name_key(words[-1])]
        if len(words) > 1:
            if one.kind == "person":
                longer = [name for name in persons.values() if name.endswith(f" {one.name}")]
                one = one._replace(name=longer[0] if len(longer) == 1 else one.name)
                persons.setdefault(name_key(one.name), one.name)
            yield one
        elif len(persons) == 1 and one.kind != "place":
            yield one._replace(name=next(iter(persons.values())), kind="person")
        elif one.kind != "person" and not persons:
            yield one


def _kinds(mentions: Iterable[_Mention], declared: Container[str]) -> dict[str, str]:
    """Return the kind of each name by its key; an unsure or ambiguous one has none."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    sure: set[str] = set()
    for one in mentions:
        key = name_key(one.name)
        counts[key][one.kind] += 1
        is_word = one.kind == "organisation" and " " not in key
        if one.margin >= (_SURE_WORD if is_word else _SURE_MARGIN) or key in declared:
            sure.add(key)
    kinds = {key: counts[key].most_common(1)[0] for key in sure}
    return {
        key: kind
        for key, (kind, most) in kinds.items()
        if most >= _LEAST_AGREEMENT * counts[key].total()
    }
