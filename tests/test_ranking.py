"""Ranks in clusters, against scipy's t test and sacreBLEU's own significance test."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import sacrebleu
from sacrebleu.significance import PairedTest
from scipy import stats

from evalharness.errors import EvalHarnessError
from evalharness.ranking import ALPHA, Ranking, rank_runs

from .conftest import read_lines
from .finished import BLEU, CHRF, LENGTH, TER, bitext, finished

LOWER = {**BLEU, "lowercase": True}


def texts(lengths: np.ndarray) -> list[str]:
    return ["x" * int(length) for length in lengths]


def ranks(ranking: Ranking) -> dict[str, int]:
    places = ranking.places.items()
    return {folder.rpartition("/")[2].partition(".")[0]: place.rank for folder, place in places}


@pytest.mark.parametrize("unit", ["segment", "document"])
def test_two_systems_share_a_rank_where_scipys_t_test_does_not_tell_them_apart(
    unit: str, tmp_path: Path, own_metrics: None
):
    documents, size, verdicts = 12, 5, []
    ids = [f"d{n // size}" for n in range(documents * size)] if unit == "document" else None
    of = bitext(["reference"] * documents * size, documents=ids)
    generator = np.random.default_rng(3)
    for case in range(12):
        base = generator.integers(20, 40, documents * size)
        own = np.repeat(generator.integers(-3, 5, documents), size)  # alike within a document
        noise = generator.integers(-2, 3, documents * size)
        pair = [base, base + own + noise]
        records = [
            finished(tmp_path / str(case), name, of, texts(lengths), LENGTH)
            for name, lengths in zip("ab", pair, strict=True)
        ]
        groups = [(n.reshape(documents, size).mean(axis=1) if ids else n) for n in pair]
        different = stats.ttest_rel(*groups).pvalue <= ALPHA
        found = ranks(rank_runs(tmp_path / str(case), records))
        assert (found["a"] != found["b"]) == different
        verdicts.append(different)
    assert 0 < sum(verdicts) < len(verdicts)


def test_neighbours_of_equal_rank_are_those_that_sacrebleus_own_test_finds_equal(
    flores: Path, tmp_path: Path
):
    folder = flores / "tr-en"
    systems = {name: read_lines(folder / f"flores-test.{name}.en") for name in ("nllb", "argos")}
    references = read_lines(folder / "flores-test.en")
    _, told = PairedTest(
        list(systems.items()),
        {"BLEU": sacrebleu.BLEU(), "chrF2": sacrebleu.CHRF()},
        [references],
        test_type="ar",
        n_samples=2000,
    )()
    of = bitext(references)
    records = [finished(tmp_path, name, of, out, BLEU, CHRF) for name, out in systems.items()]
    for metric in ("BLEU", "chrF2"):
        found = ranks(rank_runs(tmp_path, records, metric))
        p_value = told[metric][1].p_value
        assert (found["nllb"] < found["argos"]) == (p_value <= ALPHA), p_value
    assert ranks(rank_runs(tmp_path, records, "chrF2")) == {"nllb": 1, "argos": 1}
    assert ranks(rank_runs(tmp_path, records, "BLEU")) == {"nllb": 1, "argos": 2}


REFERENCES = [f"this is reference number {n} of the whole test set" for n in range(40)]
GOOD = [text.replace("whole ", "") for text in REFERENCES]
BAD = [text.replace("of the whole test set", "x") for text in REFERENCES]


def test_only_rows_of_one_signature_and_one_digest_are_ranked_together(tmp_path: Path):
    of, other = bitext(REFERENCES), bitext(REFERENCES[:30])
    records = [
        finished(tmp_path, "good", of, GOOD, BLEU),
        finished(tmp_path, "bad", of, BAD, BLEU),
        finished(tmp_path, "perfect-but-lowered", of, REFERENCES, LOWER),
        finished(tmp_path, "bad", other, BAD[:30], BLEU),
    ]
    ranking = rank_runs(tmp_path, records)
    places = [ranking.places.get(record.folder) for record in records]
    assert places[2] is None
    assert [(of.column, of.rank, of.wins) for of in places if of] == [
        ("BLEU|case:mixed", 1, 1),
        ("BLEU|case:mixed", 2, 0),
        ("BLEU|case:mixed", 1, 0),
    ]
    assert "#: by BLEU|case:mixed; " in ranking.notes[0]


def test_equal_outputs_share_a_rank_and_direction_is_the_metrics(tmp_path: Path):
    of = bitext(REFERENCES)
    records = [finished(tmp_path, name, of, GOOD, TER) for name in ("a", "b")]
    records.append(finished(tmp_path, "worse", of, BAD, TER))
    places = rank_runs(tmp_path, records).places
    assert [(places[of.folder].rank, places[of.folder].wins) for of in records] == [
        (1, 1),
        (1, 1),
        (3, 0),
    ]


def test_one_segment_shows_no_order(tmp_path: Path):
    of = bitext(REFERENCES[:1])
    records = [
        finished(tmp_path, name, of, out[:1], BLEU) for name, out in (("a", GOOD), ("b", BAD))
    ]
    assert ranks(rank_runs(tmp_path, records)) == {"a": 1, "b": 1}


def test_a_run_whose_statistics_cannot_be_read_has_no_place_and_a_note(tmp_path: Path):
    of = bitext(REFERENCES)
    outputs = {"good": GOOD, "bad": BAD, "broken": GOOD}
    records = [finished(tmp_path, name, of, out, BLEU) for name, out in outputs.items()]
    (tmp_path / records[2].folder / "statistics.npz").write_bytes(b"PK")
    ranking = rank_runs(tmp_path, records)
    assert ranks(ranking) == {"good": 1, "bad": 2}
    (note,) = ranking.notes[1:]
    assert note.startswith(records[2].folder.rpartition("/")[2] + ": not ranked: ")


def test_runs_from_before_aggregates_are_ranked_by_what_their_signatures_say(
    tmp_path: Path, own_metrics: None
):
    of = bitext(REFERENCES)
    metrics = (BLEU, CHRF, TER, LENGTH)
    records = [
        finished(tmp_path, name, of, out, *metrics) for name, out in (("good", GOOD), ("bad", BAD))
    ]
    older = [
        replace(record, scores=tuple(replace(of, aggregate=None) for of in record.scores))
        for record in records
    ]
    for metric in ("BLEU", "chrF2", "TER"):
        assert ranks(rank_runs(tmp_path, older, metric)) == {"good": 1, "bad": 2}
    ranking = rank_runs(tmp_path, older, "length")
    assert not ranking.places
    assert "news tr-en: not ranked: " in ranking.notes[0]
    assert "does not say how length is computed from its statistics; run it again" in str(ranking)


def test_runs_that_say_different_formulas_or_directions_are_not_ranked_together(tmp_path: Path):
    of = bitext(REFERENCES)
    outputs = {"a": GOOD, "b": BAD, "other": GOOD}
    records = [finished(tmp_path, name, of, out, BLEU) for name, out in outputs.items()]
    (score,) = records[2].scores
    for change in (
        {"aggregate": replace(score.aggregate, effective_order=True)},
        {"higher_is_better": False},
    ):
        odd = replace(records[2], scores=(replace(score, **change),))
        ranking = rank_runs(tmp_path, [*records[:2], odd])
        assert ranks(ranking) == {"a": 1, "b": 2}
        assert "BLEU is computed by another formula" in ranking.notes[1]


def test_a_column_that_nobody_has_names_those_that_exist(tmp_path: Path):
    record = finished(tmp_path, "a", bitext(REFERENCES), GOOD, BLEU, TER)
    with pytest.raises(EvalHarnessError, match=r"'COMET'; columns: BLEU, TER"):
        rank_runs(tmp_path, [record], "COMET")
