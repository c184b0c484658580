"""The numbers of the recipe; ``bot.training.__main__`` says what is done with them."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CONTRAST_SETS", "MIXTURE", "Preparation", "Recipe"]

CONTRAST_SETS = "contrast_sets"
"""The source that is no file: ``bot.training.contrast_sets`` makes its questions."""

MIXTURE = {
    CONTRAST_SETS: 0.25,
    "written_news_train": 0.26,
    "written_wikinews_train": 0.17,
    "squad_v1.1_dev": 0.11,
    "squad_v2.0_dev": 0.04,  # unanswerable: the others stand in squad_v1.1_dev too
    "squad_v2.0_train_first10articles": 0.03,
    "qed_nq_train": 0.06,
    "qed_nq_dev": 0.01,
    "nq_open_oracle": 0.01,
    "quoref_dev": 0.03,
    "qadiscourse_wikinews": 0.01,
    "qamr_wikinews": 0.01,
    "qamr_wikipedia": 0.01,
}
"""Share of the questions by source. The written ones teach news and refusing, the contrast sets
what a denial changes."""


@dataclass(frozen=True)
class Preparation:
    """How batches are made.

    Attributes:
        files: of batches, at the most.
        questions: in one file, each with its one or two passages; 2,000 have 0.4 million tokens.
        batch_tokens: in one batch; a step of training has one for each of its threads.
        longest: tokens of an input.
        contrast_pairs: of texts for the contrast sets.
        seed: of the examples; those made later have another.
    """

    files: int = 40
    questions: int = 2_000
    batch_tokens: int = 2_048
    longest: int = 384
    contrast_pairs: int = 2_500
    seed: int = 7


@dataclass(frozen=True)
class Recipe:
    """What a training run is made of.

    Attributes:
        tokens: to train on before it ends without a cool-down.
        rate: highest learning rate of the encoder.
        warm_up: tokens until the rate is at its highest.
        dropout: share of the encoder's hidden units that a step leaves out.
        seed: of the new layer and of what is left out.
        threads: that compute a batch each in a step; 1 on an accelerator.
        device: of torch.
        precision: of the encoder's products: float32, bfloat16, or auto, the faster of the two.
    """

    tokens: int = 40_000_000
    rate: float = 4e-5
    warm_up: int = 150_000
    dropout: float = 0.1
    seed: int = 7
    threads: int = 2
    device: str = "cpu"
    precision: str = "auto"
