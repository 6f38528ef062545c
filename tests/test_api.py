"""The Python API: the command line's numbers, inside notebooks and Hydra applications."""

from __future__ import annotations

import gc
import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import sacrebleu

import evalharness as eh
from evalharness import api
from evalharness.errors import EvalHarnessError

from .hostile import HOSTILE, breaks_out, controls

REFERENCES = ["one house here", "two cats sleep now", "the bird flies away", "water flows down"]
OTHERS = ["a single house here", "two cats are sleeping", "a bird flies off", "the water flows"]
GOOD = ["one house here", "two cats sleep now", "a bird flies away", "water flows up"]
BAD = ["house", "two dogs sleep", "birds", "it rains now and then"]
STRINGS = ["bleu", "chrf"]


@pytest.fixture(scope="module")
def scores() -> api.Scores:
    return eh.score({"good": GOOD, "bad": BAD}, references=REFERENCES, metrics=STRINGS)


def test_scores_are_sacrebleus(scores: api.Scores):
    for name, hypotheses in (("good", GOOD), ("bad", BAD)):
        bleu = sacrebleu.BLEU().corpus_score(hypotheses, [REFERENCES])
        assert scores[name]["BLEU"].score == pytest.approx(bleu.score, abs=1e-9)
        assert scores[name]["bleu"].score == scores[name]["BLEU"].score
        assert scores[name]["chrf"].metric == "chrF2"
        chrf = [
            sacrebleu.CHRF().sentence_score(hyp, [ref]).score
            for hyp, ref in zip(hypotheses, REFERENCES, strict=True)
        ]
        assert scores[name]["chrF2"].segments == pytest.approx(chrf)
    assert scores["good"]["BLEU"].low <= scores["good"]["BLEU"].score


def test_tables_frames_segments_and_differences(scores: api.Scores):
    frame = scores.to_pandas()
    assert len(frame) == 4
    assert set(frame["system"]) == {"good", "bad"}
    shown = f"{scores['good']['BLEU'].score:.2f}"
    assert shown in repr(scores)
    assert shown in scores._repr_html_()
    assert [segment["hypothesis"] for segment in scores.segments("bad")] == BAD
    differences = scores.compare()
    assert [(row.metric, row.first, row.second) for row in differences] == [
        ("BLEU", "good", "bad"),
        ("chrF2", "good", "bad"),
    ]


def test_in_a_notebook_the_table_is_text_and_html(
    scores: api.Scores, monkeypatch: pytest.MonkeyPatch
):
    class ZMQInteractiveShell:
        """What IPython calls its shell in a notebook; rich looks for that name."""

    monkeypatch.setattr("builtins.get_ipython", ZMQInteractiveShell, raising=False)
    assert "good" in repr(scores)
    assert "good" in scores._repr_html_()


def test_one_system_on_two_language_pairs_has_no_differences(tmp_path: Path):
    for pair in ("tr-en", "ar-en"):
        eh.score(
            {"good": GOOD}, references=REFERENCES, pair=pair, metrics=["bleu"], results_dir=tmp_path
        )
    runs = eh.load(tmp_path)
    assert len(runs) == 2
    assert runs.compare() == []


@pytest.mark.parametrize(
    "references",
    [
        [REFERENCES, OTHERS],
        {"A": REFERENCES, "B": OTHERS},
        [list(pair) for pair in zip(REFERENCES, OTHERS, strict=True)],
    ],
)
def test_references_of_every_shape_that_has_one_reading(references: object):
    scored = eh.score(GOOD, references=references, metrics=["bleu"])
    expected = sacrebleu.BLEU().corpus_score(GOOD, [REFERENCES, OTHERS]).score
    assert scored["system"]["BLEU"].score == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        ({"references": [["a", "b"], ["c", "d"]]}, "2 lists of 2 texts"),
        ({"references": "ab"}, "one text, not a list"),
        ({"references": ["a"]}, "1 texts for 2 segments"),
        ({"references": [["a"], ["b"], ["c"]]}, "neither"),
        ({"references": ["a", 3]}, "item 1|not a list"),
        ({"references": ["a", "b"], "sources": ["x"]}, "1 texts for 2 segments"),
        ({"references": ["a", "b"], "documents": ["x"]}, "1 texts for 2 segments"),
        ({"references": ["a", "b"], "pair": "ar"}, "one hyphen"),
        ({"references": ["a", "b"], "testset": "a/b"}, "cannot name a folder"),
        ({"references": ["a", "b"], "metrics": []}, "none chosen"),
    ],
)
def test_shapes_that_could_be_read_two_ways_are_refused(arguments: dict[str, object], shown: str):
    with pytest.raises(EvalHarnessError, match=shown):
        eh.score(["x", "y"], **arguments)


