"""newsbot beside other tools: ``python -m tests.bench.peers --data DIR --articles 300``.

Recall@5 and @20 of LangChain's FAISS store, Haystack's and txtai's hybrid search, and newsbot, in
one run: the same articles of NewsQA dev, their questions, and the same MiniLM weights. Each tool
cuts its own chunks, of 1,000 characters at the most (newsbot its own of about 100 words), and
searches as it does by default. A hit is a chunk of the gold article that holds a gold answer whole,
by its offsets. Tools are asked turn about; indexing does not count the loading of the model.

The other tools come with the extra ``bench``: ``pip install -c .ci/constraints.txt -e ".[bench]"``.
One that is missing is named, and left out. LangChain's own package for this model cannot be
installed beside newsbot (it asks for huggingface-hub below 2), so sentence-transformers is called
as that package calls it. LangChain's store is only kept in memory: on disk it is a pickle.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any, Protocol

from bot.newsbot import NewsBot
from corpus.article import Passage
from index.embedding.default_model import default_weights_folder
from index.embedding.embedder import load_embedder
from tests.bench.datasets import (
    Question,
    build_from_records,
    data_argument,
    newsqa,
    print_result,
    sample,
    table,
)
from tests.bench.ranking import first_hit, interval, recall

CHARACTERS = 1_000
DEPTH = 20
CUTS = (5, DEPTH)
WARMING = 5
HEAD = ("tool", "chunks", "recall@5", "recall@20", "indexing, s", "ms a question")

Way = Callable[[str], list[Passage]]


class Tool(Protocol):
    """Another way to find passages; ``load`` is not timed, ``index`` is."""

    def load(self, model: Path) -> None: ...

    def index(self, texts: Mapping[str, str]) -> int:
        """Take in articles by id, and give the number of chunks."""

    def ways(self) -> Mapping[str, Way]:
        """Return the ways to search, each with its name."""


def main() -> None:
    parser = data_argument(__doc__ or "")
    parser.add_argument("--articles", type=int, default=300, help="drawn at random (default: 300)")
    parser.add_argument("--most", type=int, default=10_000, help="questions, drawn at random")
    given = parser.parse_args()
    # Set before any of them is imported: none may ask for anything on the network.
    os.environ.update(HF_HUB_OFFLINE="1", HAYSTACK_TELEMETRY_ENABLED="False")
    records, questions = newsqa(given.data)
    texts = {record["id"]: record["text"] for record in sample(records, given.articles)}
    asked = sample([one for one in questions if one.article_id in texts], given.most)
    with tempfile.TemporaryDirectory() as scratch:
        tools: list[Tool] = [LangChain(), Haystack(), Txtai(), Newsbot(Path(scratch))]
        rows = compare(tools, texts, asked)
    if given.json:
        figures = [
            {"articles": len(texts), "questions": len(asked), **dict(zip(HEAD, row, strict=True))}
            for row in rows
        ]
        print_result({row["tool"]: row for row in figures}, True)
    else:
        print(f"{len(texts)} articles, {len(asked)} questions\n\n{table(HEAD, told(rows))}")


def compare(
    tools: Sequence[Tool], texts: Mapping[str, str], questions: Sequence[Question]
) -> list[tuple[Any, ...]]:
    built: dict[str, tuple[int, float]] = {}
    ways: dict[str, Way] = {}
    for tool in tools:
        name = type(tool).__name__
        try:
            tool.load(default_weights_folder())
        except ImportError as error:
            print(f"{name} is left out: {error} (see the extra bench)", file=sys.stderr)
            continue
        print(f"{name}: indexing", file=sys.stderr, flush=True)
        began = time.perf_counter()
        chunks = tool.index(texts)
        seconds = time.perf_counter() - began
        built.update({way: (chunks, seconds) for way in tool.ways()})
        ways |= tool.ways()
    ranks: dict[str, list[float]] = {name: [] for name in ways}
    took: dict[str, list[float]] = {name: [] for name in ways}
    for question in questions[:WARMING]:
        for way in ways.values():
            way(question.text)
    for number, question in enumerate(questions, 1):
        for name, way in ways.items():
            began = time.perf_counter()
            found = way(question.text)
            took[name].append(1000 * (time.perf_counter() - began))
            ranks[name].append(first_hit(question, [(passage, ()) for passage in found[:DEPTH]]))
        if number % 100 == 0:
            print(f"{number} questions", file=sys.stderr, flush=True)
    return [
        (
            name,
            built[name][0],
            *([recall(found, cut), *interval(found, cut)] for cut in CUTS),
            built[name][1],
            median(took[name]),
        )
        for name, found in ranks.items()
    ]


def chunk(texts: Mapping[str, str], article_id: str, start: int, text: str) -> Passage:
    """Make a passage of a tool's chunk; ends the process where it is not where the tool says."""
    end = start + len(text)
    if texts[article_id][start:end] != text:
        sys.exit(f"a chunk of {article_id} does not stand at {start}")
    return Passage(article_id, 0, start, end, text, ((start, end),))


