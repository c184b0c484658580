"""The words of a text as the index counts them: one pattern and one stemmer for all that compares.

Words are runs of letters and digits; of Chinese, Japanese, Korean, Thai and their like, which have
no spaces between words or few, each two characters that follow each other. A stem is a word in
lower case, folded to ASCII, without its English ending (Porter 2001, "Snowball").
"""

from __future__ import annotations

import re

import tantivy

__all__ = ["content_stems", "indexed_text", "query_terms", "stems", "term_analyzer", "words"]

_LONGEST_TERM = 60
_MOST_TERMS = 128

# Words of questions that say nothing about their subject: they would match every passage.
_STOP_WORDS = frozenset(
    "a an and are as at be been but by can could did do does for from had has have he her him his "
    "how i if in is it its me my of on or our she should so than that the their them they this to "
    "us was we were what when where which who whom whose why will with would you your".split()
)


_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u11ff\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3040-\u30ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]+"
)
# Vowels and tones above and below letters of Thai and its like: tantivy ends a word there.
_MARKS = re.compile(
    "[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece\u102b-\u103e\u17b4-\u17d3]"
)


def indexed_text(text: str) -> str:
    """Return what an index takes for a text: a question of one such character finds it, too."""
    return _UNSPACED.sub(lambda run: f" {_pairs(run)} {' '.join(_MARKS.sub('', run[0]))} ", text)


def _pairs(run: re.Match[str]) -> str:
    letters = _MARKS.sub("", run[0])
    pairs = [letters[at : at + 2] for at in range(len(letters) - 1)]
    return " ".join(pairs or [letters])


def _spread(text: str) -> str:
    return _UNSPACED.sub(lambda run: f" {_pairs(run)} ", text)


def term_analyzer() -> tantivy.TextAnalyzer:
    """Return what makes a text's words into the terms of an index."""
    return (
        tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
        .filter(tantivy.Filter.remove_long(_LONGEST_TERM))
        .filter(tantivy.Filter.lowercase())
        .filter(tantivy.Filter.ascii_fold())
        .filter(tantivy.Filter.stemmer("english"))
        .build()
    )


_SPLITTER = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple()).build()
_STEMMER = term_analyzer()


def words(text: str) -> list[str]:
    """Return the words of a text, in order."""
    return list(_SPLITTER.analyze(_spread(text)))


def stems(text: str) -> list[str]:
    """Return the stems of a text's words, in order."""
    return list(_STEMMER.analyze(_spread(text)))


def query_terms(question: str) -> list[str]:
    """Return the words of a question that can be searched for, lower-case, each once, in order.

    Words that every text has are left out, unless the question has no other.
    """
    terms = list(dict.fromkeys(words(question.lower())))[:_MOST_TERMS]
    return [term for term in terms if term not in _STOP_WORDS] or terms


def content_stems(text: str) -> list[str]:
    """Return the stems of a text's ``query_terms``, in order."""
    return stems(" ".join(query_terms(text)))
