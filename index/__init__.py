"""The index: passages embedded, kept on disk in generations, and found again.

The names are imported when they are first used: FAISS and tantivy cost nothing until then.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from index.builder import BuildReport, build_index, remove_articles
    from index.embedding.embedder import Embedder, SentenceTransformerEmbedder
    from index.results import Hit
    from index.searcher import Searcher

# Read by OpenMP when FAISS and torch load it: idle threads sleep, since spinning ones hold up
# others on a shared machine. OpenBLAS, which numpy loads, has no such setting: it gets one thread.
# Set before anything of this package is imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Without it onnxruntime (of 1.32) numbers this machine and reports its use to its makers.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

__all__ = [
    "BuildReport",
    "Embedder",
    "Hit",
    "Searcher",
    "SentenceTransformerEmbedder",
    "build_index",
    "remove_articles",
]

_HOME = {
    "BuildReport": "index.builder",
    "Embedder": "index.embedding.embedder",
    "Hit": "index.results",
    "Searcher": "index.searcher",
    "SentenceTransformerEmbedder": "index.embedding.embedder",
    "build_index": "index.builder",
    "remove_articles": "index.builder",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
