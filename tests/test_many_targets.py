"""One test set with targets in zh, ja, de and en: each pair is scored as sacreBLEU scores it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest
import sacrebleu

from evalharness.metrics import BLEU, CHRF, TER, Metric
from evalharness.scoring import score
from evalharness.values import Outputs, Score, Scoring, Unavailable

from .conftest import ROOT, CommandLine, read_leaderboard, read_lines
from .plugins.own_testsets import Targets

DATA = ROOT / "tests/data/targets"
TARGETS = ("zh", "ja", "de", "en")
METRICS: tuple[Metric, ...] = (
    BLEU(),
    CHRF(),
    CHRF(word_order=2),
    TER(normalized=True, asian_support=True),
)
OVERRIDES = (
    "metric=[bleu,chrf,chrfpp,ter]",
    "metric.ter.normalized=true",
    "metric.ter.asian_support=true",
)

# What sacreBLEU 2.6.0's command prints, and the tokenizer in its signature:
#   sacrebleu zh.ref.txt -i zh.hyp.txt -l tr-zh -w 10 -m bleu   (-m chrf; -m chrf
#   --chrf-word-order 2; -m ter --ter-normalized --ter-asian-support)
# Japanese BLEU: with mecab-python3 1.0.12 and ipadic 1.0.0, of the extra cjk.
PRINTED = {
    "zh": ("tok:zh", 77.1988485183, 75.6601378197, 64.8515467026, 14.1414141414),
    "ja": ("tok:ja-mecab-0.996-IPA", 74.4013909568, 75.8225483085, 64.9907556930, 15.7894736842),
    "de": ("tok:13a", 65.6607661060, 84.3531047977, 83.0855705685, 15.3846153846),
    "en": ("tok:13a", 59.3133031892, 80.4011697236, 79.4761624578, 24.6913580247),
}


def theirs(target: str) -> dict[str, tuple[float, str]]:
    """Score and signature by sacreBLEU's own objects; no BLEU where its tokenizer is absent."""
    hypotheses = read_lines(DATA / f"{target}.hyp.txt")
    references = read_lines(DATA / f"{target}.ref.txt")
    peers = [
        sacrebleu.CHRF(),
        sacrebleu.CHRF(word_order=2),
        sacrebleu.TER(normalized=True, asian_support=True),
    ]
    try:
        peers.append(sacrebleu.BLEU(trg_lang=target))
    except RuntimeError as error:
        assert target == "ja", error
        assert "pip install sacrebleu[ja]" in str(error)
    made = {}
    for peer in peers:
        result = peer.corpus_score(hypotheses, [references])
        made[result.name] = (result.score, str(peer.get_signature()))
    return made


@pytest.fixture(scope="module")
def expected() -> dict[str, dict[str, tuple[float, str]]]:
    return {target: theirs(target) for target in TARGETS}


def outputs_of(targets: Sequence[str]) -> list[Outputs]:
    return [
        Outputs("own", bitext, tuple(read_lines(DATA / f"{bitext.target_lang}.hyp.txt")))
        for bitext in Targets(str(DATA), target_langs=list(targets)).load()
    ]


def check(scores: Sequence[Score], expected: dict[str, tuple[float, str]]) -> None:
    assert {made.metric for made in scores} == set(expected)
    for made in scores:
        number, signature = expected[made.metric]
        assert made.score == pytest.approx(number, abs=1e-9)
        assert made.signature == signature


def test_each_target_has_sacrebleus_scores_and_signatures_in_whatever_order_they_come(expected):
    for order in list(permutations(TARGETS))[::5]:
        scorings = score(METRICS, outputs_of(order), resamples=40, seed=1, absent={})
        for target, made in zip(order, scorings, strict=True):
            check(made.scores, expected[target])


def test_each_target_has_the_figures_that_sacrebleus_command_prints():
    scorings = score(METRICS, outputs_of(TARGETS), resamples=40, seed=1, absent={})
    for target, made in zip(TARGETS, scorings, strict=True):
        tokenizer, *figures = PRINTED[target]
        by_name = {one.metric: one for one in made.scores}
        named = dict(zip(("BLEU", "chrF2", "chrF2++", "TER"), figures, strict=True))
        if "BLEU" not in by_name or tokenizer not in by_name["BLEU"].signature.split("|"):
            assert target == "ja"  # without mecab, or with another dictionary
            del named["BLEU"]
        for name, figure in named.items():
            assert by_name[name].score == pytest.approx(figure, abs=1e-9)


