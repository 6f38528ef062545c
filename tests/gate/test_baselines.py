"""A baseline reads back as what was written, to the last bit, and its text stays small."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from evalharness.gate.baselines import (
    BaselineRun,
    BaselineScore,
    in_folder,
    read_baseline,
    write_baseline,
)

from ..conftest import files_below


def run(
    hypotheses: list[str], statistics: np.ndarray, testset: str = "news", system: str = "nllb"
) -> BaselineRun:
    return BaselineRun(
        testset,
        "tr",
        "en",
        "d1",
        system,
        f"{system}.00000000",
        (BaselineScore("comet", 0.1 + 0.2, True, "a:b|c:d"),),
        tuple(str(row) for row in range(len(hypotheses))),
        tuple(hypotheses),
        {"comet": statistics},
    )


numbers = st.floats(allow_nan=False, allow_infinity=False) | st.integers(0, 10**6).map(float)
texts = st.text(st.characters(exclude_categories=["Cs"]))


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None
)
@given(
    st.lists(texts, min_size=1, max_size=4).flatmap(
        lambda drawn: st.tuples(
            st.just(drawn), arrays(np.float64, (len(drawn), 3), elements=numbers)
        )
    )
)
def test_it_reads_back_to_the_last_bit(tmp_path: Path, drawn: tuple[list[str], np.ndarray]):
    written = run(*drawn)
    write_baseline(tmp_path, [written])
    (found,) = read_baseline(in_folder(tmp_path))
    assert (found.statistics["comet"] == written.statistics["comet"]).all()
    assert found.scores == written.scores
    assert (found.ids, found.hypotheses) == (written.ids, written.hypotheses)
    assert (found.digest, found.run, found.key) == (written.digest, written.run, written.key)


def test_a_line_per_segment_and_counts_as_integers(tmp_path: Path):
    write_baseline(tmp_path, [run(["bir\niki", "üç"], np.array([[3.0, 0.25], [0.1, 1e20]]))])
    lines = (tmp_path / "news.tr-en.jsonl").read_text(encoding="utf-8").splitlines()
    assert lines[0] == r'{"id": "0", "hypothesis": "bir\niki", "statistics": {"comet": [3, 0.25]}}'
    assert json.loads(lines[1])["statistics"]["comet"] == [0.1, 1e20]
    assert '"hypothesis": "üç"' in lines[1]


def test_the_order_of_runs_is_theirs_not_the_writers(tmp_path: Path):
    runs = [run(["a"], np.ones((1, 2)), testset) for testset in ("b", "a", "c")]
    write_baseline(tmp_path / "one", runs)
    write_baseline(tmp_path / "two", runs[::-1])
    assert files_below(tmp_path / "one") == files_below(tmp_path / "two")


def test_what_a_newer_baseline_lacks_goes_and_nothing_else(tmp_path: Path):
    write_baseline(tmp_path, [run(["a"], np.ones((1, 2)), testset) for testset in ("a", "b")])
    (tmp_path / "notes.jsonl").write_text("ours\n")
    write_baseline(tmp_path, [run(["a"], np.ones((1, 2)), "b")])
    assert set(files_below(tmp_path)) == {
        "README.md",
        "baseline.json",
        "b.tr-en.jsonl",
        "notes.jsonl",
    }
