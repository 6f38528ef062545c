"""The gate's questions about checks: `margin.<check>` and `max_rate.<check>`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binomtest

from evalharness.checks import Check, CopiedSource, Empty, Unfinished
from evalharness.results import CHECKS as CHECKS_PREFIX

from ..conftest import CommandLine, Outcome
from ..finished import BLEU, bitext, finished
from ..plugins.own_checks import Shouting, Versioned

COUNT = 300
TEXTS = [f"the cat number {n} sat on mat {n % 7}" for n in range(COUNT)]
NEWS = bitext(TEXTS)
CHECKS = (Empty(), CopiedSource())


def copying(*rows: int) -> list[str]:
    """Outputs that are the source in these rows."""
    return [NEWS.segments[n].source if n in rows else text for n, text in enumerate(TEXTS)]


def write(folder: Path, *rows: int, checks: tuple[Check, ...] = CHECKS) -> None:
    finished(folder, "system", NEWS, copying(*rows), BLEU, checks=checks)


Gate = Callable[..., Outcome]


@pytest.fixture
def gate(evalharness: CommandLine) -> Gate:
    """Holds `now` to the baseline `base`, by BLEU with room enough and by what else is asked."""

    def call(*words: str) -> Outcome:
        usual = ["gate", "baseline=base", "candidate=now", "margin.bleu=90"]
        return evalharness(*usual, "format=json", *words)

    return call


@pytest.fixture
def update(evalharness: CommandLine, tmp_path: Path) -> Callable[..., None]:
    """Writes the baseline `base` of outputs that copy the source in the first two rows."""

    def call(*words: str, checks: tuple[Check, ...] = CHECKS) -> None:
        write(tmp_path / "then", 0, 1, checks=checks)
        outcome = evalharness("gate", "update=true", "baseline=base", "candidate=then", *words)
        assert outcome.code == 0, outcome.err

    return call


def verdicts(outcome: Outcome) -> dict[str, dict]:
    return {verdict["metric"]: verdict for verdict in json.loads(outcome.out)["verdicts"]}


def notes(outcome: Outcome) -> str:
    return "\n".join(json.loads(outcome.out)["notes"])


def test_without_a_limit_a_check_stops_nothing_and_is_noted(
    gate: Gate, update: Callable[..., None], tmp_path: Path
):
    update()
    write(tmp_path / "now", *range(100))
    outcome = gate()
    assert outcome.code == 0, outcome.out
    assert set(verdicts(outcome)) == {"BLEU"}
    assert "copied_source flags 100 of 300, in the baseline 2 of 300, which stops nothing" in notes(
        outcome
    )
    assert "empty flags" not in notes(outcome)


def test_a_margin_is_held_by_the_exact_bound_of_newly_flagged_segments(
    gate: Gate, update: Callable[..., None], tmp_path: Path
):
    update("margin.copied_source=0.05")
    write(tmp_path / "now", 1, 2, 3)  # two are new, one is gone
    outcome = gate("metric=[]", "candidate=now")
    verdict = verdicts(outcome)["margin.copied_source"]
    assert (outcome.code, verdict["outcome"]) == (0, "pass")
    measured = verdict["measured"]
    assert measured["baseline"] == pytest.approx(2 / COUNT)
    assert measured["candidate"] == pytest.approx(3 / COUNT)
    assert measured["margin"] == 0.05
    assert measured["units"] == COUNT
    # Of two questions the clearest is held to 0.05 / 2, the other to 0.05.
    bounds = [
        binomtest(2, COUNT, alternative="less").proportion_ci(1 - level, "exact").high
        for level in (0.05, 0.025)
    ]
    assert any(measured["high"] == pytest.approx(bound, abs=1e-9) for bound in bounds)


@pytest.mark.parametrize(
    ("limit", "rows", "outcome"),
    [
        ("margin.copied_source=0.02", 3, "pass"),
        ("margin.copied_source=0.02", 8, "inconclusive"),
        ("margin.copied_source=0.02", 60, "fail"),
        ("max_rate.copied_source=0.03", 3, "pass"),
        ("max_rate.copied_source=0.03", 9, "inconclusive"),
        ("max_rate.copied_source=0.03", 30, "fail"),
        ("max_rate.empty=0.02", 60, "pass"),
    ],
)
def test_limits_pass_fail_or_stay_open(
    limit: str,
    rows: int,
    outcome: str,
    gate: Gate,
    update: Callable[..., None],
    tmp_path: Path,
):
    update()
    write(tmp_path / "now", *range(rows))
    made = gate(limit)
    verdict = verdicts(made)[limit.partition("=")[0]]
    assert verdict["outcome"] == outcome, verdict
    assert made.code == (0 if outcome == "pass" else 1)


def test_fewer_flags_are_an_improvement(gate: Gate, tmp_path: Path, evalharness: CommandLine):
    write(tmp_path / "then", *range(50))
    assert evalharness("gate", "update=true", "baseline=base", "candidate=then").code == 0
    write(tmp_path / "now", 3)
    verdict = verdicts(gate("margin.copied_source=0.05"))["margin.copied_source"]
    assert verdict["outcome"] == "better"


def test_the_baseline_holds_limits_and_the_command_line_goes_before(
    gate: Gate, update: Callable[..., None], tmp_path: Path
):
    update("margin.copied_source=0.02", "max_rate.empty=0.1")
    write(tmp_path / "now", *range(60))
    asked = verdicts(gate())
    assert asked["margin.copied_source"]["outcome"] == "fail"
    assert asked["max_rate.empty"]["outcome"] == "pass"
    wider = verdicts(gate("margin.copied_source=0.5"))["margin.copied_source"]
    assert wider["outcome"] == "pass"


def test_flags_are_what_the_hypotheses_say_not_what_the_folder_does(
    gate: Gate, update: Callable[..., None], tmp_path: Path
):
    update("margin.copied_source=0.02")
    write(tmp_path / "now", *range(60))
    write(tmp_path / "clean")
    (forged,), (clean,) = (list((tmp_path / name).glob("runs/*/*")) for name in ("now", "clean"))
    tables = dict(np.load(forged / "statistics.npz"))
    for name, table in np.load(clean / "statistics.npz").items():
        tables |= {name: table} if name.startswith(CHECKS_PREFIX) else {}
    np.savez(forged / "statistics.npz", **tables)
    content = json.loads((forged / "scores.json").read_text())
    other = json.loads((clean / "scores.json").read_text())
    (forged / "scores.json").write_text(json.dumps({**content, "checks": other["checks"]}))
    outcome = gate()
    verdict = verdicts(outcome)["margin.copied_source"]
    assert (outcome.code, verdict["outcome"]) == (1, "fail")
    assert verdict["obstacle"] == "its run folder says that 0 are flagged, its hypotheses say 60"


def test_a_forged_baseline_is_refused(gate: Gate, update: Callable[..., None], tmp_path: Path):
    update("margin.copied_source=0.02")
    write(tmp_path / "now")
    about = tmp_path / "base" / "baseline.json"
    content = json.loads(about.read_text())
    (held,) = (held for held in content["runs"][0]["checks"] if held["check"] == "copied_source")
    assert held["flagged"] == ["1", "2"]
    held["flagged"] = [str(n) for n in range(1, 100)]
    about.write_text(json.dumps(content))
    outcome = gate()
    assert outcome.code == 2
    assert "copied_source flags 2 of its hypotheses, not 99" in outcome.err


@pytest.mark.parametrize(
    "damage",
    [
        {"flagged": ["1", "1"]},
        {"flagged": ["no such segment"]},
        {"flagged": 3},
        {"flagged": ["1"], "unjudged": ["1"]},
        {"check": "a/b"},
        {"signature": None},
        {"margin": 0},
        {"margin": "x"},
        {"max_rate": 7},
        {"max_rate": True},
    ],
    ids=str,
)
def test_a_damaged_baseline_is_named(
    damage: dict[str, object], gate: Gate, update: Callable[..., None], tmp_path: Path
):
    update()
    write(tmp_path / "now")
    about = tmp_path / "base" / "baseline.json"
    content = json.loads(about.read_text())
    content["runs"][0]["checks"][0].update(damage)
    about.write_text(json.dumps(content))
    outcome = gate()
    assert outcome.code == 2
    assert "baseline.json" in outcome.err
    assert "Traceback" not in outcome.err


def test_a_baseline_without_checks_is_held_by_its_metrics_alone(
    gate: Gate, update: Callable[..., None], tmp_path: Path
):
    update()
    write(tmp_path / "now", *range(60))
    about = tmp_path / "base" / "baseline.json"
    content = json.loads(about.read_text())
    del content["runs"][0]["checks"]
    about.write_text(json.dumps(content))
    assert gate().code == 0
    assert "copied_source" not in notes(gate())
    verdict = verdicts(gate("margin.copied_source=0.02"))["margin.copied_source"]
    assert verdict["outcome"] == "fail"
    assert verdict["obstacle"].startswith("the baseline does not hold it")
    # How high a rate may be asks nothing of the baseline.
    assert verdicts(gate("max_rate.copied_source=0.5"))["max_rate.copied_source"]["measured"]


def test_a_candidate_without_the_check_does_not_pass(
    gate: Gate, update: Callable[..., None], tmp_path: Path
):
    update("margin.copied_source=0.02")
    write(tmp_path / "now", checks=())
    outcome = gate()
    verdict = verdicts(outcome)["margin.copied_source"]
    assert (outcome.code, verdict["outcome"]) == (1, "fail")
    assert verdict["obstacle"] == "the candidate was not looked at with it"


def test_another_way_of_looking_is_not_compared_in_silence(
    gate: Gate, update: Callable[..., None], tmp_path: Path
):
    update(checks=(Shouting(least=1),))
    write(tmp_path / "now", checks=(Shouting(least=9),))
    assert "shouting is not compared: computed in another way: least:1, now least:9" in notes(
        gate()
    )
    verdict = verdicts(gate("+margin.shouting=0.02"))["margin.shouting"]
    assert verdict["outcome"] == "fail"
    assert verdict["obstacle"] == "computed in another way: least:1, now least:9"


VERSIONED = ["+check.own._target_=own_checks.Versioned", "+margin.versioned=0.05"]


@pytest.mark.parametrize(("then", "now"), [("1", "2"), ("2", "1"), ("1", "1")])
def test_a_version_alone_fails_no_rate_and_both_sides_are_looked_at_with_todays(
    then: str, now: str, gate: Gate, update: Callable[..., None], tmp_path: Path
):
    update(checks=(Versioned(package=then),))
    write(tmp_path / "now", 0, 1, 2, checks=(Versioned(package=now),))
    outcome = gate(*VERSIONED, "+check.own.package='2'")
    assert outcome.code == 0, outcome.out
    measured = verdicts(outcome)["margin.versioned"]["measured"]
    # The first version sees nothing, the second one sees that 2 and 3 are copied.
    assert measured["baseline"] == pytest.approx(2 / COUNT)
    assert measured["candidate"] == pytest.approx(3 / COUNT)
    assert measured["believed"] == ""
    renewed = "computed with other versions (version:1, now version:2), both sides are scored"
    assert (renewed in notes(outcome)) is (then == "1")
    assert "is not compared" not in notes(gate(*VERSIONED[:1]))


def test_flags_of_other_versions_that_nobody_looks_at_again_are_compared_as_recorded(
    gate: Gate, update: Callable[..., None], tmp_path: Path
):
    update(checks=(Versioned(package="1"),))
    write(tmp_path / "now", *range(60), checks=(Versioned(package="2"),))
    outcome = gate(VERSIONED[1])
    assert verdicts(outcome)["margin.versioned"]["outcome"] == "fail"
    assert "(version:1, now version:2), compared as recorded" in notes(outcome)


@pytest.mark.parametrize("more", [(), ("update=true",)], ids=str)
@pytest.mark.parametrize("option", ["+margin.copied_sauce=0.1", "+max_rate.copied_sauce=0.1"])
def test_a_limit_for_what_nobody_has_is_refused(
    option: str, more: tuple[str, ...], gate: Gate, update: Callable[..., None], tmp_path: Path
):
    update()
    before = (tmp_path / "base" / "baseline.json").read_bytes()
    write(tmp_path / "now")
    outcome = gate(option, *more)
    assert outcome.code == 2
    assert f"{option[1:].partition('=')[0]}: no such" in outcome.err
    assert "copied_source" in outcome.err
    assert (tmp_path / "base" / "baseline.json").read_bytes() == before


def test_a_changed_option_of_a_check_fails_whatever_the_version(
    gate: Gate, update: Callable[..., None], tmp_path: Path
):
    update(checks=(Versioned(package="1"),))
    write(tmp_path / "now", checks=(Versioned(package="2", least=9),))
    verdict = verdicts(gate(VERSIONED[1]))["margin.versioned"]
    assert verdict["outcome"] == "fail"
    expected = "computed in another way: least:1|version:1, now least:9|version:2"
    assert verdict["obstacle"] == expected


@pytest.mark.parametrize(
    ("fails", "words"),
    [("signature", "has no signature"), ("requirement", "cannot say what it needs")],
)
def test_a_check_that_fails_when_it_is_asked_is_named_in_one_line(
    fails: str, words: str, gate: Gate, update: Callable[..., None], tmp_path: Path
):
    update(checks=(Shouting(),))
    write(tmp_path / "now", checks=(Shouting(),))
    own = ["+check.own._target_=own_checks.Speechless", f"+check.own.fails={fails}"]
    outcome = gate("+margin.shouting=0.05", *own)
    assert outcome.code == 2
    assert outcome.err.count("\n") == 1
    assert f"check.shouting: {words}: OSError: no list of words; mend the check" in outcome.err


@pytest.mark.parametrize(
    ("documents", "few"),
    [(1, None), (2, "with 2 documents nothing can be shown"), (5, "with 5 documents"), (6, None)],
)
@pytest.mark.parametrize("limit", ["margin.copied_source", "max_rate.copied_source"])
def test_two_to_five_documents_leave_a_rate_open(
    documents: int,
    few: str | None,
    limit: str,
    gate: Gate,
    evalharness: CommandLine,
    tmp_path: Path,
):
    names = [f"d{n * documents // COUNT}" for n in range(COUNT)]
    news = bitext(TEXTS, documents=names)
    for folder, rows in (("then", 0), ("now", COUNT)):
        texts = copying(*range(rows))
        finished(tmp_path / folder, "system", news, texts, BLEU, checks=CHECKS)
    written = evalharness("gate", "update=true", "baseline=base", "candidate=then")
    assert written.code == 0, written.err
    outcome = gate(f"{limit}=0.02")
    found = verdicts(outcome)
    assert outcome.code == 1
    assert found[limit]["outcome"] == ("inconclusive" if few else "fail")
    assert (few or "") in (found[limit]["obstacle"] or "")
    assert ("one document, so its segments are tested" in notes(outcome)) is (documents == 1)
    if documents == 1:  # scores, too, are measured by segments
        assert {one["measured"]["unit"] for one in found.values()} == {"segment"}
        assert {one["measured"]["units"] for one in found.values()} == {COUNT}


def test_a_check_that_can_judge_few_of_the_documents_shows_nothing(
    gate: Gate, evalharness: CommandLine, tmp_path: Path
):
    news = bitext(TEXTS, documents=[f"d{n // 30}" for n in range(COUNT)])
    for folder, text in (("then", "yes"), ("now", "NO")):
        texts = [f"{text} of course" if n < 60 else "1 2 3" for n in range(COUNT)]
        finished(tmp_path / folder, "system", news, texts, BLEU, checks=(Shouting(),))
    assert evalharness("gate", "update=true", "baseline=base", "candidate=then").code == 0
    verdict = verdicts(gate("+max_rate.shouting=0.1"))["max_rate.shouting"]
    assert verdict["outcome"] == "inconclusive"
    assert verdict["obstacle"] == "with 2 documents nothing can be shown; it takes 6"


def test_what_cannot_be_looked_at_again_is_believed_and_called_so(
    gate: Gate, update: Callable[..., None], tmp_path: Path
):
    update(checks=(Unfinished(), Shouting()))
    write(tmp_path / "now", checks=(Unfinished(), Shouting()))
    outcome = gate("max_rate.unfinished=0.05", "+max_rate.shouting=0.05")
    believed = {name: found["measured"]["believed"] for name, found in verdicts(outcome).items()}
    assert believed["max_rate.unfinished"] == "it rests on what the system said of its outputs"
    assert believed["max_rate.shouting"] == "no check of that name is chosen with check="
    again = gate("+max_rate.shouting=0.05", "+check.own._target_=own_checks.Shouting")
    assert verdicts(again)["max_rate.shouting"]["measured"]["believed"] == ""


@pytest.fixture(autouse=True)
def _plugins(own_metrics: None) -> None:
    """Lets `_target_` name the checks of tests/plugins."""


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (["max_rate.empty=0"], "max_rate.empty: 0 is no rate between 0 and 1"),
        (["max_rate.empty=5"], "max_rate.empty: 5 is no rate between 0 and 1"),
        (["margin.empty=1.5"], "margin.empty: 1.5 is no rate between 0 and 1"),
        (["+max_rate.emtpy=0.1"], "max_rate.emtpy: no such check"),
    ],
)
def test_limits_that_make_no_sense_are_refused(
    words: list[str], error: str, gate: Gate, update: Callable[..., None], tmp_path: Path
):
    update()
    write(tmp_path / "now")
    outcome = gate(*words)
    assert outcome.code == 2
    assert error in outcome.err


def test_the_table_shows_a_rate_that_is_held_to_a_limit(
    evalharness: CommandLine, update: Callable[..., None], tmp_path: Path
):
    update()
    write(tmp_path / "now", *range(30))
    outcome = evalharness(
        "gate", "baseline=base", "candidate=now", "margin.bleu=90", "max_rate.copied_source=0.03"
    )
    assert outcome.code == 1
    assert "max_rate.copied_source" in outcome.out
    assert "the rate is at least 0.0" in " ".join(outcome.out.split())


def emptied(*rows: int) -> list[str]:
    return ["" if n in rows else text for n, text in enumerate(TEXTS)]


@pytest.mark.parametrize(
    ("then", "now", "fails"),
    [
        ((), (4,), True),  # the first one: no reference is empty
        ((4, 5), (4, 5), False),
        ((4, 5), (5, 6, 7), False),  # was wrong before, and is not shown to be more so
        ((4, 5), tuple(range(20)), True),
        (tuple(range(20)), (), False),
    ],
)
def test_a_structural_loss_stops_a_candidate_before_its_scores_are_looked_at(
    then: tuple[int, ...],
    now: tuple[int, ...],
    fails: bool,
    gate: Gate,
    evalharness: CommandLine,
    tmp_path: Path,
):
    for folder, rows in (("then", then), ("now", now)):
        finished(tmp_path / folder, "system", NEWS, emptied(*rows), BLEU, checks=CHECKS)
    assert evalharness("gate", "update=true", "baseline=base", "candidate=then").code == 0
    outcome = gate()
    assert outcome.code == int(fails), outcome.out + outcome.err
    first = json.loads(outcome.out)["verdicts"][0]
    assert (first["metric"] == "structural.empty") is fails
    if fails:
        assert f"in {len(now)} segments, in the baseline in {len(then)}" in first["obstacle"]
        assert "which stops nothing" not in notes(outcome)
    asked = verdicts(gate("max_rate.empty=0.3"))
    assert "structural.empty" not in asked
