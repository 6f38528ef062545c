"""Runs of one system are told apart by what they differ in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evalharness.results import Run, names_of, write_run
from evalharness.scoring import score
from evalharness.values import Outputs

from ..finished import bitext

NEWS = bitext(["one", "two"])
LONG = "You are a translator. " * 9


def run(results: Path, system: str, **fingerprint: Any) -> Run:
    outputs = Outputs(system, NEWS, ("one", "three"))
    (scoring,) = score([], [outputs], resamples=10, seed=1, absent={}, checks=[])
    circumstances: Mapping[str, Any] = {}
    return write_run(
        results,
        outputs,
        scoring,
        fingerprint=fingerprint,
        metrics={},
        circumstances=circumstances,
        config_yaml="",
    )


def names(*runs: Run) -> list[str]:
    named = names_of(runs)
    return [named[one.key] for one in runs]


def test_settings_that_differ_are_named_and_no_others(tmp_path: Path):
    common = {"engine": "torch", "decoding": {"beam_size": 4, "length_penalty": 1.0}}
    wide = {**common, "decoding": {"beam_size": 8, "length_penalty": 1.0}}
    runs = [run(tmp_path, "nllb", **settings) for settings in (common, wide)]
    assert names(*runs) == ["nllb (beam_size=4)", "nllb (beam_size=8)"]
    assert names(runs[0]) == ["nllb"]
    other = run(tmp_path, "opus", **common)
    assert names(runs[0], other) == ["nllb", "opus"]


def test_prompts_are_shortened_in_the_middle_and_lacking_settings_left_out(tmp_path: Path):
    def asked(words: str, **more: Any) -> dict[str, Any]:
        return {"request": {"messages": [{"role": "user", "content": words}], **more}}

    runs = [
        run(tmp_path, "chat", **asked("Translate:\n{text}")),
        run(tmp_path, "chat", **asked(f"{LONG}{{text}}", temperature=0.5)),
    ]
    short, long = names(*runs)
    assert short == "chat (prompt=Translate: {text})"
    assert long.startswith("chat (prompt=You are a trans…")
    assert long.endswith("{text}, temperature=0.5)")
    assert len(long) < 70


def test_where_settings_do_not_tell_them_apart_the_folder_does(tmp_path: Path):
    runs = [run(tmp_path, "file", hypotheses=digest * 32) for digest in ("a1", "b2")]
    assert names(*runs) == [one.path.name for one in runs]
    same = [run(tmp_path / place, "file", hypotheses="a" * 64) for place in ("x", "y")]
    assert names(*same) == [str(one.path) for one in same]
