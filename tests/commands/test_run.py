"""The run end to end: published scores, sacreBLEU's own, and the same bytes twice."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import sacrebleu

from evalharness.results import CHECKS

from ..conftest import (
    CommandLine,
    files_below,
    in_new_process,
    read_leaderboard,
    read_lines,
    read_scores,
    text_testset,
)

PEERS = {
    "BLEU": sacrebleu.BLEU,
    "chrF2": sacrebleu.CHRF,
    "chrF2++": lambda: sacrebleu.CHRF(word_order=2),
    "TER": sacrebleu.TER,
}
# By published BLEU: bergamot-base and -memory are not told apart; nllb and argos by BLEU alone.
RANKS = {
    "ar-en": {"BLEU": "1233567"},
    "tr-en": {"BLEU": "1234", "chrF2": "1233", "chrF2++": "1233"},
}
NTREX_PAIR = ("newstest2019-ref.tur.txt", "newstest2019-src.eng.txt", "newstest2019-ref.eng-GB.txt")


def sweep_over_the_files_of(flores: Path, pair: str) -> tuple[list[str], dict[str, Path]]:
    """The sweep's command line, and the files by system."""
    source, target = pair.split("-")
    prefix = flores / pair
    files = {path.stem: path for path in sorted(prefix.glob(f"flores-test.*.{target}"))}
    overrides = text_testset(
        prefix / f"flores-test.{source}", prefix / f"flores-test.{target}", lang=source
    )
    paths = ",".join(map(str, files.values()))
    return ["-m", "model=file", f"model.path={paths}", *overrides], files


NAMES = {"BLEU": "bleu", "chrF2": "chrf", "chrF2++": "chrfpp", "TER": "ter"}


@pytest.mark.parametrize(
    ("pair", "systems", "metrics"),
    [
        ("tr-en", 4, ["BLEU", "chrF2"]),
        pytest.param("tr-en", 4, list(NAMES), marks=pytest.mark.sweep),
        pytest.param("ar-en", 7, list(NAMES), marks=pytest.mark.sweep),
    ],
)
def test_one_sweep_gives_every_published_bleu_and_sacrebleus_scores(
    pair: str,
    systems: int,
    metrics: list[str],
    flores: Path,
    evalharness: CommandLine,
    tmp_path: Path,
):
    sweep, files = sweep_over_the_files_of(flores, pair)
    few = 150  # TER is slow
    slow = "TER" in metrics
    if slow:
        words = ["metric=ter", "check=[]", f"limit={few}", "results_dir=ter"]
        assert evalharness(*sweep, *words).code == 0
    usual = [metric for metric in metrics if metric != "TER"]
    words = [f"metric=[{','.join(NAMES[metric] for metric in usual)}]", "check=[]"]
    outcome = evalharness(*sweep, *words)
    assert outcome.code == 0
    assert len(files) == systems
    scores, slow_scores = read_scores(tmp_path / "results"), read_scores(tmp_path / "ter")
    assert set(scores) == set(files)
    assert set(slow_scores) == (set(files) if slow else set())
    reference = read_lines(flores / pair / "flores-test.en")
    published = {name: float(Path(f"{path}.bleu").read_text()) for name, path in files.items()}
    for system, path in files.items():
        assert scores[system]["BLEU"]["score"] == pytest.approx(published[system], abs=0.05)
        for metric in metrics:
            theirs, ours, end = PEERS[metric](), scores[system], None
            if metric == "TER":
                ours, end = slow_scores[system], few
            expected = theirs.corpus_score(read_lines(path)[:end], [reference[:end]]).score
            assert ours[metric]["score"] == pytest.approx(expected, abs=1e-9)
            assert ours[metric]["signature"] == str(theirs.get_signature())
    rows = read_leaderboard(tmp_path / "results")
    assert [row["system"] for row in rows] == sorted(published, key=lambda name: -published[name])
    for metric in usual:
        by = (f"leaderboard.by={metric}", "format=csv")
        rows = list(csv.DictReader(io.StringIO(evalharness("leaderboard", *by).out)))
        rank = {row["system"]: row["rank"] for row in rows}
        ranks = "".join(rank[name] for name in sorted(published, key=lambda name: -published[name]))
        assert ranks == RANKS[pair].get(metric, RANKS[pair]["BLEU"])
    assert all(system in outcome.out for system in files)