def test_a_metric_that_was_named_is_never_missing_in_silence():
    with pytest.raises(EvalHarnessError, match="comet"):
        eh.score(GOOD, references=REFERENCES, sources=GOOD, pair="tr-en", metrics=["comet"])


@pytest.mark.parametrize("kind", [np.array, pd.Series, tuple, iter], ids=lambda kind: kind.__name__)
def test_texts_may_come_in_arrays_columns_and_generators(kind: Callable[[list[str]], Any]):
    made = eh.score(
        {"good": kind(GOOD)},
        references={"A": kind(REFERENCES), "B": kind(OTHERS)},
        sources=kind(GOOD),
        documents=kind(["a", "a", "b", "b"]),
        metrics=["bleu"],
    )
    expected = sacrebleu.BLEU().corpus_score(GOOD, [REFERENCES, OTHERS]).score
    assert made["good"]["BLEU"].score == pytest.approx(expected, abs=1e-9)
    alone = eh.score(kind(GOOD), references=kind(REFERENCES), metrics=["bleu"])["system"]
    expected = sacrebleu.BLEU().corpus_score(GOOD, [REFERENCES]).score
    assert alone["BLEU"].score == pytest.approx(expected, abs=1e-9)


def test_none_leaves_a_segment_out():
    made = eh.score(GOOD, references=[*REFERENCES[:3], None], metrics=["bleu"])
    expected = sacrebleu.BLEU().corpus_score(GOOD[:3], [REFERENCES[:3]]).score
    assert made["system"]["BLEU"].score == pytest.approx(expected, abs=1e-9)


def test_a_temporary_folder_lives_as_long_as_a_run_does():
    run = eh.score(GOOD, references=REFERENCES, metrics=["bleu"])["system"]
    folder = run.finished.results
    assert [segment["hypothesis"] for segment in run.segments] == GOOD
    del run
    gc.collect()
    assert not folder.exists()


def test_the_working_directory_and_logging_stay_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
):
    monkeypatch.chdir(tmp_path)
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])  # what the command line left there in other tests
    before = (root.level, list(root.handlers))
    eh.score(GOOD, references=REFERENCES, metrics=["bleu"])
    assert (root.level, list(root.handlers)) == before
    assert capfd.readouterr() == ("", "")
    assert list(tmp_path.iterdir()) == []


def test_threads_score_side_by_side(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("EVALHARNESS_STORE", str(tmp_path / "store"))
    monkeypatch.chdir(tmp_path)

    def bleu(hypotheses: list[str]) -> float:
        made = eh.score(hypotheses, references=REFERENCES, metrics=["bleu"])
        return made["system"]["BLEU"].score

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(bleu, [GOOD, BAD] * 4))
    expected = [sacrebleu.BLEU().corpus_score(lines, [REFERENCES]).score for lines in (GOOD, BAD)]
    assert found == pytest.approx(expected * 4, abs=1e-9)
    assert {path.name for path in tmp_path.iterdir()} <= {"store"}


def test_loaded_runs_of_several_test_sets(tmp_path: Path):
    for name in ("one", "two"):
        eh.score(
            {"good": GOOD, "bad": BAD},
            references=REFERENCES,
            metrics=["bleu"],
            testset=name,
            results_dir=tmp_path,
        )
    loaded = eh.load(tmp_path)
    assert len(loaded) == 4
    assert {run.testset for run in loaded.values()} == {"one", "two"}
    assert len(loaded.to_pandas()) == 4
    assert [(row.testset, row.first, row.second) for row in loaded.compare()] == [
        ("one", "good", "bad"),
        ("two", "good", "bad"),
    ]
    assert "one" in repr(loaded) and "two" in repr(loaded)


def test_overrides_count_and_are_recorded(tmp_path: Path):
    eh.score(
        GOOD,
        references=REFERENCES,
        metrics=["bleu"],
        results_dir=tmp_path,
        seed=1,
        overrides=["seed=7", "testset.provenance=human", "bootstrap.resamples=50"],
    )
    (recorded,) = tmp_path.glob("runs/*/*/run.json")
    content = json.loads(recorded.read_text())
    assert content["seed"] == 7
    assert content["bootstrap"]["resamples"] == 50
    assert content["testset"]["references"] == ["human"]


@pytest.mark.parametrize(
    "override", ["modle=3", "results_dir=elsewhere", "model=blue", "seed=[1]", "stray"]
)
def test_a_wrong_override_is_an_error_of_one_line(override: str):
    with pytest.raises(EvalHarnessError) as caught:
        eh.score(GOOD, references=REFERENCES, overrides=[override])
    assert "\n" not in str(caught.value)


