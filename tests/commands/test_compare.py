"""The compare command, against sacreBLEU's own significance test and sentence scores."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import sacrebleu
from sacrebleu.significance import PairedTest
from scipy import stats

from ..conftest import CommandLine, read_lines
from ..finished import BLEU, CHRF, TER, bitext, finished

SYSTEMS = {"ar": ("google", "bergamot-base", "nllb"), "tr": ("nllb", "opusmt")}
FEW = 120


def outputs(flores: Path, lang: str, system: str) -> list[str]:
    return read_lines(flores / f"{lang}-en" / f"flores-test.{system}.en")[:FEW]


@pytest.fixture(scope="module")
def made(flores: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs of three Arabic and two Turkish systems on the first lines of FLORES."""
    results = tmp_path_factory.mktemp("made") / "results"
    for lang, systems in SYSTEMS.items():
        references = read_lines(flores / f"{lang}-en" / "flores-test.en")[:FEW]
        news = bitext(references, testset="flores", lang=lang)
        for system in systems:
            finished(results, system, news, outputs(flores, lang, system), BLEU, CHRF)
    return results


@pytest.fixture
def results(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "results"))


def as_json(evalharness: CommandLine, *arguments: str) -> dict:
    outcome = evalharness("compare", *arguments, "format=json")
    assert outcome.code == 0, outcome.err
    return json.loads(outcome.out)


def test_p_values_are_those_of_sacrebleus_own_test(
    results: Path, flores: Path, evalharness: CommandLine
):
    runs = "runs=[google,bergamot-base,nllb]"
    answer = as_json(evalharness, runs, "compare.trials=1000")
    systems = {name: outputs(flores, "ar", name) for name in SYSTEMS["ar"]}
    _, theirs = PairedTest(
        list(systems.items()),
        {"BLEU": sacrebleu.BLEU(), "chrF2": sacrebleu.CHRF()},
        [read_lines(flores / "ar-en" / "flores-test.en")[:FEW]],
        test_type="ar",
        n_samples=1000,
    )()
    (section,) = answer["sections"]
    for metric in section["metrics"]:
        expected = {
            name: result.p_value
            for name, result in zip(systems, theirs[metric["column"]], strict=True)
        }
        ours = {
            pair["second"]: pair["p"] for pair in metric["comparisons"] if pair["first"] == "google"
        }
        assert ours == {name: pytest.approx(expected[name]) for name in ours}
        assert set(ours) == {"bergamot-base", "nllb"}


def holm_by_hand(p_values: Sequence[float]) -> list[float]:
    """Holm (1979), of p-values in ascending order."""
    corrected, smallest = [], 0.0
    for rank, p_value in enumerate(p_values):
        smallest = max(smallest, min(1.0, (len(p_values) - rank) * p_value))
        corrected.append(smallest)
    return corrected


def test_the_pairs_by_one_metric_on_one_test_set_and_pair_are_a_family(
    results: Path, evalharness: CommandLine
):
    answer = as_json(evalharness, "runs=[google,bergamot-base,nllb,opusmt]")
    assert answer["family"] == "metric"
    for section in answer["sections"]:
        for metric in section["metrics"]:
            pairs = sorted(metric["comparisons"], key=lambda pair: pair["p"])
            assert metric["tests"] == len(pairs) == {"ar": 3, "tr": 1}[section["source_lang"]]
            expected = holm_by_hand([pair["p"] for pair in pairs])
            assert [pair["p_corrected"] for pair in pairs] == pytest.approx(expected)


