"""Figures that others published or printed, on text that comes with the tests."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
import sacrebleu

from .conftest import ROOT, CommandLine, read_lines

DATA = ROOT / "tests/data/sacrebleu"

PEERS = {
    "BLEU": sacrebleu.BLEU,
    "chrF2": sacrebleu.CHRF,
    "chrF2++": lambda: sacrebleu.CHRF(word_order=2),
    "TER": sacrebleu.TER,
}


def scored(evalharness: CommandLine, *words: str) -> dict[str, dict]:
    """The scores that `score` gives, by metric."""
    outcome = evalharness("score", *words, "-f", "json")
    assert outcome.code == 0, outcome.err
    (run,) = json.loads(outcome.out)["runs"]
    return {score["metric"]: score for score in run["scores"]}


def dog(*references: str) -> list[str]:
    return ["-i", f"{DATA}/dog.hyp.txt", "-r", *(f"{DATA}/{name}.txt" for name in references)]


# test/test_bleu.py of sacreBLEU 2.6.0, test_corpus_bleu_cases: to 1e-8, as it is checked there.
PUBLISHED_BLEU = {
    "tokenize=13a": 48.530827,
    "tokenize=none": 49.1919566,
    "tokenize=intl": 43.91623493,
    "smooth_method=none": 48.530827,
}


@pytest.mark.parametrize("option", PUBLISHED_BLEU)
def test_bleu_with_two_references_is_the_published_one(option: str, evalharness: CommandLine):
    scores = scored(evalharness, *dog("dog.A", "dog.B"), "-m", "bleu", f"metric.bleu.{option}")
    assert scores["BLEU"]["score"] == pytest.approx(PUBLISHED_BLEU[option], abs=1e-8)


def test_sacrebleus_readme_says_the_same(evalharness: CommandLine):
    """From "Object Oriented API" and "Variable Number of References" in its README."""
    both = scored(evalharness, *dog("dog.A", "dog.B"), "-m", "bleu", "chrf")
    assert f"{both['BLEU']['score']:.2f}" == "48.53"
    assert f"{both['chrF2']['score']:.2f}" == "59.73"
    assert signature(both["BLEU"]) == "nrefs:2|case:mixed|eff:no|tok:13a|smooth:exp"
    some = scored(evalharness, *dog("dog.A-in-part", "dog.B"), "-m", "bleu")
    assert f"{some['BLEU']['score']:.2f}" == "29.44"
    assert signature(some["BLEU"]) == "nrefs:var|case:mixed|eff:no|tok:13a|smooth:exp"


# sacrebleu dog.A.txt dog.B.txt -i dog.hyp.txt -w 10 -m chrf --chrf-word-order 2   (and -m ter), and
# chrF2++ with dog.A-in-part.txt; sacreBLEU 2.6.0. The command takes an empty line for a reference
# without words, which its TER, unlike its BLEU and chrF, counts: 56.0. Without a reference: 45.16.
PRINTED = {
    "dog.A": {"chrF2++": 59.1531044440, "TER": 40.0},
    "dog.A-in-part": {"chrF2++": 51.6634012074},
}


@pytest.mark.parametrize("first", PRINTED)
def test_chrf_and_ter_with_two_references_are_those_that_its_command_prints(
    first: str, evalharness: CommandLine
):
    scores = scored(evalharness, *dog(first, "dog.B"), "-m", "chrfpp", "ter")
    for name, figure in PRINTED[first].items():
        assert scores[name]["score"] == pytest.approx(figure, abs=1e-9)
    streams = [
        [line or None for line in read_lines(DATA / f"{name}.txt")] for name in (first, "dog.B")
    ]
    compare(scores, read_lines(DATA / "dog.hyp.txt"), *streams)


# test/test_sentence_bleu.py of sacreBLEU 2.6.0, to 1e-3, as it is checked there.
PUBLISHED_SENTENCE_BLEU = {
    "smooth_method=exp": 8.493,
    "smooth_method=none": 0.0,
    "smooth_method=floor": 4.51688,
    "smooth_method=floor smooth_value=0.5": 10.10,
    "smooth_method=add-k": 14.882,
    "smooth_method=add-k smooth_value=2": 21.389,
    "tokenize=none": 7.347,
    "tokenize=intl": 8.493,
    "tokenize=char": 40.8759,
    "tokenize=char lowercase=true": 42.0267,
}


@pytest.mark.parametrize("options", PUBLISHED_SENTENCE_BLEU)
def test_the_bleu_of_a_sentence_is_the_published_one(options: str, evalharness: CommandLine):
    overrides = [f"metric.bleu.{option}" for option in (*options.split(), "effective_order=true")]
    files = ["-i", f"{DATA}/sugar.hyp.txt", "-r", f"{DATA}/sugar.ref.txt"]
    scores = scored(evalharness, *files, "-m", "bleu", *overrides)
    expected = PUBLISHED_SENTENCE_BLEU[options]
    assert scores["BLEU"]["score"] == pytest.approx(expected, abs=1e-3)


# What sacreBLEU 2.6.0's command prints for the untranslated statements, on the lines that have a
# reference: sacrebleu REFERENCE -i SOURCE -l tr-en -w 10 -m bleu   (-m chrf; -m chrf
# --chrf-word-order 2; -m ter).
UNTRANSLATED = {
    "tr": (10, 0.2680685944, 17.0960314856, 13.9554819632, 98.5915492958),
    "ar": (9, 0.1253217632, 0.1399672137, 0.3619441305, 99.7732426304),
}


def test_the_untranslated_statements_score_as_sacrebleus_command_says(
    evalharness: CommandLine, tmp_path: Path
):
    outcome = evalharness("model=copy", "metric=[bleu,chrf,chrfpp,ter]")
    assert outcome.code == 0, outcome.err
    for lang, (lines, *figures) in UNTRANSLATED.items():
        (path,) = (tmp_path / "results").glob(f"runs/statements.{lang}-en/copy.*/scores.json")
        content = json.loads(path.read_text(encoding="utf-8"))
        scores = {score["metric"]: score for score in content["scores"]}
        assert content["segments"] == lines
        for name, figure in zip(PEERS, figures, strict=True):
            assert scores[name]["score"] == pytest.approx(figure, abs=1e-9)
        name = f"{lang}/libya-joint-statement"
        sources = read_lines(ROOT / f"seeds/{name}.txt")
        references = read_lines(ROOT / f"references/en/{name}.A.txt")
        kept = [pair for pair in zip(sources, references, strict=True) if pair[1].strip()]
        compare(scores, [source for source, _ in kept], [reference for _, reference in kept])


def compare(scores: dict[str, dict], hypotheses: list[str], *streams: Sequence[str | None]) -> None:
    """Compares scores and signatures with those of sacreBLEU's own objects."""
    for name, score in scores.items():
        peer = PEERS[name]()
        expected = peer.corpus_score(hypotheses, list(streams)).score
        assert score["score"] == pytest.approx(expected, abs=1e-9)
        assert score["signature"] == str(peer.get_signature())


def signature(score: dict) -> str:
    """The signature without the version."""
    return str(score["signature"]).rpartition("|version:")[0]
