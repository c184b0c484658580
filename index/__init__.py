"""The index: passages embedded, kept on disk in generations, and found again."""

import os

# Read by OpenMP when FAISS and torch load it: idle threads sleep, since spinning ones hold up
# others on a shared machine. OpenBLAS, which numpy loads, has no such setting: it gets one thread.
# Set before anything of this package is imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Without it onnxruntime (of 1.32) numbers this machine and reports its use to its makers.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
