"""What was encoded or judged once is never computed again, whatever happens."""

from __future__ import annotations

import errno
import json
import logging
import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import comet.encoders.xlmr
import numpy as np
import pytest

from evalharness.cache.embeddings import StoredEmbeddings
from evalharness.metrics import Comet

from . import conftest
from .conftest import MakeMetric, TinyComet, scores
from .peer import AWKWARD, Sample, predict

WIDTH = 4


@pytest.fixture
def encoded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of all batches that unbabel-comet's encoder is given."""
    sizes: list[int] = []
    forward = comet.encoders.xlmr.XLMREncoder.forward

    def counting(self, input_ids, *arguments, **options):
        sizes.append(len(input_ids))
        return forward(self, input_ids, *arguments, **options)

    monkeypatch.setattr(comet.encoders.xlmr.XLMREncoder, "forward", counting)
    return sizes


def outputs(system: int, segments: int = 40) -> list[Sample]:
    """What a system made of a test set."""
    return [
        {
            "src": f"Cümle {n}.",
            "mt": f"Sentence {n} of system {system}.",
            "ref": f"Sentence {n}.",
        }
        for n in range(segments)
    ]


def test_each_distinct_text_is_encoded_once_and_then_only_what_is_new(
    tiny: TinyComet, metric: MakeMetric, encoded: list[int]
) -> None:
    checkpoint = tiny("regression")
    encoded.clear()
    systems = [outputs(system) for system in range(4)]
    whole = [sample for system in systems for sample in system]
    scores(metric(checkpoint), whole)
    assert sum(encoded) == 40 + 40 + 4 * 40
    encoded.clear()
    assert scores(metric(checkpoint), whole) == scores(metric(checkpoint), systems[0]) + [
        score for system in systems[1:] for score in scores(metric(checkpoint), system)
    ]
    assert sum(encoded) == 0
    for n in range(0, 40, 10):  # a tenth of one system
        systems[2][n]["mt"] += " Again."
    changed = scores(metric(checkpoint), systems[2])
    assert sum(encoded) == 4
    close = np.abs(np.array(changed) - predict(checkpoint, systems[2]).scores).max()
    assert close < 1e-5


@pytest.mark.parametrize("kind", ["unified", "xcomet"])
def test_each_distinct_triple_is_judged_once(
    tiny: TinyComet, metric: MakeMetric, encoded: list[int], kind: str
) -> None:
    checkpoint = tiny(kind)
    encoded.clear()
    samples = [*outputs(0, 5), *outputs(0, 5), *outputs(1, 5)]
    first = scores(metric(checkpoint), samples)
    assert sum(encoded) == 3 * 10  # three passes: with the source, the reference, and both
    assert scores(metric(checkpoint), samples) == first
    assert sum(encoded) == 3 * 10


@pytest.mark.parametrize("kind", ["regression", "unified_without_reference"])
def test_a_store_that_is_not_read_costs_no_second_computation(
    tiny: TinyComet, metric: MakeMetric, encoded: list[int], kind: str
) -> None:
    samples, checkpoint = outputs(0, 5), tiny(kind)
    scores(metric(checkpoint), samples)
    encoded.clear()
    made = metric(checkpoint, read_store=False)
    made.judge(conftest.outputs(samples))
    once = sum(encoded)
    assert once > 0
    made.judge(conftest.outputs(samples))
    assert sum(encoded) == once


def test_what_a_checkpoint_does_not_read_makes_no_difference(
    tiny: TinyComet, metric: MakeMetric, encoded: list[int]
) -> None:
    samples, checkpoint = outputs(0, 5), tiny("unified_without_reference")
    encoded.clear()
    scores(metric(checkpoint), samples)
    for sample in samples:
        sample["ref"] += " Changed."
    scores(metric(checkpoint), samples)
    assert sum(encoded) == 5