def test_the_board_and_a_comparison_of_all_systems_rank_alike(
    results: Path, evalharness: CommandLine
):
    compared = evalharness("compare", "runs=[google,bergamot-base,nllb]", "format=json")
    ranks = {
        row["system"]: (row["rank_low"], row["rank_high"])
        for row in json.loads(compared.out)["runs"]
    }
    assert evalharness("leaderboard").code == 0
    with (results / "leaderboard.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["source_lang"] == "ar"]
    assert {row["system"]: (int(row["rank_low"]), int(row["rank_high"])) for row in rows} == ranks


def test_family_all_corrects_for_all_pairs_metrics_and_languages_of_a_call(
    results: Path, evalharness: CommandLine
):
    answer = as_json(evalharness, "runs=[google,nllb,opusmt]", "compare.family=all")
    langs = [(section["source_lang"], len(section["runs"])) for section in answer["sections"]]
    assert langs == [("ar", 2), ("tr", 2)]
    pairs = [
        pair
        for section in answer["sections"]
        for metric in section["metrics"]
        for pair in metric["comparisons"]
    ]
    assert answer["tests"] == len(pairs) == 4
    ordered = sorted(pairs, key=lambda pair: pair["p"])
    expected = holm_by_hand([pair["p"] for pair in ordered])
    assert [pair["p_corrected"] for pair in ordered] == pytest.approx(expected)
    assert all(pair["significant"] == (pair["p_corrected"] <= 0.05) for pair in pairs)
    assert any("flores ar-en: no run of opusmt" in note for note in answer["notes"])
    assert any("Holm's correction of all 4 tests by metrics" in note for note in answer["notes"])


def test_there_are_enough_trials_for_any_test_of_the_family(
    results: Path, evalharness: CommandLine
):
    answer = as_json(evalharness, "runs=[google,nllb]", "alpha=0.0001")
    assert answer["trials"] == 20 / 0.0001
    assert answer["tests"] / (answer["trials"] + 1) <= 0.0001
    answer = as_json(evalharness, "runs=[google,nllb]", "alpha=0.001", "compare.test=bootstrap")
    assert answer["tests"] / (answer["resamples"] + 1) <= 0.001


def sentence_scores(flores: Path, system: str) -> np.ndarray:
    references = read_lines(flores / "ar-en" / "flores-test.en")[:FEW]
    return np.array(
        [
            sacrebleu.sentence_chrf(hypothesis, [reference]).score
            for hypothesis, reference in zip(outputs(flores, "ar", system), references, strict=True)
        ]
    )


def test_segments_won_and_shown_are_those_of_sacrebleus_sentence_scores(
    results: Path, flores: Path, evalharness: CommandLine
):
    options = ["select.pair=ar-en", "compare.by=chrF2", "compare.metrics=[chrF2]"]
    answer = as_json(evalharness, "runs=[google,bergamot-base,nllb]", *options)
    better, worse = (sentence_scores(flores, name) for name in ("google", "bergamot-base"))
    (pair,) = (
        pair
        for pair in answer["sections"][0]["metrics"][0]["comparisons"]
        if (pair["first"], pair["second"]) == ("google", "bergamot-base")
    )
    assert (pair["won"], pair["lost"], pair["tied"]) == (
        np.sum(better > worse),
        np.sum(better < worse),
        np.sum(better == worse),
    )
    examples = answer["sections"][0]["examples"]
    assert examples["systems"] == ["google", "bergamot-base"]
    furthest = np.argsort(-np.abs(better - worse), kind="stable")[:10]
    assert [row["id"] for row in examples["segments"]] == [str(n + 1) for n in furthest]
    first = examples["segments"][0]
    assert first["hypotheses"]["google"] == outputs(flores, "ar", "google")[furthest[0]]
    assert first["scores"]["google"] == pytest.approx(better[furthest[0]])
    answer = as_json(
        evalharness, "runs=[google,bergamot-base,nllb]", *options, "compare.examples=0"
    )
    assert answer["sections"][0]["examples"] is None
    chosen = "compare.examples_of=[nllb,google]"
    answer = as_json(evalharness, "runs=[google,bergamot-base,nllb]", *options, chosen)
    assert answer["sections"][0]["examples"]["systems"] == ["google", "nllb"]


def test_verdicts_are_words(results: Path, evalharness: CommandLine):
    options = ["select.pair=ar-en", "format=markdown", "alpha=0.001"]
    outcome = evalharness("compare", "runs=[google,bergamot-base,nllb]", *options)
    assert outcome.code == 0
    assert "| google is better than nllb |" in outcome.out
    assert "| bergamot-base and nllb: no difference shown; at this size one of " in outcome.out
    assert " would have been found in 80 % of cases |" in outcome.out
    assert "Holm's correction of the pairs of systems by one metric on one test set" in outcome.out


REFERENCES = [f"this is reference number {n} of the whole test set" for n in range(40)]
GOOD = [text.replace("whole ", "") for text in REFERENCES]
BAD = [text.replace("of the whole test set", "x") for text in REFERENCES]


def test_lower_is_better_where_the_metric_says_so(tmp_path: Path, evalharness: CommandLine):
    news = bitext(REFERENCES)
    for name, texts in (("bad", BAD), ("good", GOOD), ("same", GOOD)):
        finished(tmp_path / "results", name, news, texts, TER)
    (metric,) = as_json(evalharness, "runs=[bad,good,same]")["sections"][0]["metrics"]
    verdicts = [pair["verdict"] for pair in metric["comparisons"]]
    assert verdicts == [
        "good and same: no difference",
        "good is better than bad",
        "same is better than bad",
    ]
    first, second, _ = metric["comparisons"]
    assert (first["p"], first["detectable"], first["tied"]) == (1.0, None, 40)
    assert second["difference"] < 0
    assert second["won"] == 40


def test_unlike_numbers_are_never_compared_and_that_is_said(
    tmp_path: Path, evalharness: CommandLine
):
    news, lower = bitext(REFERENCES), {**BLEU, "lowercase": True}
    for name, texts, metrics in (
        ("a", GOOD, [BLEU, CHRF]),
        ("b", BAD, [BLEU, CHRF, TER]),
        ("c", BAD, [lower, CHRF]),
    ):
        finished(tmp_path / "results", name, news, texts, *metrics)
    answer = as_json(evalharness, "runs=[a,b,c]")
    compared = {
        metric["column"]: {(pair["first"], pair["second"]) for pair in metric["comparisons"]}
        for metric in answer["sections"][0]["metrics"]
    }
    assert compared["BLEU|case:mixed"] == {("a", "b")}
    assert len(compared["chrF2"]) == 3
    assert set(compared) == {"BLEU|case:mixed", "chrF2"}
    for note in ("BLEU|case:lc only of c", "BLEU|case:mixed only of a, b", "TER only of b"):
        assert f"news tr-en: {note}" in answer["notes"]
    assert "BLEU: 2 signatures, in a column each, never ranked together" in answer["notes"]
    outcome = evalharness("compare", "runs=[a,c]", "compare.metrics=[BLEU]")
    assert outcome.code == 2
    assert "no two runs have the same metric" in outcome.err


def test_documents_are_the_units_where_there_are_enough(tmp_path: Path, evalharness: CommandLine):
    news = bitext(REFERENCES, documents=[f"d{n % 10}" for n in range(40)])
    for name, texts in (("a", GOOD), ("b", BAD)):
        finished(tmp_path / "results", name, news, texts, BLEU)
    (section,) = as_json(evalharness, "runs=[a,b]", "alpha=0.5")["sections"]
    assert (section["unit"], section["units"], section["segments"]) == ("document", 10, 40)
    # of 10 documents that all agree, 2 of 1024 assignments are as extreme
    (pair,) = section["metrics"][0]["comparisons"]
    assert pair["p"] == pytest.approx(2 / 1024, abs=0.002)


def by_documents(results: Path, documents: int, *systems: str) -> None:
    news = bitext(REFERENCES, documents=[f"d{n * documents // 40}" for n in range(40)])
    for name, texts in zip(systems or ("a", "b"), (GOOD, BAD, REFERENCES), strict=False):
        finished(results, name, news, texts, BLEU)


def test_fewer_than_six_documents_show_nothing(tmp_path: Path, evalharness: CommandLine):
    by_documents(tmp_path / "results", 5)
    (section,) = as_json(evalharness, "runs=[a,b]")["sections"]
    assert (section["unit"], section["units"]) == ("document", 5)
    (pair,) = section["metrics"][0]["comparisons"]
    assert (pair["p"], pair["p_corrected"], pair["significant"]) == (None, None, False)
    assert pair["verdict"] == "a and b: cannot be shown with 5 documents"
    outcome = evalharness("leaderboard")
    assert "order of 2 systems cannot be shown with 5 documents" in " ".join(outcome.out.split())
    assert " 1-2 " in outcome.out


def test_ranges_of_few_documents_are_scipys_t_intervals_of_pseudo_values(
    tmp_path: Path, evalharness: CommandLine
):
    documents = [f"d{n * 8 // 40}" for n in range(40)]
    news = bitext(REFERENCES, documents=documents)
    texts = {"a": [text.replace("whole ", "") for text in REFERENCES], "b": REFERENCES[:]}
    for at in range(0, 40, 7):
        texts["b"][at] = "nothing"
    for system, several in texts.items():
        finished(tmp_path / "results", system, news, several, CHRF)
    (row,) = as_json(evalharness, "runs=[a,b]")["differences"]

    def score(system: str, without: str = "") -> float:
        kept = [n for n in range(40) if documents[n] != without]
        peer = sacrebleu.CHRF()
        mine, theirs = ([several[n] for n in kept] for several in (texts[system], REFERENCES))
        return peer.corpus_score(mine, [theirs]).score

    def difference(without: str = "") -> float:
        return score(row["first"], without) - score(row["second"], without)

    left_out = np.array([difference(document) for document in dict.fromkeys(documents)])
    pseudo = 8 * difference() - 7 * left_out
    low, high = stats.t.interval(0.95, 7, scale=stats.sem(pseudo))
    assert row["low"] == pytest.approx(difference() + low, abs=1e-9)
    assert row["high"] == pytest.approx(difference() + high, abs=1e-9)


def test_two_systems_that_differ_on_few_segments_cannot_be_shown_to(
    tmp_path: Path, evalharness: CommandLine
):
    news = bitext(REFERENCES)
    finished(tmp_path / "results", "a", news, REFERENCES, CHRF)
    changed = [text if n > 2 else "nothing" for n, text in enumerate(REFERENCES)]
    finished(tmp_path / "results", "b", news, changed, CHRF)
    answer = as_json(evalharness, "runs=[a,b]")
    (pair,) = answer["sections"][0]["metrics"][0]["comparisons"]
    assert pair["verdict"] == "a and b: cannot be shown, since they differ on 3 segments only"
    assert pair["detectable"] is None
    assert pair["p"] == pytest.approx(2 / 2**3, abs=0.02)  # of 8 swaps two are as far apart


def test_six_documents_tell_two_systems_apart_and_not_three(
    tmp_path: Path, evalharness: CommandLine
):
    by_documents(tmp_path / "results", 6, "a", "b", "c")
    (pair,) = as_json(evalharness, "runs=[a,b]")["differences"]
    assert pair["p"] == pytest.approx(2 / 2**6, abs=0.004)  # the exact test's
    assert pair["significant"]
    answer = as_json(evalharness, "runs=[a,b,c]")
    for pair in answer["sections"][0]["metrics"][0]["comparisons"]:
        assert pair["verdict"].endswith("cannot be shown with 6 documents in 3 tests")


def test_one_document_leaves_its_segments_and_a_note(tmp_path: Path, evalharness: CommandLine):
    by_documents(tmp_path / "results", 1)
    answer = as_json(evalharness, "runs=[a,b]")
    assert (answer["sections"][0]["unit"], answer["sections"][0]["units"]) == ("segment", 40)
    assert answer["differences"][0]["significant"]
    assert any("tr-en: one document, so its segments are" in note for note in answer["notes"])


def test_json_has_a_row_for_each_pair_and_metric(results: Path, evalharness: CommandLine):
    answer = as_json(evalharness, "runs=[google,bergamot-base,nllb]")
    rows = answer["differences"]
    assert len(rows) == 3 * 2
    scores = {
        (metric["column"], one["system"]): one["score"]
        for metric in answer["sections"][0]["metrics"]
        for one in metric["scores"]
    }
    for row in rows:
        ours, theirs = (scores[row["metric"], row[which]] for which in ("first", "second"))
        assert row["difference"] == pytest.approx(ours - theirs)
        assert ours >= theirs
        assert row["low"] < row["difference"] < row["high"]
        assert row["p"] <= row["p_corrected"]
        assert row["significant"] == (row["p_corrected"] <= 0.05)


def test_a_p_value_at_the_floor_is_a_bound(tmp_path: Path, evalharness: CommandLine):
    for name, texts in (("a", GOOD), ("b", BAD), ("c", REFERENCES)):
        finished(tmp_path / "results", name, bitext(REFERENCES), texts, BLEU)
    options = ["runs=[a,b,c]", "format=markdown", "compare.examples=0"]
    outcome = evalharness("compare", *options, "compare.trials=999")
    # of 999 trials none is as far apart: 1 / 1000, and three times that, for all three pairs
    assert outcome.out.count(r"| \<0.001 | \<0.003 |") == 3


def test_runs_of_one_name_are_told_apart(tmp_path: Path, evalharness: CommandLine):
    news = bitext(REFERENCES)
    records = [finished(tmp_path / "results", "a", news, texts, BLEU) for texts in (GOOD, BAD)]
    hashed = sorted(record.folder.rpartition("/")[2] for record in records)
    (section,) = as_json(evalharness, "runs=[a]")["sections"]
    assert [run["system"] for run in section["runs"]] == hashed
    shutil.copytree(tmp_path / "results", tmp_path / "other")
    folders = [f"{root}/{records[0].folder}" for root in ("results", "other")]
    (section,) = as_json(evalharness, f"runs=[{','.join(folders)}]")["sections"]
    assert [Path(run["system"]) for run in section["runs"]] == [
        tmp_path / folder for folder in folders
    ]


def test_damaged_statistics_are_named_with_what_mends_them(results: Path, evalharness: CommandLine):
    (path,) = results.glob("runs/flores.ar-en/google.*/statistics.npz")
    path.write_bytes(path.read_bytes()[:-100])
    outcome = evalharness("compare", "runs=[google,nllb]", "format=json")
    assert outcome.code == 2
    (line,) = outcome.err.splitlines()
    assert "google." in line
    assert "statistics.npz: damaged run: " in line
    assert line.endswith("delete the folder and run again")


@pytest.mark.parametrize("width", ["80", "120"])
def test_tables_keep_to_the_terminals_width(
    width: str, results: Path, evalharness: CommandLine, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("COLUMNS", width)
    outcome = evalharness("compare", "runs=[google,bergamot-base,nllb,opusmt]")
    assert max(len(line.rstrip()) for line in outcome.out.splitlines()) <= int(width)
    assert not re.search("…(?![+−])", outcome.out)  # those of ranges alone: nothing is cut off
    assert "where opusmt and nllb differ most by BLEU" in " ".join(outcome.out.split())


HOSTILE = ["red \x1b[2Japple", "blue | sea\r", "[/bold] sun", "a\u2028b", r"\x_y & 5 %"]


@pytest.mark.parametrize("form", ["table", "markdown", "latex"])
def test_what_systems_write_stays_in_its_place(form: str, tmp_path: Path, evalharness: CommandLine):
    news = bitext(["red apple", "blue sea", "yellow sun", "a b", "x y"])
    for name, texts in (("under_score", HOSTILE), ("b", ["red apple"] * 5)):
        finished(tmp_path / "results", name, news, texts, CHRF)
    outcome = evalharness("compare", "runs=[under_score,b]", f"format={form}")
    assert outcome.code == 0
    for character in "\x1b\r\u2028":
        assert character not in outcome.out
    assert {"markdown": r"blue \| sea", "latex": r"under\_score", "table": "[/bold] sun"}[
        form
    ] in outcome.out
    if form == "markdown":
        rows = [line for line in outcome.out.splitlines() if line.startswith("| ")]
        columns = [line.replace(r"\|", "").count("|") for line in rows[-5:]]
        assert len(set(columns)) == 1


def test_machine_drafted_references_are_said_in_every_form(
    evalharness: CommandLine, tmp_path: Path
):
    news = replace(bitext(REFERENCES), provenance=("machine-drafted",))
    for name, texts in (("a", GOOD), ("b", BAD)):
        finished(tmp_path / "results", name, news, texts, CHRF)
    for form in ("table", "markdown", "latex", "json", "html"):
        outcome = evalharness("compare", "runs=[a,b]", f"format={form}")
        assert "MACHINE-DRAFTED" in outcome.out


def test_csv_has_the_differences_of_json(results: Path, evalharness: CommandLine):
    named = "runs=[google,nllb,opusmt]"
    pairs = {
        (section["source_lang"], metric["column"], pair["first"], pair["second"]): pair
        for section in as_json(evalharness, named)["sections"]
        for metric in section["metrics"]
        for pair in metric["comparisons"]
    }
    outcome = evalharness("compare", named, "format=csv")
    rows = list(csv.DictReader(io.StringIO(outcome.out)))
    assert len(rows) == len(pairs) == 4
    for row in rows:
        pair = pairs[row["source_lang"], row["metric"], row["first"], row["second"]]
        ends = [float(row[key]) for key in ("difference", "low", "high")]
        assert ends == [pair["difference"], pair["low"], pair["high"]]
        assert float(row["p_corrected"]) == pair["p_corrected"]
        assert row["significant"] == str(pair["significant"]).lower()


def test_only_latex_leaves_the_segments_out(results: Path, flores: Path, evalharness: CommandLine):
    arabic = read_lines(flores / "ar-en/flores-test.en")[:FEW]
    for form in ("table", "markdown", "latex", "json", "html"):
        options = ["compare.examples=1", f"format={form}"]
        outcome = evalharness("compare", "runs=[google,bergamot-base]", *options)
        shown = " ".join(outcome.out.replace("\\", "").split())
        assert any(line in shown for line in arabic if "'" not in line) is (form != "latex")


def test_a_selection_chooses_among_the_runs_that_are_named(results: Path, evalharness: CommandLine):
    named = "runs=[google,bergamot-base,nllb]"
    for select in ("select.exclude=[nllb]", "select.systems=[google,bergamot-base]"):
        (section,) = as_json(evalharness, named, select)["sections"]
        assert {run["system"] for run in section["runs"]} == {"google", "bergamot-base"}
    outcome = evalharness("compare", named, "select.systems=[gogle]")
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)
    assert "select.systems: no run has 'gogle'" in outcome.err


BAD_INPUTS: dict[str, tuple[Sequence[str], Sequence[str]]] = {
    "no runs": ([], ["runs", "not given", "runs=[A,B]"]),
    "no list": (["runs=google"], ["runs=google", "give a list"]),
    "one run": (["runs=[google]"], ["runs", "1 run", "needs two"]),
    "the same run twice": (["runs=[google,google]"], ["1 run", "needs two"]),
    "unknown system": (["runs=[google,gogle]"], ["'gogle'", "systems: ", "google"]),
    "a folder that is no run": (
        ["runs=[google,results]"],
        ["results: not a run", "such as"],
    ),
    "no folder": (["runs=[google,./nowhere]"], ["./nowhere", "no such folder"]),
    "nobody's": (["runs=[google,~nobody.there/run]"], ["~nobody.there/run", "no such folder"]),
    "runs of different test sets": (
        ["runs=[google,opusmt]"],
        ["different test sets", "flores ar-en", "flores tr-en", "digest"],
    ),
    "no run on that pair": (["runs=[google,nllb]", "select.pair=de-en"], ["'google' on de-en"]),
    "alpha of nothing": (["runs=[google,nllb]", "alpha=0"], ["alpha", "between"]),
    "alpha of one": (["runs=[google,nllb]", "alpha=1"], ["alpha", "between"]),
    "alpha that is no number": (["runs=[google,nllb]", "alpha=nan"], ["alpha"]),
    "alpha too small": (["runs=[google,nllb]", "alpha=1e-9"], ["alpha", "trials"]),
    "too few trials": (["runs=[google,nllb]", "compare.trials=9"], ["compare.trials", "less than"]),
    "too many trials": (["runs=[google,nllb]", "compare.trials=9000000"], ["compare.trials"]),
    "too few resamples": (["runs=[google,nllb]", "compare.resamples=39"], ["compare.resamples"]),
    "negative seed": (["runs=[google,nllb]", "seed=-1"], ["seed", "less than 0"]),
    "unknown metric": (
        ["runs=[google,nllb]", "compare.metrics=[BLUE]"],
        ["compare.metrics", "'BLUE'", "metrics: BLEU, chrF2"],
    ),
    "no metric": (["runs=[google,nllb]", "compare.metrics=[]"], ["compare.metrics", "none"]),
    "unknown metric to show": (["runs=[google,nllb]", "compare.by=TER"], ["compare.by", "'TER'"]),
    "negative examples": (["runs=[google,nllb]", "compare.examples=-1"], ["compare.examples"]),
    "one system to show": (
        ["runs=[google,nllb]", "compare.examples_of=[nllb]"],
        ["compare.examples_of", "not two", "systems: google, nllb"],
    ),
    "unknown test": (["runs=[google,nllb]", "compare.test=t"], ["compare.test", "randomization"]),
}


@pytest.mark.sample
@pytest.mark.parametrize("case", BAD_INPUTS)
def test_bad_input_gets_one_clear_line(case: str, made: Path, evalharness: CommandLine):
    arguments, words = BAD_INPUTS[case]
    (Path.cwd() / "results").symlink_to(made)
    outcome = evalharness("compare", *arguments)
    assert outcome.code == 2
    assert outcome.out == ""
    assert outcome.err.count("\n") == 1
    assert outcome.err.startswith("evalharness: error: ")
    for word in words:
        assert word in outcome.err


def test_one_segment_is_refused(tmp_path: Path, evalharness: CommandLine):
    news = bitext(REFERENCES[:1])
    for name, texts in (("a", GOOD), ("b", BAD)):
        finished(tmp_path / "results", name, news, texts[:1], BLEU)
    outcome = evalharness("compare", "runs=[a,b]")
    assert outcome.code == 2
    assert "news tr-en has one segment: nothing tells how scores vary" in outcome.err


def test_nothing_is_written(made: Path, evalharness: CommandLine):
    (Path.cwd() / "results").symlink_to(made)
    before = sorted(path for path in made.rglob("*"))
    assert evalharness("compare", "runs=[google,nllb]").code == 0
    assert sorted(path for path in made.rglob("*")) == before
    assert [path.name for path in Path.cwd().iterdir()] == ["results"]
