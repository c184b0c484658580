"""Articles that the reader cannot read are found and quoted, and give no short answer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bot.answering.answers import REFUSAL
from bot.answering.pipeline import answer_hits
from corpus.article import Article
from index.results import Hit
from index.terms import stems
from tests.fakes.embedder import HashedEmbedder
from tests.fakes.invented import PhraseReader, passage_of, result_of, write_calibration

ZH = Article("a", "新桥", "新桥星期一通车。市长陈国华说，耗资三亿元。", language="zh")


def test_sentence_of_another_language_is_quoted_in_a_refusal(tmp_path: Path) -> None:
    question = "市长陈国华"
    hit = Hit(passage_of(ZH), ZH, 0.5, 0.5, 1.0)
    result = result_of([hit], question, dict.fromkeys(stems(question), 1.0))
    reader = PhraseReader("陈国华", folder=write_calibration(tmp_path))
    answer = answer_hits(result, reader, HashedEmbedder(), threshold=0.0)
    assert answer.refused and answer.text == REFUSAL and answer.short_answer is None
    (closest,) = answer.closest
    assert closest.quote == "市长陈国华说，耗资三亿元。"
    assert "(zh)" in answer.notes[-1]
    far = replace(result, question="河水", idf=dict.fromkeys(stems("河水"), 1.0))
    assert answer_hits(far, reader, HashedEmbedder(), threshold=0.0).closest == ()