@pytest.mark.sweep
def test_documents_are_resampled_where_they_are_known(
    shared_data: Path, evalharness: CommandLine, tmp_path: Path
):
    source, *references = (shared_data / "ntrex" / file for file in NTREX_PAIR)
    overrides = [
        "model=copy",
        *text_testset(source, *references),
        "testset.provenance=human",
        "metric=[chrf]",
        "check=[]",
    ]
    documents = f"testset.documents={shared_data / 'ntrex' / 'DOCUMENT_IDS.tsv'}"
    for options, unit, units in (([documents], "document", 123), ([], "segment", 1997)):
        results = tmp_path / unit
        outcome = evalharness(*overrides, *options, f"results_dir={results}")
        assert outcome.code == 0
        assert f"1000 bootstrap resamples of {unit}s, seed 12345" in outcome.out
        (path,) = results.glob("runs/*/*/run.json")
        found = json.loads(path.read_text())["bootstrap"]
        how = {"resamples": 1000, "seed": 12345, "unit": unit, "units": units}
        assert {key: found[key] for key in how} == how
        assert found["method"] == "percentile"
        sizes = Counter((shared_data / "ntrex" / "DOCUMENT_IDS.tsv").read_text().split("\n")[:-1])
        effective = 1997**2 / sum(size**2 for size in sizes.values())
        assert found["effective"] == pytest.approx(effective if options else 1997)
    by_document, by_segment = (
        read_scores(tmp_path / unit)["copy"]["chrF2"] for unit in ("document", "segment")
    )
    assert by_document["score"] == by_segment["score"]
    assert by_document["high"] - by_document["low"] > by_segment["high"] - by_segment["low"]


def test_a_run_folder_holds_what_the_contract_says(
    evalharness: CommandLine, small: list[str], tmp_path: Path
):
    outcome = evalharness("model=copy", *small, "metric=[bleu,ter]", "seed=7")
    assert outcome.code == 0
    (folder,) = (tmp_path / "results/runs/text.tr-en").iterdir()
    assert folder.name.startswith("copy.")
    assert len(folder.name) == len("copy.") + 8
    assert {path.name for path in folder.iterdir()} == {
        "run.json",
        "config.yaml",
        "segments.jsonl",
        "statistics.npz",
        "scores.json",
    }
    run = json.loads((folder / "run.json").read_text())
    assert run["schema_version"] == 2
    assert run["bootstrap"]["seed"] == 7
    assert run["counts"] == {
        "translated": 3,
        "from_store": 0,
        "failed": 0,
    }
    assert run["observed"] == {}
    assert run["versions"]["sacrebleu"] == sacrebleu.__version__
    assert {"fingerprint", "testset", "git_revision", "device"} <= set(run)
    assert {"started", "duration_seconds"} <= set(run)
    scores = json.loads((folder / "scores.json").read_text())
    assert {key: scores[key] for key in ("schema_version", "system", "testset", "segments")} == {
        "schema_version": 2,
        "system": "copy",
        "testset": "text",
        "segments": 3,
    }
    assert scores["unavailable"] == []
    assert [set(score) for score in scores["scores"]] == [
        {"metric", "score", "low", "high", "signature", "higher_is_better", "aggregate", "unit"}
    ] * 2
    assert [score["aggregate"]["formula"] for score in scores["scores"]] == ["bleu", "ter"]
    segments = [json.loads(line) for line in (folder / "segments.jsonl").read_text().splitlines()]
    assert segments[0]["hypothesis"] == segments[0]["source"] == "kırmızı elma"
    assert segments[0]["references"] == ["red apple"]
    statistics = np.load(folder / "statistics.npz")
    assert statistics["BLEU"].shape == (3, 10)
    assert statistics["TER"].shape == (3, 2)


def without_circumstances(files: dict[str, bytes]) -> dict[str, object]:
    """The files, run.json without its start, its duration and what the store spared it."""
    kept: dict[str, object] = dict(files)
    for name, content in files.items():
        if name.endswith("run.json"):
            run = json.loads(content)
            del run["started"], run["duration_seconds"], run["counts"]
            kept[name] = run
    return kept


