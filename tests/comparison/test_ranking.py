"""Ranks, against scipy's t test and sacreBLEU's own significance test."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
import sacrebleu
from sacrebleu.significance import PairedTest
from scipy import stats

from evalharness.comparison.ranking import ALPHA, Ranking, rank_runs
from evalharness.errors import EvalHarnessError
from evalharness.results import read_runs

from ..conftest import read_lines
from ..finished import BLEU, CHRF, LENGTH, TER, bitext, finished

LOWER = {**BLEU, "lowercase": True}


def texts(lengths: np.ndarray) -> list[str]:
    return ["x" * int(length) for length in lengths]


def ranks(ranking: Ranking) -> dict[str, int]:
    places = ranking.places.items()
    return {path.name.partition(".")[0]: place.low for (path, _), place in places}


@pytest.mark.parametrize("unit", ["segment", "document"])
def test_two_systems_share_a_rank_where_scipys_t_test_does_not_tell_them_apart(
    unit: str, tmp_path: Path, own_metrics: None
):
    documents, size, verdicts = 12, 5, []
    ids = [f"d{n // size}" for n in range(documents * size)] if unit == "document" else None
    test = bitext(["reference"] * documents * size, documents=ids)
    generator = np.random.default_rng(3)
    for case in range(12):
        base = generator.integers(20, 40, documents * size)
        own = np.repeat(generator.integers(-3, 5, documents), size)  # alike within a document
        noise = generator.integers(-2, 3, documents * size)
        pair = [base, base + own + noise]
        runs = [
            finished(tmp_path / str(case), name, test, texts(lengths), LENGTH)
            for name, lengths in zip("ab", pair, strict=True)
        ]
        groups = [(n.reshape(documents, size).mean(axis=1) if ids else n) for n in pair]
        different = stats.ttest_rel(*groups).pvalue <= ALPHA
        found = ranks(rank_runs(runs))
        assert (found["a"] != found["b"]) == different
        verdicts.append(different)
    assert 0 < sum(verdicts) < len(verdicts)


@pytest.mark.sweep
def test_neighbours_of_equal_rank_are_those_that_sacrebleus_own_test_finds_equal(
    flores: Path, tmp_path: Path
):
    folder = flores / "tr-en"
    systems = {name: read_lines(folder / f"flores-test.{name}.en") for name in ("nllb", "argos")}
    references = read_lines(folder / "flores-test.en")
    _, shown = PairedTest(
        list(systems.items()),
        {"BLEU": sacrebleu.BLEU(), "chrF2": sacrebleu.CHRF()},
        [references],
        test_type="ar",
        n_samples=2000,
    )()
    test = bitext(references)
    runs = [finished(tmp_path, name, test, out, BLEU, CHRF) for name, out in systems.items()]
    for metric in ("BLEU", "chrF2"):
        found = ranks(rank_runs(runs, metric))
        p_value = shown[metric][1].p_value
        assert (found["nllb"] < found["argos"]) == (p_value <= ALPHA), p_value
    assert ranks(rank_runs(runs, "chrF2")) == {"nllb": 1, "argos": 1}
    assert ranks(rank_runs(runs, "BLEU")) == {"nllb": 1, "argos": 2}


def test_wins_are_those_of_holms_procedure_over_all_pairs(tmp_path: Path, own_metrics: None):
    """Of ten pairs the smallest exact p-value is held to 0.05 / 10, the next to 0.05 / 9, ..."""
    units, kept = 12, {}
    generator = np.random.default_rng(11)
    test = bitext(["reference"] * units)
    base = generator.integers(30, 40, units)
    values = {
        name: base + step + generator.integers(-3, 4, units) for step, name in enumerate("abcde")
    }
    runs = [finished(tmp_path, name, test, texts(v), LENGTH) for name, v in values.items()]
    signs = 1 - 2 * ((np.arange(2**units)[:, None] >> np.arange(units)) & 1)
    for first, second in combinations(values, 2):
        sums = np.abs(signs @ (values[first] - values[second]))
        kept[first, second] = np.mean(sums >= sums[0])
    wins = dict.fromkeys(values, 0)
    order = sorted(kept, key=lambda pair: kept[pair])
    for rank, (first, second) in enumerate(order):
        if kept[first, second] > ALPHA / (len(order) - rank):
            break
        wins[max((first, second), key=lambda name: values[name].sum())] += 1
    found = {run.system: rank_runs(runs).places[run.key].wins for run in runs}
    assert found == wins
    assert sum(wins.values()) < sum(p_value <= ALPHA for p_value in kept.values())


REFERENCES = [f"this is reference number {n} of the whole test set" for n in range(40)]
GOOD = [text.replace("whole ", "") for text in REFERENCES]
BAD = [text.replace("of the whole test set", "x") for text in REFERENCES]


def test_only_rows_of_one_signature_and_one_digest_are_ranked_together(tmp_path: Path):
    test, other = bitext(REFERENCES), bitext(REFERENCES[:30])
    runs = [
        finished(tmp_path, "good", test, GOOD, BLEU),
        finished(tmp_path, "bad", test, BAD, BLEU),
        finished(tmp_path, "perfect-but-lowered", test, REFERENCES, LOWER),
        finished(tmp_path, "bad", other, BAD[:30], BLEU),
    ]
    ranking = rank_runs(runs)
    places = [ranking.places.get(run.key) for run in runs]
    assert places[2] is None
    assert [(place.column, place.low, place.wins) for place in places if place] == [
        ("BLEU|case:mixed", 1, 1),
        ("BLEU|case:mixed", 2, 0),
        ("BLEU|case:mixed", 1, 0),
    ]
    assert "#: by BLEU|case:mixed; " in ranking.notes[0]


def test_equal_outputs_share_a_rank_and_direction_is_the_metrics(tmp_path: Path):
    test = bitext(REFERENCES)
    runs = [finished(tmp_path, name, test, GOOD, TER) for name in ("a", "b")]
    runs.append(finished(tmp_path, "worse", test, BAD, TER))
    places = rank_runs(runs).places
    assert [(places[run.key].low, places[run.key].wins) for run in runs] == [
        (1, 1),
        (1, 1),
        (3, 0),
    ]


def test_one_segment_shows_no_order(tmp_path: Path):
    test = bitext(REFERENCES[:1])
    runs = [
        finished(tmp_path, name, test, out[:1], BLEU) for name, out in (("a", GOOD), ("b", BAD))
    ]
    assert ranks(rank_runs(runs)) == {"a": 1, "b": 1}


def test_a_run_whose_statistics_cannot_be_read_has_no_place_and_a_note(tmp_path: Path):
    test = bitext(REFERENCES)
    outputs = {"good": GOOD, "bad": BAD, "broken": GOOD}
    runs = [finished(tmp_path, name, test, out, BLEU) for name, out in outputs.items()]
    (tmp_path / runs[2].folder / "statistics.npz").write_bytes(b"PK")
    ranking = rank_runs(read_runs(tmp_path))
    assert ranks(ranking) == {"good": 1, "bad": 2}
    (note,) = ranking.notes[1:]
    assert note.startswith(runs[2].folder.rpartition("/")[2] + ": not ranked: ")


def test_runs_from_before_aggregates_are_ranked_by_what_their_signatures_say(
    tmp_path: Path, own_metrics: None
):
    test = bitext(REFERENCES)
    metrics = (BLEU, CHRF, TER, LENGTH)
    runs = [
        finished(tmp_path, name, test, out, *metrics)
        for name, out in (("good", GOOD), ("bad", BAD))
    ]
    older = [
        replace(run, scores=tuple(replace(score, aggregate=None) for score in run.scores))
        for run in runs
    ]
    for metric in ("BLEU", "chrF2", "TER"):
        assert ranks(rank_runs(older, metric)) == {"good": 1, "bad": 2}
    ranking = rank_runs(older, "length")
    assert not ranking.places
    assert "news tr-en: not ranked: " in ranking.notes[0]
    assert "does not say how length is computed from its statistics; run it again" in str(ranking)


def test_runs_that_say_different_formulas_or_directions_are_not_ranked_together(tmp_path: Path):
    test = bitext(REFERENCES)
    outputs = {"a": GOOD, "b": BAD, "other": GOOD}
    runs = [finished(tmp_path, name, test, out, BLEU) for name, out in outputs.items()]
    (score,) = runs[2].scores
    for change in (
        {"aggregate": replace(score.aggregate, effective_order=True)},
        {"higher_is_better": False},
    ):
        odd = replace(runs[2], scores=(replace(score, **change),))
        ranking = rank_runs([*runs[:2], odd])
        assert ranks(ranking) == {"a": 1, "b": 2}
        assert "BLEU has another formula or direction" in ranking.notes[1]


def test_a_column_that_nobody_has_names_those_that_exist(tmp_path: Path):
    run = finished(tmp_path, "a", bitext(REFERENCES), GOOD, BLEU, TER)
    with pytest.raises(EvalHarnessError, match=r"'COMET'; columns: BLEU, TER"):
        rank_runs([run], "COMET")