class LangChain:
    """RecursiveCharacterTextSplitter, an overlap of a fifth, and a FAISS store."""

    def load(self, model: Path) -> None:
        from langchain_community.vectorstores import FAISS
        from langchain_core.embeddings import Embeddings
        from langchain_text_splitters import RecursiveCharacterTextSplitter
        from sentence_transformers import SentenceTransformer

        encoder = SentenceTransformer(str(model), local_files_only=True)

        class MiniLM(Embeddings):
            def embed_documents(self, texts: list[str]) -> list[list[float]]:
                return encoder.encode(texts, show_progress_bar=False).tolist()

            def embed_query(self, text: str) -> list[float]:
                return self.embed_documents([text])[0]

        self._store_type, self._embeddings = FAISS, MiniLM()
        self._splitter = RecursiveCharacterTextSplitter(
            chunk_size=CHARACTERS, chunk_overlap=CHARACTERS // 5, add_start_index=True
        )

    def index(self, texts: Mapping[str, str]) -> int:
        self._texts = texts
        chunks = self._splitter.create_documents(
            list(texts.values()), [{"article": name} for name in texts]
        )
        self._store = self._store_type.from_documents(chunks, self._embeddings)
        return len(chunks)

    def ways(self) -> Mapping[str, Way]:
        return {"LangChain, FAISS": self._search}

    def _search(self, question: str) -> list[Passage]:
        return [
            chunk(
                self._texts, one.metadata["article"], one.metadata["start_index"], one.page_content
            )
            for one in self._store.similarity_search(question, k=DEPTH)
        ]