def test_a_chinese_pair_is_not_tokenized_as_the_pair_beside_it():
    """In the tokenization of German no word of the Chinese pair is found again."""
    peer = sacrebleu.BLEU(trg_lang="de")  # as it was before pairs were judged one at a time
    chinese = [read_lines(DATA / f"zh.{what}.txt") for what in ("hyp", "ref")]
    assert peer.corpus_score(chinese[0], chinese[1:]).score == 0
    assert "tok:13a" in str(peer.get_signature()).split("|")
    german, made = score([BLEU()], outputs_of(["de", "zh"]), resamples=40, seed=1, absent={})
    assert "tok:13a" in german.scores[0].signature.split("|")
    assert "tok:zh" in made.scores[0].signature.split("|")
    assert made.scores[0].score == pytest.approx(77.1988485183, abs=1e-9)


def test_without_its_tokenizer_one_target_lacks_bleu_and_nothing_else(expected):
    made: Scoring
    scorings = score(METRICS, outputs_of(TARGETS), resamples=40, seed=1, absent={})
    for target, made in zip(TARGETS, scorings, strict=True):
        if "BLEU" in expected[target]:
            assert made.unavailable == ()
        else:
            (absent,) = made.unavailable
            assert isinstance(absent, Unavailable)
            assert absent.metric == "BLEU"
            assert "pip install 'evalharness[cjk]'" in absent.reason


def test_a_users_own_test_set_with_many_targets_is_run_by_one_command(
    expected, evalharness: CommandLine, own_metrics: None, tmp_path: Path
):
    (tmp_path / "my/testset").mkdir(parents=True)
    (tmp_path / "my/testset/many.yaml").write_text(
        f"_target_: own_testsets.Targets\nfolder: {DATA}\n"
        f"target_langs: [{', '.join(TARGETS)}]\nname: many\n"
    )
    outcome = evalharness(
        "--config-dir",
        "my",
        "testset=many",
        "model=file",
        f"model.path='{DATA}/{{target_lang}}.hyp.txt'",
        "model.name=own",
        *OVERRIDES,
    )
    assert outcome.code == 0, outcome.err
    rows = {row["target_lang"]: row for row in read_leaderboard(tmp_path / "results")}
    assert set(rows) == set(TARGETS)
    for target in TARGETS:
        (path,) = (tmp_path / "results").glob(f"runs/many.tr-{target}/own.*/scores.json")
        found = json.loads(path.read_text(encoding="utf-8"))
        assert {made["metric"] for made in found["scores"]} == set(expected[target])
        for made in found["scores"]:
            number, signature = expected[target][made["metric"]]
            assert made["score"] == pytest.approx(number, abs=1e-9)
            assert made["signature"] == signature
            column = made["metric"]
            if column == "BLEU":  # each tokenizer has a column of its own
                (tokenizer,) = (part for part in signature.split("|") if part.startswith("tok:"))
                column = f"BLEU|{tokenizer}"
            assert float(rows[target][column]) == pytest.approx(number, abs=1e-4)


@pytest.mark.parametrize(
    ("target", "tokenizer", "is_told"),
    [("th", "13a", True), ("ja", "13a", True), ("de", "13a", False), ("th", "char", False)],
)
def test_words_of_a_language_without_spaces_are_told(
    evalharness: CommandLine, tmp_path: Path, target: str, tokenizer: str, is_told: bool
):
    (tmp_path / "a.txt").write_text("สวัสดีชาวโลก\n", encoding="utf-8")
    words = ["-r", "a.txt", "-i", "a.txt", "-l", f"en-{target}", "-m", "bleu"]
    outcome = evalharness("score", *words, f"metric.bleu.tokenize={tokenizer}")
    assert outcome.code == 0, outcome.err
    assert ("written without spaces between words" in outcome.out) == is_told


@pytest.mark.parametrize("target", ["ja", "ko"])
def test_japanese_and_korean_are_parted_as_sacrebleus_command_does(target: str):
    pytest.importorskip("MeCab" if target == "ja" else "mecab_ko")
    (bitext,) = (one.bitext for one in outputs_of(["ja"]))
    signature = BLEU().signature(replace(bitext, target_lang=target))
    peer = sacrebleu.BLEU(trg_lang=target)
    peer.corpus_score(["x"], [["x"]])
    assert signature == str(peer.get_signature())
    assert f"tok:{target}-mecab" in signature