NOTEBOOK = """
import builtins, evalharness as eh

class Shell:  # what rich takes for a notebook's
    pass

Shell.__module__ = "ipykernel.zmqshell"
Shell.__name__ = "ZMQInteractiveShell"
builtins.get_ipython = Shell
scores = eh.score(["a b c d e"], references=["a b c d f"], metrics=["bleu"])
assert "BLEU" in repr(scores) and "BLEU" in scores._repr_html_()
assert "\x1b" not in repr(scores)
"""


def test_in_a_notebook_showing_a_table_prints_nothing_besides():
    ended = subprocess.run(
        [sys.executable, "-c", NOTEBOOK],
        env={**os.environ, "FORCE_COLOR": "1"},
        capture_output=True,
        text=True,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


def test_runs_are_kept_where_they_are_wanted_and_read_again(tmp_path: Path):
    made = eh.score({"good": GOOD}, references=REFERENCES, metrics=STRINGS, results_dir=tmp_path)
    again = eh.load(tmp_path)
    assert again["good"]["BLEU"] == made["good"]["BLEU"]
    assert (tmp_path / "leaderboard.csv").is_file()
    with pytest.raises(EvalHarnessError, match="no complete run"):
        eh.load(tmp_path / "elsewhere")


HYDRA_APPLICATION = """
import hydra, sys
from hydra.core.hydra_config import HydraConfig
from omegaconf import OmegaConf
import evalharness as eh
from evalharness import api

@hydra.main(version_base="1.1", config_path=None, config_name=None)
def app(config):
    scores = eh.score(["a b c d e"], references=["a b c d f"], metrics=["bleu"])
    assert "BLEU" in scores["system"]
    assert HydraConfig.get().job.name == "app", "Hydra's own state has changed"
    assert OmegaConf.to_container(config) == {"x": "1"} or config.x == 1
    from hydra import version
    assert str(version.getbase()) == "1.1"
    from hydra.core.global_hydra import GlobalHydra
    assert GlobalHydra.instance().is_initialized()
    print("fine")

app()
"""


def test_inside_somebodys_hydra_application(tmp_path: Path):
    (tmp_path / "app.py").write_text(HYDRA_APPLICATION)
    ended = subprocess.run(
        [sys.executable, "app.py", "+x=1"], cwd=tmp_path, capture_output=True, text=True
    )
    assert ended.stdout.splitlines()[-1:] == ["fine"], ended.stderr


def test_importing_the_package_imports_nothing_heavy():
    heavy = ["torch", "hydra", "omegaconf", "numpy", "pandas", "transformers", "comet", "sacrebleu"]
    program = f"import evalharness, sys; print([name for name in {heavy} if name in sys.modules])"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ended.stdout == "[]\n", ended.stderr


@pytest.fixture
def strangers(tmp_path: Path) -> Path:
    """A results folder with one run."""
    eh.score({"good": GOOD}, references=REFERENCES, metrics=["chrf"], results_dir=tmp_path)
    return tmp_path


def without_scores(path: Path) -> None:
    path.write_text("".join(f'{{"hypothesis": "{text}"}}\n' for text in GOOD))


def with_words_for_numbers(path: Path) -> None:
    path.write_text(path.read_text().replace('"chrF2": ', '"chrF2": "1", "x": '))


def endless(path: Path) -> None:
    path.unlink()
    path.symlink_to("/dev/zero")


def waiting(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def shorter(path: Path) -> None:
    path.write_text(path.read_text().split("\n", 1)[1])


@pytest.mark.parametrize(
    "change", [without_scores, with_words_for_numbers, endless, waiting, shorter]
)
def test_segments_of_strangers_are_checked(strangers: Path, change: Callable[[Path], None]):
    (path,) = strangers.glob("runs/*/*/segments.jsonl")
    change(path)
    scores = eh.load(strangers)
    for read in (lambda: scores["good"]["chrF2"], lambda: scores.segments("good")):
        with pytest.raises(EvalHarnessError, match=r"segments\.jsonl: damaged run: "):
            read()


def test_words_of_strangers_do_not_break_out_of_a_table(strangers: Path):
    (path,) = strangers.glob("runs/*/*/run.json")
    run = json.loads(path.read_text())
    path.write_text(json.dumps({**run, "notes": [HOSTILE[:-30], "[bold]<script>x</script> :no:"]}))
    scores = eh.load(strangers)
    assert "[bold]<script>x</script> :no:" in repr(scores)
    assert not breaks_out(repr(scores))
    assert "<script" not in scores._repr_html_()
    assert not controls(scores._repr_html_())
