"""The command line: help, exit codes, and one clear line for every bad input."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import ROOT, CommandLine, files_below, in_new_process, read_scores


def test_help_names_every_choice_and_loads_nothing_heavy():
    script = (
        "import sys\n"
        "from evalharness.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'torch', 'transformers', 'comet', 'datasets', 'sacrebleu', 'lingua', 'numpy'}\n"
        "print('LOADED', sorted(heavy & set(sys.modules)))\n"
    )
    shown = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout
    assert "LOADED []" in shown
    for path in (ROOT / "conf").glob("[!h]*/*.yaml"):
        assert path.stem in shown


def test_unknown_command_names_the_known_ones(evalharness: CommandLine):
    outcome = evalharness("frobnicate")
    assert outcome.code == 2
    assert "run, fetch, leaderboard, compare, gate, runs, list" in outcome.err


def test_debug_shows_the_traceback(evalharness: CommandLine):
    outcome = evalharness("limit=0", "debug=true")
    assert outcome.code == 2
    assert "Traceback" in outcome.err
    assert outcome.err.endswith("evalharness: error: limit: 0 is less than 1\n")


def test_list_says_what_each_choice_needs(evalharness: CommandLine):
    outcome = evalharness("list")
    assert outcome.code == 0
    lines = {line.split()[0]: line for line in outcome.out.splitlines() if line.strip()}
    assert "ready" in lines["copy"]
    assert "needs model.path=" in lines["file"]
    assert "ready" in lines["statements"]
    assert "ready" in lines["chrfpp"]
    assert "not on this machine" in lines["comet"]


BAD_INPUTS = {
    "missing file": (
        ["model=file", "model.path=nowhere.txt"],
        ["nowhere.txt", "no such file"],
    ),
    "output file not given": (["model=file"], ["model.path", "not given"]),
    "not UTF-8": (
        ["model=file", "model.path=latin1.txt"],
        ["latin1.txt", "line 2", "byte 4", "UTF-8"],
    ),
    "fewer hypotheses than sources": (
        ["model=file", "model.path=two.txt"],
        ["two.txt", "2 lines", "src.txt has 3"],
    ),
    "fewer references than sources": (
        ["testset.references=[two.txt]"],
        ["two.txt", "2 lines", "src.txt has 3"],
    ),
    "fewer document ids than sources": (
        ["testset.documents=two.txt"],
        ["two.txt", "2 lines", "src.txt has 3"],
    ),
    "empty document id": (["testset.documents=gap.txt"], ["gap.txt", "line 2", "document id"]),
    "no reference file, and somebody made it": (
        ["testset.references=[]", "testset.provenance=human"],
        ["testset.provenance", "no references", "testset.references="],
    ),
    "a reference that is none": (["testset.references=[null]"], ["testset.references"]),
    "empty source line": (
        ["testset.source=gap.txt"],
        ["gap.txt", "line 2", "testset.on_empty=skip"],
    ),
    "empty source file": (["testset.source=nothing.txt"], ["nothing.txt", "empty"]),
    "no segment left": (["testset.references=[blank.txt]"], ["src.txt", "no segment left"]),
    "unknown language": (
        ["testset.source_lang=turkish"],
        ["testset.source_lang", "turkish", "tr (Turkish)"],
    ),
    "unknown pivot": (["pivot=engl"], ["engl", "en (English)"]),
    "unknown model": (["model=glos"], ["glos", "did you mean gloss", "choices: ", "copy, "]),
    "unknown metric": (["metric=[bleu,blue]"], ["metric=blue", "did you mean bleu", "ter"]),
    "unknown test set": (["testset=flores"], ["testset=flores", "statements, text"]),
    "unknown option": (["modle=copy"], ["modle", "no such option"]),
    "unknown option of a system": (["model.pth=x"], ["model.pth", "no such option"]),
    "wrong type": (["limit=many"], ["limit", "many"]),
    "wrong type in a metric": (["metric.bleu.lowercase=7x"], ["metric.bleu.lowercase", "7x"]),
    "wrong tokenizer": (["metric.bleu.tokenize=14a"], ["metric.bleu.tokenize", "14a", "13a"]),
    "wrong smoothing": (["metric.bleu.smooth_method=x"], ["smooth_method", "add-k"]),
    "wrong chrF order": (["metric.chrf.char_order=0"], ["metric.chrf.char_order", "from 1"]),
    "wrong smoothing value": (["metric.bleu.smooth_value=nan"], ["metric.bleu.smooth_value"]),
    "too many resamples": (["bootstrap.resamples=10000000000"], ["bootstrap.resamples"]),
    "wrong choice": (["testset.on_empty=drop"], ["testset.on_empty", "drop", "error | skip"]),
    "wrong dtype": (["dtype=int3"], ["dtype", "int3", "bfloat16"]),
    "wrong device": (["device=banana"], ["device", "banana", "cuda:1"]),
    "no model": (["model=null"], ["Config group override"]),
    "no test set": (["testset=null"], ["Config group override"]),
    "no metric": (["metric=[]"], ["metric", "none chosen"]),
    "a folder that is no COMET checkpoint": (
        ["metric=comet", "metric.comet.checkpoint=.", "metric.comet.name=own"],
        ["hparams.yaml", "metric.comet.checkpoint="],
    ),
    "no options for a metric": (["metric.bleu=null"], ["metric.bleu"]),
    "class that is not there": (["model._target_=nope.X"], ["model", "nope"]),
    "limit of nothing": (["limit=0"], ["limit", "less than 1"]),
    "too few resamples": (["bootstrap.resamples=39"], ["bootstrap.resamples", "40"]),
    "negative seed": (["seed=-1"], ["seed", "less than 0"]),
    "name that is a path": (["model.name=a/b"], ["model.name", "a/b"]),
    "unsupported pair": (
        ["model=gloss", "testset.source_lang=de"],
        ["gloss", "German", "English", "de-en"],
    ),
    "results folder is a file": (["results_dir=src.txt"], ["src.txt", "results_dir="]),
    "results folder not writable": (["results_dir=/proc/none"], ["/proc/none", "results_dir="]),
    "store is a file": (["store.dir=src.txt", "results_dir=r"], ["src.txt", "store.dir="]),
    "malformed override": (["model.name=[a"], ["[a"]),
}


@pytest.mark.sample
@pytest.mark.parametrize("case", BAD_INPUTS)
def test_bad_input_gets_one_clear_line_and_leaves_nothing(
    case: str, evalharness: CommandLine, small: list[str], tmp_path: Path
):
    (tmp_path / "two.txt").write_text("one\ntwo\n")
    (tmp_path / "gap.txt").write_text("one\n \nthree\n")
    (tmp_path / "blank.txt").write_text("\n\n\n")
    (tmp_path / "nothing.txt").write_text("")
    (tmp_path / "latin1.txt").write_bytes(b"one\n\xe9t\xe9\nthree\n")
    before = files_below(tmp_path)
    overrides, message = BAD_INPUTS[case]
    outcome = evalharness("model=copy", *small, *overrides)
    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err.count("\n") == 1
    assert outcome.err.startswith("evalharness: error: ")
    for word in message:
        assert word in outcome.err
    assert files_below(tmp_path) == before
    assert not (tmp_path / "results").exists()


def test_windows_line_ends_are_stripped_and_said(
    evalharness: CommandLine, small: list[str], tmp_path: Path
):
    assert evalharness("model=copy", *small, "results_dir=unix").code == 0
    (tmp_path / "src.txt").write_bytes((tmp_path / "src.txt").read_bytes().replace(b"\n", b"\r\n"))
    outcome = evalharness("model=copy", *small, "results_dir=windows")
    assert outcome.code == 0
    note = "text tr-en: src.txt: 3 of 3 lines end in \\r\\n; the \\r was dropped"
    assert note in " ".join(outcome.out.split())
    assert (tmp_path / "unix/leaderboard.csv").read_bytes() == (
        tmp_path / "windows/leaderboard.csv"
    ).read_bytes()


def test_an_empty_source_line_can_be_skipped(
    evalharness: CommandLine, small: list[str], tmp_path: Path
):
    (tmp_path / "gap.txt").write_text("kırmızı elma\n\nsarı güneş\n", encoding="utf-8")
    outcome = evalharness("model=copy", *small, "testset.source=gap.txt", "testset.on_empty=skip")
    assert outcome.code == 0
    assert "text tr-en: left out: empty source, line 2" in outcome.out


def test_a_reader_that_has_gone_is_no_error(small: list[str], tmp_path: Path):
    command = shlex.join([sys.executable, "-m", "evalharness", "model=copy", *small])
    done = subprocess.run(
        ["bash", "-c", f"{command} | true; echo ${{PIPESTATUS[0]}}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.stdout == "0\n"
    assert (tmp_path / "results/leaderboard.csv").exists()


def test_closed_streams_are_no_error(small: list[str], tmp_path: Path):
    command = shlex.join([sys.executable, "-m", "evalharness", "model=copy", *small])
    for closing, bad, code in ((">&-", "", "0"), ("2>&-", "limit=0", "2")):
        done = subprocess.run(
            ["bash", "-c", f"{command} {bad} {closing}; echo $? > code"], cwd=tmp_path, check=True
        )
        assert done.returncode == 0
        assert (tmp_path / "code").read_text().strip() == code


STREAMS = [
    # what is asked, what becomes of the streams, the exit code
    ("--version", ">/dev/full", 2),
    ("--help", ">/dev/full", 2),
    ("list", ">/dev/full 2>&-", 2),
    ("--version", "2>/dev/full", 0),
    ("limit=0", "2>/dev/full", 2),
    ("limit=0", "2> >(:)", 2),
    ("limit=0", ">&- 2>&- <&-", 2),
    ("--help", "> >(:)", 0),
    ("-m model=copy,file model.path=none.txt limit=1 metric=[chrf]", "2> >(:)", 2),
]


@pytest.mark.sweep
@pytest.mark.parametrize(("asked", "streams", "code"), STREAMS)
def test_the_exit_code_is_right_whatever_became_of_the_streams(
    asked: str, streams: str, code: int, tmp_path: Path
):
    command = f"{shlex.quote(sys.executable)} -m evalharness {asked} {streams}"
    done = subprocess.run(
        ["bash", "-c", f"{command}; echo $? > code"], cwd=tmp_path, stderr=subprocess.PIPE
    )
    assert (tmp_path / "code").read_text().strip() == str(code), done.stderr


def test_a_terminal_without_arrows_gets_the_numbers(small: list[str], tmp_path: Path):
    done = in_new_process("model=copy", *small, cwd=tmp_path, PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert "BLEU ?" in done.stdout


def test_paths_and_names_need_no_quotes_and_keep_their_spelling(
    evalharness: CommandLine, small: list[str], tmp_path: Path
):
    (tmp_path / "çıktı (1) {a}.txt").write_text("a\nb\nc\n")
    (tmp_path / "ref.txt").rename(tmp_path / "b c.txt")
    overrides = ["testset.references=[b c.txt]", "metric=[chrf]", "model=file"]
    path = "model.path=çıktı (1) {a}.txt"
    outcome = evalharness("-m", *small, *overrides, path, "model.name=1.1,1.10,true,010")
    assert outcome.code == 0, outcome.err
    assert set(read_scores(tmp_path / "results")) == {"1.1", "1.10", "true", "010"}


def test_options_may_stand_between_overrides(evalharness: CommandLine, tmp_path: Path):
    (tmp_path / "own=ç/model").mkdir(parents=True)
    (tmp_path / "own=ç/model/mine.yaml").write_text("# Mine [/it] :no:.\n_target_: own.Mine\n")
    outcome = evalharness("list", "debug=false", "--config-dir", "own=ç", "results_dir=r")
    assert outcome.code == 0, outcome.err
    assert "Mine [/it] :no:" in outcome.out
    outcome = evalharness("model=mine", "--help", "--config-dir", "own=ç")
    assert "Mine [/it] :no:." in outcome.out, outcome.err
    outcome = evalharness("model=copy", "--cfg", "job", "limit=7")
    assert (outcome.code, "limit: 7" in outcome.out) == (0, True)


def test_a_tilde_is_home_and_the_store_is_where_it_is_named(
    evalharness: CommandLine, small: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    run = ["model=copy", *small, "metric=[chrf]", "results_dir=~/x"]
    (tmp_path / "src.txt").rename(tmp_path / "home.txt")
    (tmp_path / "home").mkdir()
    (tmp_path / "home.txt").rename(tmp_path / "home/src.txt")
    run += ["testset.source=~/src.txt"]
    assert evalharness(*run).code == 0
    assert (tmp_path / "home/x/store/translations").is_dir()
    monkeypatch.setenv("EVALHARNESS_STORE", "~/shared")
    assert evalharness(*run).code == 0
    assert (tmp_path / "home/shared/translations").is_dir()
    assert evalharness(*run, "store.dir=own").code == 0
    assert (tmp_path / "own/translations").is_dir()
    assert evalharness("-m", *run, "limit=1,2").code == 0
    assert (tmp_path / "home/x/sweeps").is_dir()
    assert not (tmp_path / "~").exists()
    monkeypatch.setenv("EVALHARNESS_STORE", "/proc/none")
    outcome = evalharness(*run, "results_dir=other")
    assert (outcome.code, "choose another store.dir=" in outcome.err) == (2, True)
    assert "/proc/none" in outcome.err  # a path is no secret, though a variable holds it
    assert not (tmp_path / "other").exists()
    monkeypatch.setenv("EVALHARNESS_STORE", "")
    assert evalharness(*run, "results_dir=other").code == 0
    assert (tmp_path / "other/store/translations").is_dir()


NO_TRACEBACK = {
    "half a pair": (["model.name=a\udcffb"], "'\\udcff' at position 13 is no letter"),
    "too deep": ([f"testset.references={'[' * 2000}a{']' * 2000}"], "nested too deeply"),
    "too long a number": ([f"limit={'9' * 5000}"], "limit"),
    "markup": (["testset.target_lang=[/en]"], "testset.target_lang"),
    "an interpolation of nothing": (["model.name=${nothing.here}"], "nothing.here"),
    "an interpolation that does not close": (["model.name=a${"], "model.name"),
    "a file that is no configuration": (["--config-dir", "own", "model=none"], "not YAML"),
    "a configuration that is not UTF-8": (["--config-dir", "own", "model=latin"], "not UTF-8"),
    "a configuration that is a list": (["--config-dir", "own", "model=several"], "several"),
}


@pytest.mark.parametrize("case", NO_TRACEBACK)
def test_nothing_that_is_given_ends_in_a_traceback(
    case: str, evalharness: CommandLine, small: list[str], tmp_path: Path
):
    (tmp_path / "own/model").mkdir(parents=True)
    (tmp_path / "own/model/none.yaml").write_text("a: [\n")
    (tmp_path / "own/model/latin.yaml").write_bytes(b"# \xe9\n_target_: a.B\n")
    (tmp_path / "own/model/several.yaml").write_text("- 1\n")
    overrides, words = NO_TRACEBACK[case]
    outcome = evalharness("model=copy", *small, *overrides)
    assert outcome.code == 2
    assert outcome.err.count("\n") == 1
    assert outcome.err.startswith("evalharness: error: ")
    assert words in outcome.err


def test_the_version_is_ours(evalharness: CommandLine):
    assert evalharness("--version").out.startswith("evalharness ")


def test_odd_separators_reach_the_scores_in_one_piece(
    evalharness: CommandLine, small: list[str], tmp_path: Path
):
    (tmp_path / "out.txt").write_bytes("red\u2028apple\nblue\x0csea\nyellow sun\n".encode())
    outcome = evalharness("model=file", "model.path=out.txt", *small)
    assert outcome.code == 0
    (path,) = (tmp_path / "results").glob("runs/*/*/segments.jsonl")
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
    assert [row["hypothesis"] for row in rows] == ["red\u2028apple", "blue\x0csea", "yellow sun"]


def test_a_pivot_without_references_names_those_that_have_some(evalharness: CommandLine):
    outcome = evalharness("pivot=de", "model=copy")
    assert outcome.code == 2
    assert "no references in the pivot 'de'; pivots with references: en" in outcome.err


def test_a_full_disk_leaves_the_last_results_as_they_were(small: list[str], tmp_path: Path):
    command = ["model=copy", *small]
    assert in_new_process(*command, cwd=tmp_path).returncode == 0
    before = files_below(tmp_path / "results")
    script = (
        "import resource, sys\n"
        "from evalharness.cli import main\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))\n"
        "sys.exit(main())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *command, "metric=[bleu,chrf,ter]"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert "File too large; older files are as they were" in done.stderr
    assert "Traceback" not in done.stderr
    assert files_below(tmp_path / "results") == before


@pytest.mark.parametrize("option", ["--config-dir=own", "-cd=own"])
def test_a_pipe_among_choices_keeps_nobody_waiting(
    evalharness: CommandLine, tmp_path: Path, option: str
):
    (tmp_path / "own/model").mkdir(parents=True)
    os.mkfifo(tmp_path / "own/model/mine.yaml")
    shown = evalharness("list", "model", option)
    assert (shown.code, shown.err.count("\n")) == (2, 1)
    assert "own/model/mine.yaml: cannot be read: a FIFO, not a regular file" in shown.err


def test_a_pickled_job_is_not_run(evalharness: CommandLine, tmp_path: Path):
    marker = tmp_path / "marker"
    (tmp_path / "config.pickle").write_bytes(f"cos\nsystem\n(Vtouch {marker}\ntR.".encode())
    shown = evalharness(f"--experimental-rerun={tmp_path}/config.pickle")
    assert (shown.code, shown.err.count("\n")) == (2, 1)
    assert not marker.exists()
