"""Names and noun phrases of a text, and whether a name is a person's: by rules, without a model."""

from __future__ import annotations

import re

from corpus.dates import DAYS_AND_MONTHS

__all__ = [
    "bare_name",
    "days_of",
    "is_name",
    "is_organisation",
    "is_person",
    "is_place",
    "names_of",
    "noun_phrases",
    "years_of",
]

_CAPITAL = r"[^\W\d_a-zà-ÿ]"
_WORD = rf"(?:(?:{_CAPITAL}\.)+(?!\w)|{_CAPITAL}(?:[\w'’&-]|\.(?=\w))*)"
_LINK = r"(?:(?:of|the|de|da|del|la|van|von|der|al|bin|and|&|for)\s+){0,2}"
_NAME = re.compile(rf"(?<![\w.]){_WORD}(?:\s+{_LINK}(?:{_WORD}|\d+))*")
_YEAR = re.compile(r"\b(?:1[5-9]|20)\d\d\b")
_DAY = re.compile(rf"\b(?:{'|'.join(sorted(DAYS_AND_MONTHS))})\b", re.IGNORECASE)
_LONGEST_NAME = 6  # words
_LONGEST_ACRONYM = 5  # letters; longer ones are the place before a report: "BATKEN, Kyrgyzstan —"
_MONTHS = frozenset("jan feb mar apr jun jul aug sept sep oct nov dec".split())
# Words with which a question or a sentence begins, though they are no names.
_OPENING = DAYS_AND_MONTHS | frozenset(
    "a about according after all along also although an and are as at because been before both but "
    "by can could despite did do does during each few for from had has have he her his how i if in "
    "is it its many may more most much no not of on one only or our over she since so some such "
    "than that the their them then there these they this those though through to under until up "
    "was we were what when where whether which while who whom whose why will with would you one "
    "two three four five six seven eight nine ten eleven twelve".split()
)
# Where a noun phrase ends at the latest.
_END = (
    r"(?:[\w-]+ed|about|after|against|already|and|are|as|at|be|been|before|being|between|but|by|can|could"
    r"|did|do|does|during|ever|first|for|from|had|has|have|in|into|is|it|may|might|must|near|now|of|on|or|over"
    r"|shall|should|so|than|that|there|through|to|under|was|were|when|where|which|while|who|will|with"
    r"|without|would)\b"
)
_NOUN = rf"(?!{_END})[\w'’-]+"
_PHRASE = re.compile(
    rf"\b(?:(?:the|a|an|this|that|these|those)\s+|[\w-]+['’]s\s+)"
    rf"({_NOUN}(?:\s+{_NOUN}){{0,3}}(?:\s+of\s+(?:the\s+)?{_WORD}(?:\s+{_WORD})*)?)"
    r"|\bhow\s+many\s+((?:[\w-]+\s+)?(?:\w+s|people|men|women|children))\b"
    rf"|\bwhich\s+({_NOUN})",
    re.IGNORECASE,
)
_GENERIC = frozenset(("people", "kind", "day", "year", "time", "first", "last"))
# "did the siege last": the verb comes along with the noun.
_BEFORE_VERB = re.compile(r"\b(?:did|does|do|will|would|can|could)\s+$", re.IGNORECASE)
_ORGANISATION = re.compile(
    r"\b(?:agency|airlines?|association|bank|club|company|corp|council|court|group|hospital|hotel"
    r"|house|inc|institute|ltd|ministry|office|party|police|school|society|union|university)\b",
    re.IGNORECASE,
)
_TITLES = (
    "Mr|Mrs|Ms|Dr|Sir|Lady|Lord|President|Minister|Senator|Judge|Captain|Mayor|Professor|King|Queen"
    "|Prince|Princess|Pope|Governor|General|Colonel|Sergeant|Inspector|Chancellor"
)
_ROLE = (
    r"(?:[a-z]*(?:man|woman|ist|ian)|actor|actress|author|boss|boxer|broadcaster|candidate|captain"
    r"|chief|climber|coach|commissioner|dancer|defender|director|doctor|driver|father|founder"
    r"|goalkeeper|head|husband|judge|lawyer|leader|manager|mayor|midfielder|minister|mother|nurse"
    r"|officer|owner|pilot|player|poet|president|professor|researcher|runner|secretary|senator"
    r"|sheriff|singer|soldier|son|daughter|striker|swimmer|teacher|winner|wife|writer)"
)
_ACTS = "said|says|told|added|died|was born|resigned|wrote"


def names_of(text: str) -> list[str]:
    """Return the names in a text, in its order: words in capitals, as English writes them."""
    found = []
    for match in _NAME.finditer(text):
        parts = match[0].split()
        while parts and parts[0].lower() in _OPENING:
            parts.pop(0)
        name = bare_name(" ".join(parts))
        dateline = name.isupper() and len(name) > _LONGEST_ACRONYM
        if len(name) > 1 and not dateline and name.lower() not in _MONTHS:
            found.append(name)
    return found


def bare_name(name: str) -> str:
    """Return a name without the ending of the genitive and without punctuation around it."""
    return re.sub(r"['’]s?$", "", name.strip(' ,;:!?"“”()')).strip()


def days_of(text: str) -> list[str]:
    """Return the days of the week and the months in a text."""
    return _DAY.findall(text)


def is_name(text: str) -> bool:
    """Return whether a text is one name and nothing else."""
    plain = re.sub(r"^(?:the|a|an)\s+", "", text.strip(), flags=re.IGNORECASE)
    short = len(plain.split()) <= _LONGEST_NAME and not any(map(str.isdigit, plain))
    return short and names_of(plain) == [bare_name(plain)]


def is_person(name: str, text: str) -> bool:
    """Return whether a text treats a name as a person's: by an age, a title or what is said."""
    last = re.escape(name.split()[-1])
    return not is_organisation(name) and bool(
        re.search(
            rf"\b{last},\s+(?:aged\s+)?\d\d\b"
            rf"|\b(?:{_TITLES})\.?\s+(?:[\w.'’-]+\s+){{0,2}}{last}\b"
            rf"|\b{last}(?:,[^,.;]{{3,60}},)?\s+(?:{_ACTS})\b"
            rf"|\bsaid\s+(?:[\w.'’-]+\s+){{0,2}}{last}\b"
            rf"|\b{_ROLE}\s+(?:{_WORD}\s+){{0,2}}{last}\b",
            text,
        )
    )


def is_organisation(name: str) -> bool:
    """Return whether a name has a word for a body of people, or joins two names."""
    return bool(_ORGANISATION.search(name)) or "&" in name


def is_place(name: str, text: str) -> bool:
    """Return whether a text speaks of a name as of a place."""
    return bool(
        re.search(rf"\b(?:in|at|near|across|outside)\s+(?:the\s+)?{re.escape(name)}\b", text)
    )


def noun_phrases(question: str) -> list[str]:
    """Return what a question speaks of by a noun, each as "the …", in its order."""
    found = []
    for match in _PHRASE.finditer(question):
        parts = (match[1] or match[2] or match[3]).split()
        verb = match[1] and "of" not in parts and _BEFORE_VERB.search(question[: match.start()])
        if verb and len(parts) > 1:
            parts.pop()
        phrase = bare_name(" ".join(parts))
        if phrase and phrase.lower() not in _GENERIC:
            found.append(f"the {phrase}")
    return found


def years_of(text: str) -> list[str]:
    """Return the years in a text."""
    return _YEAR.findall(text)
