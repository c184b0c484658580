"""How an ONNX model is run here: one thread a run, and as many runs at once as there are cores."""

from __future__ import annotations

from pathlib import Path
from typing import Any

__all__ = ["open_session"]


def open_session(file: Path) -> Any:
    """Open a model in onnxruntime; several threads may run it at once.

    Each run computes in the thread that asks for it: threads that share a run wait for each other.
    A sum and the layer's normalisation after it stay apart: onnxruntime's one operation for both
    (SkipLayerNormalization, of 1.32) takes twice the time of the two on the processors tried.

    Raises:
        Exception: of onnxruntime's own classes, where the file is no model.
    """
    import onnxruntime  # 0.2 s, and not needed to search for words

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(
        str(file),
        options,
        providers=["CPUExecutionProvider"],
        disabled_optimizers=["SkipLayerNormFusion"],
    )
