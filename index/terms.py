"""The words of a text as the index counts them: one pattern and one stemmer for all that compares.

Words are runs of letters and digits. A stem is a word in lower case, folded to ASCII, without its
English ending (Porter 2001, "Snowball").
"""

from __future__ import annotations

import tantivy

__all__ = ["query_terms", "stems", "term_analyzer", "words"]

_LONGEST_TERM = 60
_MOST_TERMS = 128

# Words of questions that say nothing about their subject: they would match every passage.
_STOP_WORDS = frozenset(
    "a an and are as at be been but by can could did do does for from had has have he her him his "
    "how i if in is it its me my of on or our she should so than that the their them they this to "
    "us was we were what when where which who whom whose why will with would you your".split()
)


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
    return list(_SPLITTER.analyze(text))


def stems(text: str) -> list[str]:
    """Return the stems of a text's words, in order."""
    return list(_STEMMER.analyze(text))


def query_terms(question: str) -> list[str]:
    """Return the words of a question that can be searched for, lower-case, each once, in order.

    Words that every text has are left out, unless the question has no other.
    """
    terms = list(dict.fromkeys(words(question.lower())))[:_MOST_TERMS]
    return [term for term in terms if term not in _STOP_WORDS] or terms
