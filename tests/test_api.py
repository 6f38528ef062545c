"""The Python API: the command line's numbers, inside notebooks and Hydra applications."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import sacrebleu

import evalharness as eh
from evalharness import api
from evalharness.errors import EvalHarnessError

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
    ("arguments", "told"),
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
def test_shapes_that_could_be_read_two_ways_are_refused(arguments: dict[str, object], told: str):
    with pytest.raises(EvalHarnessError, match=told):
        eh.score(["x", "y"], **arguments)


def test_a_metric_that_was_named_is_never_missing_in_silence():
    with pytest.raises(EvalHarnessError, match="comet"):
        eh.score(GOOD, references=REFERENCES, sources=GOOD, pair="tr-en", metrics=["comet"])


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
