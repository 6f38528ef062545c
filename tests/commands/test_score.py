"""`evalharness score`: sacreBLEU's own numbers, its flags, and what is refused."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest
import sacrebleu

from evalharness import reading

from ..conftest import CommandLine, Outcome, files_below, read_lines

SOURCES = ["bir ev", "iki kedi uyur", "kuş uçar", "su akar"]
REFERENCES = ["one house here", "two cats sleep now", "the bird flies away", "water flows down"]
OTHERS = ["a single house here", "two cats are sleeping", "a bird flies off", "the water flows"]
GOOD = ["one house here", "two cats sleep now", "a bird flies away", "water flows up"]
BAD = ["house", "two dogs sleep", "birds", "it rains now and then"]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    for name, lines in (
        ("src", SOURCES),
        ("ref", REFERENCES),
        ("ref2", OTHERS),
        ("good.en", GOOD),
        ("bad.en", BAD),
        ("ids", ["d1", "d1", "d2", "d2"]),
    ):
        (tmp_path / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return tmp_path


def words(line: str) -> list[str]:
    return line.split()


def lines_of(outcome: Outcome) -> list[str]:
    assert outcome.code == 0, outcome.err
    return outcome.out.splitlines()


def corpus(metric: sacrebleu.metrics.base.Metric, hyps: list[str], *refs: list[str]) -> float:
    return float(metric.corpus_score(hyps, list(refs)).score)


def test_json_holds_sacrebleus_scores_and_the_differences(evalharness: CommandLine, files: Path):
    asked = evalharness(
        *words("score -s src -r ref -i good=good.en bad=bad.en -l tr-en -m bleu chrf -f json")
    )
    assert asked.code == 0, asked.err
    content = json.loads(asked.out)
    assert [run["system"] for run in content["runs"]] == ["good", "bad"]
    for run, hypotheses in zip(content["runs"], (GOOD, BAD), strict=True):
        assert (run["source_lang"], run["target_lang"], run["segments"]) == ("tr", "en", 4)
        scores = {score["metric"]: score for score in run["scores"]}
        for name, metric in (("BLEU", sacrebleu.BLEU()), ("chrF2", sacrebleu.CHRF())):
            assert scores[name]["score"] == pytest.approx(corpus(metric, hypotheses, REFERENCES))
            assert scores[name]["signature"] == str(metric.get_signature())
    keys = {"metric", "first", "second", "difference", "low", "high", "p", "p_corrected"}
    for row in content["differences"]:
        assert keys | {"significant"} <= row.keys()
        assert (row["first"], row["second"]) == ("good", "bad")


def test_runs_lie_where_model_file_puts_them(evalharness: CommandLine, files: Path):
    assert evalharness(*words("score -s src -r ref -i good=good.en -l tr-en -m bleu")).code == 0
    (scored,) = Path("results").glob("runs/*/*/scores.json")
    ran = evalharness(
        *("model=file", "model.path=good.en", "model.name=good", "testset=text"),
        *("testset.source_lang=tr", "testset.target_lang=en", "testset.source=src"),
        *("testset.references=[ref]", "metric=[bleu]"),
    )
    assert ran.code == 0, ran.err
    assert list(Path("results").glob("runs/*/*/scores.json")) == [scored]
    assert len(Path("results/leaderboard.csv").read_text().splitlines()) == 2


@pytest.mark.parametrize(
    ("pair", "folder"),
    [
        ("liv-en", "liv-en"),
        ("sah-dsb", "sah-dsb"),
        ("hsb-und", "hsb-und"),
        ("tur_Latn-ENG", "tr-en"),
        ("arb_Arab-eng_Latn", "ar-en"),
        ("ar_EG-zho_Hant", "ar-EG-zh-Hant"),
    ],
)
def test_any_language_is_scored_and_one_language_has_one_folder(
    pair: str, folder: str, evalharness: CommandLine, files: Path
):
    asked = evalharness(
        *words(f"score -s src -r ref -i good=good.en -l {pair} -m bleu chrf -f json")
    )
    assert asked.code == 0, asked.err
    (run,) = json.loads(asked.out)["runs"]
    assert f"{run['source_lang']}-{run['target_lang']}" == folder
    scores = {score["metric"]: score["score"] for score in run["scores"]}
    zh = {"trg_lang": "zh"} if "zh" in folder else {}
    assert scores["BLEU"] == pytest.approx(corpus(sacrebleu.BLEU(**zh), GOOD, REFERENCES))
    assert scores["chrF2"] == pytest.approx(corpus(sacrebleu.CHRF(), GOOD, REFERENCES))
    assert [path.name for path in Path("results/runs").iterdir()] == [f"text.{folder}"]
    source, target = pair.split("-")
    ran = evalharness(
        *("model=file", "model.path=good.en", "model.name=good", "testset=text"),
        *(f"testset.source_lang={source}", f"testset.target_lang={target}", "testset.source=src"),
        *("testset.references=[ref]", "metric=[bleu,chrf]"),
    )
    assert ran.code == 0, ran.err
    assert len(list(Path("results").glob("runs/*/*/scores.json"))) == 1
    shown = evalharness("leaderboard", f"select.pair={pair}", "format=csv")
    assert shown.code == 0, shown.err


def test_several_references_are_sacrebleus(evalharness: CommandLine, files: Path):
    asked = evalharness(*words("score -r ref -r X=ref2 -i good.en -m bleu chrf -b -w 6"))
    bleu, chrf = (float(cell) for cell in lines_of(asked)[0].split("\t"))
    assert bleu == pytest.approx(corpus(sacrebleu.BLEU(), GOOD, REFERENCES, OTHERS), abs=1e-6)
    assert chrf == pytest.approx(corpus(sacrebleu.CHRF(), GOOD, REFERENCES, OTHERS), abs=1e-6)


def test_numbers_alone_and_standard_input(
    evalharness: CommandLine, files: Path, monkeypatch: pytest.MonkeyPatch
):
    standard_input = io.TextIOWrapper(io.BytesIO((files / "bad.en").read_bytes()))
    monkeypatch.setattr(sys, "stdin", standard_input)
    given = words("score -r ref -i good.en - -m bleu -b -w 3 results_dir=null")
    expected = [f"{corpus(sacrebleu.BLEU(), hyps, REFERENCES):.3f}" for hyps in (GOOD, BAD)]
    assert lines_of(evalharness(*given)) == expected
    assert not Path("results").exists()


def test_segment_scores_are_sacrebleus(evalharness: CommandLine, files: Path):
    asked = evalharness(*words("score -r ref -i good.en bad.en -m chrf -sl"))
    head, *rows = (line.split("\t") for line in lines_of(asked))
    assert head == ["system", "segment", "chrF2"]
    expected = [
        [name, str(number), f"{sacrebleu.CHRF().sentence_score(hyp, [ref]).score:.4f}"]
        for name, hyps in (("good", GOOD), ("bad", BAD))
        for number, (hyp, ref) in enumerate(zip(hyps, REFERENCES, strict=True), 1)
    ]
    assert rows == expected
    shown = evalharness(*words("score -r ref -i good.en bad.en -m chrf -sl seg.tsv"))
    assert "chrF2" in shown.out
    assert Path("seg.tsv").read_text() == asked.out


@pytest.mark.parametrize("form", ["csv", "markdown", "latex"])
def test_other_formats(form: str, evalharness: CommandLine, files: Path):
    asked = evalharness(*f"score -r ref -i good.en bad.en -m bleu -f {form}".split())
    assert f"{corpus(sacrebleu.BLEU(), GOOD, REFERENCES):.2f}"[:5] in asked.out


def test_an_override_stands_anywhere_and_a_name_is_no_override(
    evalharness: CommandLine, files: Path
):
    Path("limit").mkdir()
    asked = evalharness(
        *words("score -r ref -i limit=2 mine=good.en -m bleu seed=7 -f json"),
        "bootstrap.resamples=50",
    )
    (run,) = json.loads(asked.out)["runs"]
    assert (run["system"], run["segments"]) == ("mine", 2)
    (recorded,) = Path("results").glob("runs/*/*/run.json")
    assert json.loads(recorded.read_text())["bootstrap"]["resamples"] == 50


def test_a_name_does_not_change_when_another_file_is_added(evalharness: CommandLine, files: Path):
    for words in ("good.en", "good.en bad.en"):
        asked = evalharness(*f"score -r ref -i {words} -m bleu -f json".split())
        assert json.loads(asked.out)["runs"][0]["system"] == "good"


def test_without_sources_or_languages_string_metrics_work(evalharness: CommandLine, files: Path):
    asked = evalharness(*words("score -r ref -i good.en"))
    assert asked.code == 0, asked.err
    assert "und-und" in asked.out
    assert "und-und" in asked.err


def test_a_metric_that_was_named_and_cannot_be_computed_is_a_no(
    evalharness: CommandLine, files: Path
):
    asked = evalharness(*words("score -r ref -i good.en -l tr-en -m bleu comet"))
    assert asked.code == 1
    assert "wmt22-comet-da could not be computed" in asked.err
    assert f"{corpus(sacrebleu.BLEU(), GOOD, REFERENCES):.2f}" in asked.out


@pytest.mark.sample
@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("-r ref", "-i FILE"),
        ("-r ref -i good.en good=bad.en", "two files are called good"),
        ("-r ref -i - -s -", "standard input"),
        ("-t good.en -r ref", "outputs go after -i"),
        ("-r ref -i good.en -l tren", "one hyphen"),
        ("-r ref -i good.en -l zh-Hant-en", "one hyphen"),
        ("-r ref -i good.en -m blue", "did you mean bleu"),
        ("-r ref -i good.en -f xml", "--format"),
        ("-r ref -i missing.en", "missing.en"),
        ("-r ids2 -i good.en", "ids2"),
        ("-i good.en", "neither a source nor a reference"),
        ("-t statements good.en", "outputs go after -i"),
        ("-t statements -i good.en -s src", "-s: the test set statements has sources"),
        ("-t statements -i good.en -l de-en", "statements has no de-en"),
        ("-r ref -i good.en bootstrap.resample=50", "did you mean bootstrap.resamples"),
        ("-r ref -i good.en -w 11", "--width"),
        ("-r ref -i good.en --frobnicate", "--frobnicate"),
    ],
)
def test_what_is_refused_in_one_line(words: str, shown: str, evalharness: CommandLine, files: Path):
    asked = evalharness("score", *words.split())
    assert asked.code == 2
    errors = [line for line in asked.err.splitlines() if not line.startswith("INFO")]
    assert len(errors) == 1
    assert shown in errors[0]
    assert not Path("results/runs").exists()


def test_reference_names_are_recorded_and_change_no_folder(evalharness: CommandLine, files: Path):
    for flags, names in (("ref ref2", ["A", "B"]), ("ref X=ref2", ["A", "X"])):
        assert evalharness(*f"score -r {flags} -i good.en -m bleu".split()).code == 0
        (recorded,) = Path("results").glob("runs/*/*/run.json")
        assert json.loads(recorded.read_text())["testset"]["reference_names"] == names


def test_a_file_whose_name_looks_like_an_option(evalharness: CommandLine, files: Path):
    (files / "good.en").rename(files / "limit=2")
    asked = evalharness(*words("score -r ref -i ./limit=2 bad.en -m bleu -f json results_dir=null"))
    runs = json.loads(asked.out)["runs"]
    assert [(run["system"], run["segments"]) for run in runs] == [("limit-2", 4), ("bad", 4)]


def test_one_pair_of_a_test_set_that_has_several(evalharness: CommandLine, tmp_path: Path):
    ran = evalharness("model=copy", "metric=chrf", "results_dir=made", "testset=statements")
    assert ran.code == 0, ran.err
    (folder,) = Path("made/runs").glob("statements.tr-en/*")
    rows = map(json.loads, (folder / "segments.jsonl").read_text().splitlines())
    by_line = {int(row["id"].rpartition(":")[2]): row["hypothesis"] for row in rows}
    lines = [by_line.get(n, "") for n in range(1, max(by_line) + 1)]
    seed = next((Path(__file__).parents[2] / "seeds/tr").glob("*.txt"))
    lines += [""] * (len(seed.read_text().splitlines()) - len(lines))
    Path("out.txt").write_text("".join(f"{line}\n" for line in lines))
    asked = evalharness(*words("score -t statements -l tr-en -i out.txt -m chrf -f json"))
    assert asked.code == 0, asked.err
    (run,) = json.loads(asked.out)["runs"]
    ours = json.loads((folder / "scores.json").read_text())["scores"][0]["score"]
    assert (run["source_lang"], run["scores"][0]["score"]) == ("tr", ours)


def test_nothing_is_kept_and_nothing_read_without_bound(
    evalharness: CommandLine, files: Path, monkeypatch: pytest.MonkeyPatch
):
    before = files_below(files)
    for form in ("table", "json"):
        asked = evalharness(*f"score -r ref -i good.en bad.en -f {form} results_dir=null".split())
        assert asked.code == 0, asked.err
    monkeypatch.setattr(reading, "MOST_TEXT_BYTES", 1000)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"x\n" * 1000)))
    asked = evalharness(*words("score -r ref -i - results_dir=null"))
    assert asked.code == 2
    assert "stdin: larger than 1000 bytes" in asked.err
    assert files_below(files) == before


def test_help_fits_a_terminal(evalharness: CommandLine, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COLUMNS", "80")
    asked = evalharness("score", "--help")
    assert asked.code == 0
    assert max(map(len, asked.out.splitlines())) <= 80


@pytest.mark.sweep
def test_published_scores_to_the_last_digit(evalharness: CommandLine, flores: Path):
    folder = flores / "ar-en"
    files = sorted(folder.glob("flores-test.*.en"))
    asked = evalharness(
        *("score", "-s", str(folder / "flores-test.ar"), "-r", str(folder / "flores-test.en")),
        *("-i", *map(str, files), "-l", "ar-en", "-m", "bleu", "-b", "-w", "1"),
        "bootstrap.resamples=50",
    )
    published = [read_lines(f"{file}.bleu")[0] for file in files]
    assert lines_of(asked) == published