def test_the_same_command_twice_changes_no_byte_that_matters(tmp_path: Path):
    found, counts = [], []
    for hash_seed in ("1", "2"):
        done = in_new_process("limit=4", "model=copy", cwd=tmp_path, PYTHONHASHSEED=hash_seed)
        assert done.returncode == 0, done.stderr
        found.append((done.stdout, without_circumstances(files_below(tmp_path / "results"))))
        counts.append(
            json.loads(next((tmp_path / "results").rglob("run.json")).read_text())["counts"]
        )
    assert found[0] == found[1]
    assert [count["from_store"] for count in counts] == [0, 4]
    assert [count["translated"] for count in counts] == [4, 0]
    assert len([name for name in found[0][1] if name.endswith("scores.json")]) == 2


def test_other_metrics_are_added_to_the_same_run(
    evalharness: CommandLine, small: list[str], tmp_path: Path
):
    together, apart = tmp_path / "together", tmp_path / "apart"
    assert (
        evalharness("model=copy", *small, "metric=[bleu,ter]", f"results_dir={together}").code == 0
    )
    for metric in ("ter", "bleu", "chrf"):
        outcome = evalharness("model=copy", *small, f"metric={metric}", f"results_dir={apart}")
        assert outcome.code == 0
    both, three = read_scores(together)["copy"], read_scores(apart)["copy"]
    assert set(three) == {"BLEU", "TER", "chrF2"}
    assert {name: three[name] for name in both} == both
    (folder,) = apart.glob("runs/*/*")
    looked = json.loads((folder / "scores.json").read_text())["checks"]
    checks = {f"{CHECKS}{check['check']}" for check in looked}
    assert checks >= {f"{CHECKS}{name}" for name in ("empty", "unfinished", "copied_source")}
    assert set(np.load(folder / "statistics.npz")) == {*three, *checks}
    segment = json.loads((folder / "segments.jsonl").read_text().splitlines()[0])
    assert set(segment["scores"]) == set(three)


def test_scores_of_other_resamples_are_never_mixed(
    evalharness: CommandLine, small: list[str], tmp_path: Path
):
    assert evalharness("model=copy", *small, "metric=bleu").code == 0
    outcome = evalharness("model=copy", *small, "metric=ter", "seed=7")
    assert "dropped BLEU, with other bootstrap settings" in outcome.err
    assert set(read_scores(tmp_path / "results")["copy"]) == {"TER"}


def test_a_limited_run_does_not_replace_the_whole_one(
    evalharness: CommandLine, small: list[str], tmp_path: Path
):
    assert evalharness("model=copy", *small).code == 0
    assert evalharness("model=copy", *small, "limit=2").code == 0
    rows = read_leaderboard(tmp_path / "results")
    assert {(row["segments"], row["rank"]) for row in rows} == {("2", "1"), ("3", "1")}


