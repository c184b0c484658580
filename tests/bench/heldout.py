"""Which of several readers is best? ``python -m tests.bench.heldout --data DIR READER...``.

READER is a folder that ``bot.training export`` has left; the shipped reader where none is given.
The documents that training holds out choose between them, so that no news that is reported on has
to. Of their questions, drawn alike for every reader:

- EM and F1 of the best span, with the question's own context read, where that answers;
- AUROC of its margin, between those and questions that their context does not answer;
- as in training, drawn by the shares of their sources, each among passages that do not answer
  (from its document, or found by BM25): how often the right one is first, and AUROC of the
  margin over all these passages;
- where the float32 weights lie beside those of 8 bits, as the export leaves them: how far the
  margins are off with 8 bits, with the question's own context read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from bot.evaluation import exact_match, token_f1
from bot.reader.onnx_reader import OnnxReader
from bot.reader.reader import AnswerSpan, Reader
from bot.reader.registry import SHIPPED_READER, load_reader
from bot.training.examples import Example, ExampleMaker
from bot.training.export import FLOAT_FILE
from bot.training.questions import TrainingQuestion, is_held_out, load_questions, source_shares
from corpus.article import Passage
from corpus.sentences import sentence_spans
from tests.bench.datasets import data_argument, print_result, sample
from tests.bench.reader import auroc, passages_of

SILENT = 1 / 3  # questions whose context does not answer, for each that is answered
SEED = 5
NOTHING = -50.0  # margin where no span was found

Best = Sequence[Sequence[AnswerSpan]]
"""Of each question its best span, or none."""


def main() -> None:
    parser = data_argument(__doc__ or "")
    parser.add_argument("readers", nargs="*", default=[str(SHIPPED_READER)], help="their folders")
    parser.add_argument("--most", type=int, default=2_500, help="answered questions, and groups")
    given = parser.parse_args()
    folder = given.data / "reader_train"
    held = [q for q in load_questions([folder]) if is_held_out(q)]
    answered = sample([q for q in held if q.answers], given.most)
    silent = sample([q for q in held if not q.answers], round(given.most * SILENT))
    groups = list(islice(ExampleMaker(held).draw(source_shares(folder), SEED), given.most))
    result = {}
    for name in given.readers:
        reader = load_reader(name)
        best = best_spans(reader, [*answered, *silent])
        result[Path(name).name] = {
            **own_context(best, answered, silent),
            **among_others(reader, groups),
            **off_float32(best, Path(name), [*answered, *silent]),
        }
    print_result(result, given.json)


def own_context(
    best: Best, answered: Sequence[TrainingQuestion], silent: Sequence[TrainingQuestion]
) -> dict[str, float]:
    given = [spans[0].text if spans else "" for spans in best]
    pairs = [
        (text, [answer for _, answer in q.answers])
        for text, q in zip(given, answered, strict=False)
    ]
    return {
        "questions": len(answered),
        "EM": float(np.mean([exact_match(*pair) for pair in pairs])),
        "F1": float(np.mean([token_f1(*pair) for pair in pairs])),
        "unanswered": len(silent),
        "AUROC": auroc(margins(best), [1] * len(answered) + [0] * len(silent)),
    }


def best_spans(reader: Reader, questions: Sequence[TrainingQuestion]) -> Best:
    """Return the best span of each question's own context, if there is one."""
    return [
        reader.read(q.text, passages, [q.title] * len(passages))[:1]
        for q in questions
        for passages in [passages_of("context", q.context)]
    ]


def margins(best: Best) -> list[float]:
    return [spans[0].margin if spans else NOTHING for spans in best]


def off_float32(
    best: Best, folder: Path, questions: Sequence[TrainingQuestion]
) -> dict[str, float]:
    if not (folder / FLOAT_FILE).is_file():
        return {}
    exact = best_spans(OnnxReader(folder, weights=FLOAT_FILE), questions)
    off = np.subtract(margins(best), margins(exact))
    return {
        "margin off float32, mean": float(off.mean()),
        "root mean square": float(np.sqrt((off**2).mean())),
    }


def among_others(reader: Reader, groups: Sequence[Sequence[Example]]) -> dict[str, float]:
    right, sure, first = [], [], []
    for group in groups:
        best: dict[int, float] = defaultdict(lambda: NOTHING)
        passages = [whole(example.passage, at) for at, example in enumerate(group)]
        titles = [example.title for example in group]
        for span in reader.read(group[0].question, passages, titles):
            at = int(span.passage.article_id)
            best[at] = max(best[at], span.margin)
        for at, example in enumerate(group):
            right.append(bool(example.answers))
            sure.append(best[at])
        if len(group) > 1:
            first.append(max(range(len(group)), key=lambda at: best[at]) == 0)
    return {
        "groups": len(first),
        "right one first": float(np.mean(first)),
        "passages": len(right),
        "AUROC of these": auroc(sure, right),
    }


def whole(text: str, number: int) -> Passage:
    """Make one passage of a text."""
    return Passage(str(number), 0, 0, len(text), text, tuple(sentence_spans(text)))


if __name__ == "__main__":
    main()
