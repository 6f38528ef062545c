"""Two tellings of one event: facts that survive, and how alike a system's outputs are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import sacrebleu.metrics
import yaml

from evalharness import resources
from evalharness.errors import EvalHarnessError
from evalharness.results.agreement import agreement
from evalharness.results.tellings import telling
from evalharness.testsets import StatementsTestSet, statement_facts
from evalharness.testsets.statement_facts import FILE_NAME, read_facts
from evalharness.values import Bitext

from ..conftest import CommandLine, read_lines
from ..finished import CHRF, bitext, finished


@pytest.fixture(scope="module")
def statements() -> dict[str, Bitext]:
    return {one.source_lang: one for one in StatementsTestSet(target_lang="en").load()}


def test_a_translation_that_says_all_keeps_every_fact(
    statements: dict[str, Bitext], tmp_path: Path
):
    """The references were drafted line by line, before the facts were."""
    for lang, told in {"tr": 19, "ar": 20}.items():
        news = statements[lang]
        people = [segment.references[0] for segment in news.segments]
        found = telling(finished(tmp_path / lang, "people", news, people, CHRF), facts())
        assert found is not None
        assert (len(found.kept), found.lost, found.contradicted) == (told, [], [])


def facts():
    return statement_facts("en")


WORDINGS = {
    # As systems word them, with the fact and whether they keep it; `None`: they contradict it.
    "on January 8 in Istanbul": ("initiative-day", True),
    "the initiative launched on the 8th of January": ("initiative-day", True),
    "the initiative launched on 8 June": ("initiative-day", None),
    "an initiative of January": ("initiative-day", False),
    "there can be no military solution to the crisis": ("no-military-solution", True),
    "the crisis doesn't have a military solution": ("no-military-solution", True),
    "the crisis cannot be resolved by military means": ("no-military-solution", True),
    "there is a military solution to the crisis": ("no-military-solution", None),
    "a Libyan-led, Libyan-owned process": ("libyan-led", True),
    "a process under Libyan leadership": ("libyan-led", True),
    "a process led by the Libyans": ("libyan-led", True),
    "a Russian-led process": ("libyan-led", None),
    "a process": ("libyan-led", False),
    "facilitated by the U.N.": ("un-facilitated", True),
    "imposed by the United Nations": ("un-facilitated", None),
    "the conference in Berlin": ("berlin-conference", True),
    "the Bern Conference": ("berlin-conference", None),
    "a permanent and sustainable cease-fire": ("lasting-ceasefire", True),
    "a ceasefire": ("lasting-ceasefire", False),
    "talks in Moscow": ("moscow", True),
    "talks in Ankara": ("moscow", None),
    "the UN’s Charter": ("un-charter", True),
}


@pytest.mark.parametrize("text", WORDINGS)
def test_wordings_of_systems_keep_lose_or_contradict_a_fact(text: str):
    id_, kept = WORDINGS[text]
    (fact,) = [fact for fact in facts() if fact.id == id_]
    assert fact.kept_by([text]) is kept
    assert fact.kept_by([text.upper()]) is kept
    assert fact.kept_by(["nothing of it", text]) is kept


def test_only_lines_with_the_very_source_are_looked_at(
    statements: dict[str, Bitext], tmp_path: Path
):
    news = statements["tr"]
    segments = tuple(replace(segment, source="x") for segment in news.segments)
    people = [segment.references[0] for segment in news.segments]
    other = replace(news, segments=segments)
    assert telling(finished(tmp_path, "people", other, people, CHRF), facts()) is None


def test_the_table_of_the_statements_says_what_survives(evalharness: CommandLine):
    shown = " ".join(evalharness("model=gloss", "metric=chrf", "check=[]").out.split())
    assert "facts of statements that gloss keeps: " in shown
    assert "from both: istanbul, libyan-led, berlin-conference, moscow" in shown
    assert "agreement of" not in shown  # line 4 of one is not line 4 of the other


BROKEN = {
    "no version": ({"schema_version": 2}, "no 'schema_version: 1'"),
    "nobody made it": ({"made_by": "me"}, "made_by is 'me'; human | machine-drafted"),
    "another seed": ({"seeds": {"tr/libya-joint-statement.txt": "0"}}, "has changed since"),
    "no such seed": ({"seeds": {"tr/x.txt": "0"}}, "seeds: there is no tr/x.txt"),
    "no facts": ({"facts": {}}, "facts: no keys with values"),
    "an empty line": (
        {
            "facts": {
                "a": {"says": "a", "accepted": ["a"], "lines": {"ar/libya-joint-statement.txt": 2}}
            }
        },
        "facts.a.lines: ar/libya-joint-statement.txt has no line 2",
    ),
    "no wording": (
        {
            "facts": {
                "a": {"says": "a", "accepted": [], "lines": {"ar/libya-joint-statement.txt": 3}}
            }
        },
        "facts.a.accepted: no wording",
    ),
    "wordings without words": (
        {
            "facts": {
                "a": {"says": "a", "accepted": ["x|"], "lines": {"ar/libya-joint-statement.txt": 3}}
            }
        },
        "facts.a.accepted: a wording without words",
    ),
    "a key of its own": ({"facts": {"a": {"say": "a"}}}, "facts.a: no such key say"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_file_that_is_wrong_is_one_line(case: str, tmp_path: Path):
    change, error = BROKEN[case]
    content = yaml.safe_load((resources.folder("references") / "en" / FILE_NAME).read_text())
    path = tmp_path / FILE_NAME
    path.write_text(yaml.safe_dump(content | change))
    with pytest.raises(EvalHarnessError) as caught:
        read_facts(path, resources.folder("seeds"))
    assert error in str(caught.value)
    assert str(path) in str(caught.value)


def test_agreement_is_the_mean_of_sacrebleus_chrf_in_both_directions(
    flores: Path, tmp_path: Path, evalharness: CommandLine
):
    references = read_lines(flores / "tr-en" / "flores-test.en")[:200]
    runs, texts = [], []
    for lang in ("tr", "ar"):
        news = bitext(references, lang=lang)
        texts.append(read_lines(flores / f"{lang}-en" / "flores-test.opusmt.en")[:200])
        runs.append(finished(tmp_path / "results", "opusmt", news, texts[-1], CHRF))
    found = agreement(*runs)
    assert found is not None
    ours = [
        sacrebleu.metrics.CHRF().corpus_score(one, [other]).score
        for one, other in (texts, texts[::-1])
    ]
    assert found.score == pytest.approx(sum(ours) / 2, abs=1e-9)
    assert found.interval.low < found.score < found.interval.high
    turned = agreement(*runs[::-1])
    assert turned is not None
    assert turned.score == pytest.approx(found.score, abs=1e-9)
    shown = " ".join(evalharness("leaderboard").out.split())
    assert (
        "agreement of opusmt on news: its outputs from Arabic and Turkish have chrF2"
        f" {found.score:.2f} (" in shown
    )


def test_equal_outputs_agree_wholly_and_other_references_not_at_all(tmp_path: Path):
    texts = [f"the {n} red apples" for n in range(40)]
    first = finished(tmp_path, "a", bitext(texts, lang="tr"), texts, CHRF)
    second = finished(tmp_path, "a", bitext(texts, lang="ar"), texts, CHRF)
    other = finished(tmp_path, "a", bitext([f"{text}!" for text in texts]), texts, CHRF)
    found = agreement(first, second)
    assert found is not None
    assert (found.score, found.interval) == (pytest.approx(100), pytest.approx((100, 100)))
    assert agreement(first, other) is None