def run_at_once(commands: list[list[str]], folder: Path) -> str:
    """Runs commands at the same time, all of them to success; returns what they said."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "evalharness", *command],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for command in commands
    ]
    message = [process.communicate()[1] for process in processes]
    assert [process.returncode for process in processes] == [0] * len(commands), message
    return "".join(message)


@pytest.mark.sweep
def test_many_processes_in_one_results_folder_lose_nothing(small: list[str], tmp_path: Path):
    run_at_once([["model=copy", f"model.name=s{n}", *small] for n in range(8)], tmp_path)
    rows = read_leaderboard(tmp_path / "results")
    assert {row["system"] for row in rows} == {f"s{n}" for n in range(8)}


@pytest.mark.sweep
def test_many_metrics_at_once_of_one_run_are_all_kept(small: list[str], tmp_path: Path):
    metrics = ("bleu", "chrf", "chrfpp", "ter")
    message = run_at_once([["model=copy", f"metric={m}", *small] for m in metrics], tmp_path)
    assert set(read_scores(tmp_path / "results")["copy"]) == set(PEERS)
    assert "damaged" not in message


def test_a_limit_takes_the_first_segments_of_each_pair(evalharness: CommandLine, tmp_path: Path):
    assert evalharness("model=copy", "limit=2").code == 0
    rows = read_leaderboard(tmp_path / "results")
    assert [(row["source_lang"], row["segments"]) for row in rows] == [("ar", "2"), ("tr", "2")]


def test_the_default_job_prints_both_pairs_and_whose_references_they_are(
    evalharness: CommandLine, tmp_path: Path
):
    done = evalharness()
    assert done.code == 0, done.err
    for needle in ("ar-en", "tr-en", "gloss", "BLEU ↑", "chrF2 ↑", "MACHINE-DRAFTED"):
        assert needle in done.out
    reason = "not on this machine; python -m evalharness fetch metric=comet"
    assert done.out.count(f"no wmt22-comet-da: {reason}\n") == 1
    assert "lines 14, 16, 20: Russian, not Turkish" in " ".join(done.out.split())
    assert {path.name for path in tmp_path.iterdir()} == {"results"}
    written = {path.name for path in (tmp_path / "results").iterdir()}
    assert written == {"runs", "store", "leaderboard.csv", ".lock"}


def test_the_embedded_system_beats_the_floor_on_both_statements(
    evalharness: CommandLine, tmp_path: Path
):
    assert evalharness("experiment=baselines").code == 0
    rows = read_leaderboard(tmp_path / "results")
    assert [(r["source_lang"], r["system"], r["rank"]) for r in rows] == [
        ("ar", "gloss", "1"),
        ("ar", "copy", "2"),
        ("tr", "gloss", "1"),
        ("tr", "copy", "2"),
    ]
    for lang in ("ar", "tr"):
        gloss, copy = (row for row in rows if row["source_lang"] == lang)
        assert float(gloss["chrF2"]) > float(copy["chrF2"])


def test_failed_segments_have_no_score_and_end_in_exit_code_1(
    evalharness: CommandLine, small: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "broken_translator.py").write_text(
        "from dataclasses import dataclass\n"
        "from evalharness.systems import Failure, System, Translation\n"
        "@dataclass(frozen=True)\n"
        "class Broken(System):\n"
        "    name: str = 'broken'\n"
        "    def missing_requirement(self): return None\n"
        "    def supports(self, source, target): return True\n"
        "    def fingerprint(self, source, target): return {'system': 'broken'}\n"
        "    def translate(self, texts, source, target):\n"
        "        return enumerate([Failure('HTTP 500'), *map(Translation, texts[1:])])\n"
    )
    (tmp_path / "my/model").mkdir(parents=True)
    (tmp_path / "my/model/broken.yaml").write_text("_target_: broken_translator.Broken\n")
    monkeypatch.syspath_prepend(tmp_path)
    outcome = evalharness("--config-dir", "my", "model=broken", *small, "metric=[bleu,chrf]")
    assert outcome.code == 1
    assert "1 of 3 segments failed" in outcome.out
    (path,) = (tmp_path / "results").glob("runs/*/*/scores.json")
    content = json.loads(path.read_text())
    assert content["scores"] == []
    assert {metric["metric"] for metric in content["unavailable"]} == {"BLEU", "chrF2"}
    first = json.loads((path.parent / "segments.jsonl").read_text().splitlines()[0])
    assert first["hypothesis"] is None


def rows_of(results: Path, system: str) -> list[dict]:
    (path,) = results.glob(f"runs/*/{system}.*/segments.jsonl")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def scores_json(results: Path, system: str) -> dict:
    (path,) = results.glob(f"runs/*/{system}.*/scores.json")
    return json.loads(path.read_text(encoding="utf-8"))


LENGTH = "+metric.length={_target_:own_metrics.Length,reads:11}"
NO_REFERENCES = ["testset=text", "testset.source_lang=tr", "testset.source=src.txt"]
NEEDS_ONE = "needs a reference, and the test set has none"


def test_without_references_only_metrics_that_need_none_are_computed(
    evalharness: CommandLine, small: list[str], own_metrics: None, tmp_path: Path
):
    outcome = evalharness("model=copy", *NO_REFERENCES, "metric=bleu", LENGTH)
    assert outcome.code == 0, outcome.err
    content = scores_json(tmp_path / "results", "copy")
    assert [score["metric"] for score in content["scores"]] == ["length"]
    assert content["unavailable"] == [{"metric": "BLEU", "reason": NEEDS_ONE}]
    assert content["segments"] == 3
    assert all(row["references"] == [] for row in rows_of(tmp_path / "results", "copy"))
    assert f"no BLEU: {NEEDS_ONE}" in outcome.out
    assert "not stated" not in outcome.out
    (row,) = read_leaderboard(tmp_path / "results")
    assert (row["BLEU"], row["length"], row["rank"]) == ("", "10.3333", "1")
    assert "references:none" in row["signatures"]


def test_a_run_that_no_metric_can_score_is_written_all_the_same(
    evalharness: CommandLine, small: list[str], tmp_path: Path
):
    outcome = evalharness("model=copy", *NO_REFERENCES, "metric=[bleu,chrf]")
    assert outcome.code == 0, outcome.err
    content = scores_json(tmp_path / "results", "copy")
    assert content["scores"] == []
    assert [absent["metric"] for absent in content["unavailable"]] == ["BLEU", "chrF2"]
    assert [(r["system"], r["rank"]) for r in read_leaderboard(tmp_path / "results")] == [
        ("copy", "")
    ]


def test_a_required_metric_that_is_absent_ends_in_exit_code_1_when_all_else_is_done(
    evalharness: CommandLine, small: list[str], tmp_path: Path
):
    outcome = evalharness("model=copy", *small, "metric=[bleu,comet]", "require_metrics=true")
    assert outcome.code == 1
    message = [line for line in outcome.err.splitlines() if not line.startswith("INFO")]
    reason = "not on this machine; python -m evalharness fetch metric=comet"
    assert message == [
        "evalharness: failed: wmt22-comet-da could not be computed, but is required;"
        " the reason stands below the table"
    ]
    assert [score["metric"] for score in scores_json(tmp_path / "results", "copy")["scores"]] == [
        "BLEU"
    ]
    assert (outcome.out + outcome.err).count(f"no wmt22-comet-da: {reason}") == 1
    assert evalharness("model=copy", *small, "metric=bleu", "require_metrics=true").code == 0
    assert evalharness("model=copy", *small, "metric=[bleu,comet]").code == 0


def test_a_number_that_is_not_finite_makes_its_metric_absent_and_the_run_goes_on(
    evalharness: CommandLine, small: list[str], own_metrics: None, tmp_path: Path
):
    command = ["model=copy", *small, "metric=bleu", "+metric.broken={_target_:own_metrics.Broken}"]
    reason = "no finite number for segment 2; leave out the metric or the segment"
    outcome = evalharness(*command)
    assert outcome.code == 0, outcome.err
    assert f"no broken: {reason}" in " ".join(outcome.out.split())
    assert set(read_scores(tmp_path / "results")["copy"]) == {"BLEU"}
    (path,) = (tmp_path / "results").glob("runs/*/*/scores.json")
    assert json.loads(path.read_text())["unavailable"] == [{"metric": "broken", "reason": reason}]
    outcome = evalharness(*command, "require_metrics=true")
    assert outcome.code == 1
    assert "failed: broken could not be computed" in outcome.err.splitlines()[-1]


def test_observations_are_kept_with_the_scores_they_belong_to(
    evalharness: CommandLine, small: list[str], own_metrics: None, tmp_path: Path
):
    (tmp_path / "out.txt").write_text("an axe\nbxx and more of it\nx\n")
    command = ["model=file", "model.path=out.txt", *small]
    assert evalharness(*command, LENGTH, "metric=bleu").code == 0
    for metric in ("bleu", "ter"):  # the second time, another metric is added
        outcome = evalharness(*command, f"metric={metric}")
        assert outcome.code == 0, outcome.err
        assert "length read only the beginning of a text in 1 of 3 segments (out" in outcome.out
        facts = [row["observations"]["length"] for row in rows_of(tmp_path / "results", "out")]
        assert [seen.get("truncated", False) for seen in facts] == [False, True, False]
    found = [[(s["start"], s["end"]) for s in seen["error_spans"]] for seen in facts]
    assert found == [[(4, 5)], [(1, 3)], [(0, 1)]]
    (path,) = (tmp_path / "results").glob("runs/*/*/run.json")
    assert json.loads(path.read_text())["observed"] == {
        "length": {"truncated": 1, "error_spans": 3}
    }
    assert set(read_scores(tmp_path / "results")["out"]) == {"BLEU", "TER", "length"}


def test_all_pairs_are_translated_before_any_is_scored(
    evalharness: CommandLine, own_metrics: None, tmp_path: Path
):
    import own_metrics as plugin

    plugin.Length.asked.clear()
    started = time.monotonic()
    assert evalharness("model=copy", "metric=bleu", LENGTH).code == 0
    elapsed = time.monotonic() - started
    assert [len(hypotheses) for hypotheses in plugin.Length.asked] == [9, 10]
    runs = [json.loads(path.read_text()) for path in (tmp_path / "results").rglob("run.json")]
    assert 0 < sum(run["duration_seconds"] for run in runs) < elapsed