class Haystack:
    """RecursiveDocumentSplitter, and a pipeline of BM25, embeddings and a joiner, in memory.

    Both the joiner's default and reciprocal rank fusion are tried. Of the splitter's separators
    that of sentences is left out: it has to fetch data of NLTK.
    """

    def load(self, model: Path) -> None:
        from haystack import Document
        from haystack.components.preprocessors import RecursiveDocumentSplitter
        from haystack.document_stores.in_memory import InMemoryDocumentStore
        from haystack_integrations.components.embedders.sentence_transformers import (
            SentenceTransformersDocumentEmbedder,
        )

        self._model = {"model": str(model), "progress_bar": False, "local_files_only": True}
        self._document = Document
        self._splitter = RecursiveDocumentSplitter(
            split_length=CHARACTERS, split_unit="char", separators=["\n\n", "\n", " "]
        )
        self._embedder = SentenceTransformersDocumentEmbedder(**self._model)
        self._embedder.warm_up()
        self._store = InMemoryDocumentStore()

    def index(self, texts: Mapping[str, str]) -> int:
        self._texts = texts
        whole = [
            self._document(content=text, meta={"article": name}) for name, text in texts.items()
        ]
        chunks = self._splitter.run(whole)["documents"]
        return self._store.write_documents(self._embedder.run(chunks)["documents"])

    def ways(self) -> Mapping[str, Way]:
        return {
            "Haystack, hybrid": self._pipeline("concatenate"),
            "Haystack, hybrid by ranks": self._pipeline("reciprocal_rank_fusion"),
        }

    def _pipeline(self, join_mode: str) -> Way:
        from haystack import Pipeline
        from haystack.components.joiners import DocumentJoiner
        from haystack.components.retrievers.in_memory import (
            InMemoryBM25Retriever,
            InMemoryEmbeddingRetriever,
        )
        from haystack_integrations.components.embedders.sentence_transformers import (
            SentenceTransformersTextEmbedder,
        )

        pipeline = Pipeline()
        pipeline.add_component("embedder", SentenceTransformersTextEmbedder(**self._model))
        pipeline.add_component("dense", InMemoryEmbeddingRetriever(self._store, top_k=DEPTH))
        pipeline.add_component("bm25", InMemoryBM25Retriever(self._store, top_k=DEPTH))
        pipeline.add_component("joiner", DocumentJoiner(join_mode=join_mode))
        pipeline.connect("embedder.embedding", "dense.query_embedding")
        pipeline.connect("dense", "joiner")
        pipeline.connect("bm25", "joiner")

        def search(question: str) -> list[Passage]:
            given = {"embedder": {"text": question}, "bm25": {"query": question}}
            found = pipeline.run(given)["joiner"]["documents"]
            return [
                chunk(self._texts, one.meta["article"], one.meta["split_idx_start"], one.content)
                for one in found[:DEPTH]
            ]

        return search


class Txtai:
    """The recursive chunker that its pipelines use, and an index of FAISS and BM25."""

    def load(self, model: Path) -> None:
        from txtai import Embeddings
        from txtai.pipeline import Segmentation

        self._segments = Segmentation(chunker="recursive", chunk_size=CHARACTERS, cleantext=False)
        self._embeddings = Embeddings(path=str(model), hybrid=True)

    def index(self, texts: Mapping[str, str]) -> int:
        self._chunks: list[Passage] = []
        for name, text in texts.items():
            start = 0
            for segment in self._segments(text):  # they follow each other without a gap
                self._chunks.append(chunk(texts, name, start, segment))
                start += len(segment)
        self._embeddings.index((at, one.text) for at, one in enumerate(self._chunks))
        return len(self._chunks)

    def ways(self) -> Mapping[str, Way]:
        return {"txtai, hybrid": self._search}

    def _search(self, question: str) -> list[Passage]:
        return [self._chunks[int(at)] for at, _ in self._embeddings.search(question, DEPTH)]


class Newsbot:
    """As it comes, with and without the reader."""

    def __init__(self, scratch: Path) -> None:
        self._scratch = scratch

    def load(self, model: Path) -> None:
        load_embedder().embed_query("warm")

    def index(self, texts: Mapping[str, str]) -> int:
        records = [{"id": name, "text": text} for name, text in texts.items()]
        self._bot = NewsBot(build_from_records(records, self._scratch))
        return self._bot.status().passages

    def ways(self) -> Mapping[str, Way]:
        return {
            "newsbot, without its reader": lambda text: self._search(text, False),
            "newsbot": lambda text: self._search(text, True),
        }

    def _search(self, question: str, rerank: bool) -> list[Passage]:
        return [hit.passage for hit in self._bot.search(question, DEPTH, rerank)]


def told(rows: Sequence[tuple[Any, ...]]) -> list[tuple[str, ...]]:
    return [
        (
            name,
            str(chunks),
            *("{:.3f} ({:.3f}-{:.3f})".format(*one) for one in recalls),
            f"{seconds:.1f}",
            f"{ms:.1f}",
        )
        for name, chunks, *recalls, seconds, ms in rows
    ]


if __name__ == "__main__":
    main()
