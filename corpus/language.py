"""The language that a text is written in: by its script, and by its most common small words."""

from __future__ import annotations

import re

__all__ = ["language_of"]

_READ = 3_000  # characters from the beginning
_FEWEST_WORDS = 20
_LEAST_SHARE = 0.1  # of the words: half of what prose of the language has
_MARGIN = 1.5  # times the share of the language that comes second

# Scripts and the language that most news in them is in; the first that has letters enough counts.
_SCRIPTS = {
    "ja": "\u3040-\u30ff",
    "ko": "\uac00-\ud7af\u1100-\u11ff",
    "zh": "\u3400-\u4dbf\u4e00-\u9fff",
    "th": "\u0e00-\u0e7f",
    "uk": "іїєґІЇЄҐ",
    "ru": "\u0400-\u04ff",
    "fa": "پچژگ",
    "ar": "\u0600-\u06ff",
    "he": "\u0590-\u05ff",
    "el": "\u0370-\u03ff",
    "hi": "\u0900-\u097f",
}
_LEAST_OF_LETTERS = {"ja": 0.1, "uk": 0.02, "fa": 0.01}
_LETTERS = {name: re.compile(f"[{letters}]") for name, letters in _SCRIPTS.items()}
_LATIN = re.compile("[a-zA-Z\u00c0-\u024f]")
_WORD = re.compile(r"[^\W\d_]+")
_SMALL_WORDS = {
    name: frozenset(words.split())
    for name, words in {
        "en": "the of and to that was for is on with by at from he as his but has have been they",
        "de": "der die das und den von zu mit sich des auf für ist im dem nicht ein eine als auch "
        "am bei wurde wird nach aus sie er bis zum zur war über hat sind einen einem einer",
        "fr": "le la les de des et du une est dans que qui pour par sur pas au ce il avec",
        "es": "el la los las de del y que en un una por con para se su al lo como más",
        "it": "il la di che e del della un una per con non in si da le dei al sono è",
        "pt": "o a os as de do da e que em um uma para com não por se no na ao",
        "nl": "de het een van en in is dat op te voor met zijn niet aan er om ook bij",
        "sv": "och att det som en på är av för med den till inte har de ett om var",
        "da": "og at det er en til på som af for med der den ikke de har et jeg var",
        "no": "og å det er en til på som av for med der den ikke de har et var seg",
        "pl": "w i na z się do nie że to jest o jak po przez dla od za co tak",
    }.items()
}


def language_of(text: str) -> str | None:
    """Return the ISO 639-1 code of a text's language; None where that cannot be told."""
    text = text[:_READ]
    latin = len(_LATIN.findall(text))
    found = {name: len(letters.findall(text)) for name, letters in _LETTERS.items()}
    total = sum(found.values()) - found["uk"] - found["fa"]
    if total > latin:
        for name, count in found.items():
            if count >= _LEAST_OF_LETTERS.get(name, 0.5) * total:
                return name
        return None
    words = _WORD.findall(text.lower())
    if len(words) < _FEWEST_WORDS:
        return None
    shares = sorted(
        (sum(word in small for word in words) / len(words), name)
        for name, small in _SMALL_WORDS.items()
    )
    (second, _), (best, name) = shares[-2:]
    return name if best >= _LEAST_SHARE and best > _MARGIN * second else None