def test_another_dtype_or_checkpoint_knows_nothing_of_it(
    tiny: TinyComet, metric: MakeMetric, encoded: list[int]
) -> None:
    from evalharness.config import Dtype

    samples = outputs(0, 5)
    for made in (
        metric(tiny("regression")),
        metric(tiny("regression", layer=1)),
        metric(tiny("regression"), dtype=Dtype.bfloat16),
    ):
        encoded.clear()
        scores(made, samples)
        assert sum(encoded) == 15


SECOND_RUN = """
import sys
from evalharness.metrics import Comet
from evalharness.values import Bitext, Outputs, Segment
made = Comet(sys.argv[1], store=sys.argv[2])
segment = Segment("1", 0, None, "Cümle 0.", ("Sentence 0.",))
bitext = Bitext("t", "tr", "en", (segment,), "src", 1, ("human",))
judgement = made.judge(Outputs("system", bitext, ("Sentence 0 of system 0.",)))
print(judgement.segment_scores[0])
print(judgement.signature)
print(",".join(sorted({"torch", "transformers", "comet"} & set(sys.modules))))
"""


def test_an_unchanged_second_run_loads_no_network_and_none_says_a_word(
    tiny: TinyComet, metric: MakeMetric, tmp_path: Path
) -> None:
    def run() -> list[str]:
        done = subprocess.run(
            [sys.executable, "-c", SECOND_RUN, str(tiny("regression")), str(tmp_path / "store")],
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stderr == ""
        return done.stdout.splitlines()

    (first, signature, loaded), second = run(), run()
    assert loaded == "comet,torch,transformers"
    assert second == [first, signature, ""]


def _score(checkpoint: Path, store: Path, samples: list[Sample]) -> None:
    scores(Comet(str(checkpoint), store=str(store), batch_tokens=16), samples)


@pytest.mark.sweep
def test_killed_while_encoding_it_goes_on_with_the_same_scores(
    tiny: TinyComet, metric: MakeMetric, encoded: list[int], tmp_path: Path
) -> None:
    checkpoint, store, samples = tiny("regression"), tmp_path / "store", outputs(0, 300)
    context = multiprocessing.get_context("fork")
    for lines in (20, 200, 400):
        process = context.Process(target=_score, args=(checkpoint, store, samples))
        process.start()
        while process.is_alive() and _lines(store) < lines:
            time.sleep(0.001)
        process.kill()
        process.join()
    kept = _lines(store)
    assert 400 <= kept < 900
    encoded.clear()  # what was encoded to make the checkpoint
    found = scores(metric(checkpoint), samples)
    assert sum(encoded) == 900 - kept
    assert np.abs(np.array(found) - predict(checkpoint, samples).scores).max() < 1e-5


def _lines(store: Path) -> int:
    """How many embeddings have been kept, whole."""
    return sum(path.read_bytes().count(b"\n") for path in store.glob("embeddings/*/*.jsonl"))


@pytest.mark.sample
@pytest.mark.parametrize("damage", ["flipped", "cut", "gone", "lines"])
def test_a_damaged_file_is_dropped_with_a_warning(
    tiny: TinyComet,
    metric: MakeMetric,
    encoded: list[int],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    damage: str,
) -> None:
    samples = outputs(0, 5)
    first = scores(metric(tiny("regression")), samples)
    (vectors,) = tmp_path.glob("store/embeddings/*/*.f32")
    for path in tmp_path.glob("store/judgements/*/*.jsonl"):
        path.unlink()  # so that the embeddings are needed again
    content = vectors.read_bytes()
    if damage == "flipped":
        vectors.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    elif damage == "cut":
        vectors.write_bytes(content[: len(content) // 2])
    elif damage == "gone":
        vectors.unlink()
    else:
        index = vectors.with_suffix(".jsonl")
        index.write_bytes(b"\xff{]\n7\n" + index.read_bytes())
    encoded.clear()
    with caplog.at_level(logging.WARNING):
        assert scores(metric(tiny("regression")), samples) == pytest.approx(first, abs=1e-6)
    assert ("damaged" in caplog.text) == (damage != "gone")
    assert bool(encoded) == (damage != "lines")
    caplog.clear()
    for path in tmp_path.glob("store/judgements/*/*.jsonl"):
        path.unlink()
    with caplog.at_level(logging.WARNING):
        assert scores(metric(tiny("regression")), samples) == pytest.approx(first, abs=1e-6)
    assert ("damaged" in caplog.text) == (damage == "lines"), "not dropped"


def vectors(*rows: int) -> np.ndarray:
    return np.array([[row + part / 8 for part in range(WIDTH)] for row in rows], dtype=np.float32)


@contextmanager
def embeddings(store: Path, max_gb: float = 1.0, facts: str = "x") -> Iterator[StoredEmbeddings]:
    kept = StoredEmbeddings(store, {"facts": facts}, WIDTH, max_gb)
    yield kept
    kept.close()


def test_processes_see_what_the_others_add(tmp_path: Path) -> None:
    with embeddings(tmp_path) as one, embeddings(tmp_path) as two:
        one.add(["a", "b"], vectors(1, 2))
        assert two.get("b") is None
        two.refresh()
        assert (two.get("b") == vectors(2)[0]).all()
        two.add(["c"], vectors(3))
        one.refresh()
        assert (one.get("c") == vectors(3)[0]).all()
        assert "c" in one
    with embeddings(tmp_path, facts="y") as other:
        assert other.get("a") is None


def test_what_was_not_used_for_longest_goes_first(tmp_path: Path) -> None:
    for number, text in enumerate("abcd"):
        with embeddings(tmp_path, facts=text) as kept:
            kept.add([text], vectors(number))
        for path in tmp_path.glob("embeddings/*/*.jsonl"):
            os.utime(path, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns - 10**9))
    with embeddings(tmp_path, facts="a") as kept:
        assert kept.get("a") is not None  # and so it was used now
    size = sum(
        path.stat().st_size
        for kind in ("jsonl", "f32")
        for path in tmp_path.glob(f"embeddings/*/*.{kind}")
    )
    with embeddings(tmp_path, facts="e", max_gb=size * 0.8 / 1e9) as kept:
        kept.add(["e"], vectors(5))
    left = []
    for text in "abcde":
        with embeddings(tmp_path, facts=text) as kept:
            left += [text] if text in kept else []
    assert left == ["a", "d", "e"]


def test_room_made_by_another_process_only_costs_encoding_again(tmp_path: Path) -> None:
    with embeddings(tmp_path) as one:
        one.add(["a"], vectors(1))
    with embeddings(tmp_path) as reader:
        assert "a" in reader
        for path in tmp_path.glob("embeddings/*/*"):
            path.unlink()
        assert reader.get("a") is None
        assert "a" not in reader


def test_files_of_another_user_are_read_and_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the owner of a file may set its time, and only who may write to a folder empties it."""
    with embeddings(tmp_path) as kept:
        kept.add(["x", "y"], np.ones((2, WIDTH), np.float32))

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "utime", refused)
    monkeypatch.setattr(Path, "unlink", refused)
    with embeddings(tmp_path, max_gb=1e-9) as kept:
        assert kept.get("x") is not None
        assert kept.get("y") is not None
        kept.add(["z"], np.ones((1, WIDTH), np.float32))
    with embeddings(tmp_path) as kept:
        assert kept.get("x") is not None


def test_judgements_hold_no_text(tiny: TinyComet, metric: MakeMetric, tmp_path: Path) -> None:
    made = metric(tiny("xcomet"))
    scores(made, AWKWARD)
    for path in tmp_path.glob("store/judgements/*/*.jsonl"):
        for line in path.read_text(encoding="utf-8").splitlines():
            assert set(json.loads(line)) <= {"key", "score", "truncated", "error_spans"}
