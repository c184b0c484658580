"""What is read of documents, beside other tools: ``python -m tests.bench.extraction``.

At least 60 small documents of every format (``documents.py``), whose text is known:

- F1 over words, headline and text together (multisets, so that the order does not count), the mean
  of each format, for newsbot and for the tools that read the format;
- invented words: those in what was read that the document does not print, or not as often;
- invented sentences, newsbot's alone: those whose words do not follow each other in the truth.

``--folder DIR`` counts instead the invented words of files whose text is not known: words that
stand in no string, text node or run of the file. Needs the extra ``bench``.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from statistics import mean
from typing import Any

from corpus.loader import LoadReport, load_articles
from corpus.sentences import sentence_spans
from tests.bench.datasets import table
from tests.bench.documents import Document, documents
from tests.bench.printed_words import printed_words

_SCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉", "01234567890123456789")
_WORD = re.compile(r"[⁰¹²³⁴-⁹]+|[₀-₉]+|[^\W_⁰¹²³⁴-⁹₀-₉]+(?:[-.,'’:/][^\W_⁰¹²³⁴-⁹₀-₉]+)*")
_PAGES = {"html", "htm", "xhtml", "php", "shtml"}
_OFFICE = {"pdf", "docx", "pptx", "xlsx", "epub", "csv", "json", "xml", "rss", "atom", "txt"}


def words(text: str) -> list[str]:
    """Cut a text into words; a number that is raised or lowered is one of its own."""
    return [found.translate(_SCRIPTS) for found in _WORD.findall(text)]


def f1(read: str, truth: str) -> float:
    """The F1 of two texts' words."""
    found, right = Counter(words(read)), Counter(words(truth))
    both = (found & right).total()
    return 2 * both / (found.total() + right.total()) if both else 0.0


def newsbot(file: Path) -> str:
    """Read a file with newsbot."""
    report = LoadReport()
    texts = [f"{article.title}\n{article.text}" for article in load_articles([file], report=report)]
    for failure in report.failures:
        print(failure, file=sys.stderr)
    return "\n".join(texts)


def trafilatura(file: Path) -> str:
    """Read a page with trafilatura as its users call it."""
    import trafilatura

    page = file.read_bytes()
    found = trafilatura.bare_extraction(page, with_metadata=True)
    about: dict[str, Any] = found.as_dict() if found is not None else {}
    return f"{about.get('title') or ''}\n{about.get('text') or ''}"


def newspaper(file: Path) -> str:
    """Read a page with newspaper4k."""
    from newspaper import article

    found = article("https://post.example/a", input_html=file.read_text("utf-8"))
    return f"{found.title}\n{found.text}"


def markitdown(file: Path) -> str:
    """Read a file with markitdown."""
    from markitdown import MarkItDown

    return str(MarkItDown().convert(str(file)).text_content)


def pypdf(file: Path) -> str:
    """Read a PDF with pypdf."""
    import pypdf

    return "\n".join(page.extract_text() for page in pypdf.PdfReader(file).pages)


TOOLS: dict[str, tuple[Callable[[Path], str], set[str] | None]] = {
    "newsbot": (newsbot, None),
    "trafilatura": (trafilatura, _PAGES),
    "newspaper4k": (newspaper, _PAGES),
    "markitdown": (markitdown, _PAGES | _OFFICE | {"md", "zip", "jsonl", "tsv", "eml"}),
    "pypdf": (pypdf, {"pdf"}),
}


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, help="count invented words of these files instead")
    parser.add_argument("--words", action="store_true", help="show invented and missed words")
    parser.add_argument("--only", default="", help="documents whose name holds this")
    parser.add_argument("--json", action="store_true", help="print JSON")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    if given.folder is not None:
        print(json.dumps(_folder(given.folder), indent=1, ensure_ascii=False))
        return
    made = [document for document in documents() if given.only in document.name]
    with tempfile.TemporaryDirectory() as folder:
        for document in made:
            (Path(folder) / document.name).write_bytes(document.data)
        result = _measure(made, Path(folder), show=given.words)
    if given.json:
        print(json.dumps(result, indent=1))
    else:
        _print(result)


def _measure(made: list[Document], folder: Path, *, show: bool) -> dict[str, Any]:
    scores: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    invented: Counter[str] = Counter()
    sentences = 0
    for document in made:
        printed = Counter(words(f"{document.text}\n{document.around}"))
        for tool, (read, formats) in TOOLS.items():
            if formats is not None and document.format not in formats:
                continue
            try:
                text = read(folder / document.name)
            except Exception as error:  # of whatever class: it reads nothing of this file
                print(f"{tool} {document.name}: {type(error).__name__}: {error}", file=sys.stderr)
                text = ""
            scores[document.format][tool].append(f1(text, document.text))
            extra = Counter(words(text)) - printed
            invented[tool] += extra.total()
            if tool == "newsbot":
                strange = _strange_sentences(text, document.text)
                sentences += len(strange)
                if show:
                    _show(document, text, extra, strange)
    return {
        "documents": len(made),
        "F1": {
            kind: {tool: round(mean(found), 3) for tool, found in tools.items()}
            for kind, tools in sorted(scores.items())
        },
        "invented words": dict(invented),
        "invented sentences, newsbot": sentences,
    }


def _print(result: dict[str, Any]) -> None:
    rows = [
        [kind, *(f"{found[tool]:.3f}" if tool in found else "" for tool in TOOLS)]
        for kind, found in result["F1"].items()
    ]
    rows.append(["invented words", *(str(result["invented words"].get(tool)) for tool in TOOLS)])
    print(table(["F1", *TOOLS], rows))
    print(f"{result['documents']} documents", end="; ")
    print(f"invented sentences, newsbot: {result['invented sentences, newsbot']}")


def _strange_sentences(text: str, truth: str) -> list[str]:
    whole = f" {' '.join(words(truth))} "
    found = [text[start:end] for start, end in sentence_spans(text)]
    return [one for one in found if f" {' '.join(words(one))} " not in whole and words(one)]


def _show(document: Document, text: str, extra: Counter[str], strange: list[str]) -> None:
    found, right = Counter(words(text)), Counter(words(document.text))
    if found != right or strange:
        print(
            f"{document.name}: invented {dict(extra)}, missed {dict(right - found)}, too many "
            f"{dict(found - right)}, sentences {strange[:3]}",
            file=sys.stderr,
        )


def _folder(folder: Path) -> dict[str, Any]:
    counts: dict[str, list[str]] = {}
    files = [file for file in sorted(folder.rglob("*")) if file.is_file()]
    read = 0
    for file in files:
        printed = set(words(printed_words(file)))
        for article in load_articles([file]):
            read += 1
            strange = [one for one in words(article.text) if one not in printed]
            if strange:
                counts.setdefault(str(file.relative_to(folder)), []).extend(strange)
    return {"articles": read, "invented words": sum(map(len, counts.values())), "files": counts}


if __name__ == "__main__":
    main()
