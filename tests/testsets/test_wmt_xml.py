"""WMT's XML, read as sacreBLEU reads it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sacrebleu.dataset.wmt_xml import WMTXMLDataset

from evalharness.errors import EvalHarnessError
from evalharness.testsets import WmtXmlTestSet

from ..conftest import CommandLine

TWO = """<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE dataset SYSTEM "wmt.dtd">
<dataset id="two">
<doc id="a" origlang="tr" domain="news"><src lang="tr"><p>
  <seg id="10">on</seg><seg id="2">iki   elma</seg></p></src>
<ref lang="en" translator="B"><p><seg id="2">two apples</seg></p></ref>
<ref lang="en" translator="A"><p><seg id="2">2 apples</seg><seg id="10">ten</seg></p></ref>
<hyp lang="en" system="x/y"><p><seg id="2">two apple</seg><seg id="10">ten</seg></p></hyp>
<hyp lang="en" system="other"><p><seg id="2">zwei</seg><seg id="10">zehn</seg></p></hyp></doc>
<doc id="b" origlang="en" testsuite="puns"><src lang="tr"><p><seg id="1">a</seg></p></src></doc>
<doc id="c" origlang="en" domain="chat"><src lang="tr"><p><seg id="1">bir</seg>
  <seg id="2">boş</seg></p></src>
<ref lang="en" translator="A"><p><seg id="1">one</seg></p></ref>
<hyp lang="en" system="x/y"><p><seg id="1">one</seg><seg id="2">empty</seg></p></hyp>
<hyp lang="en" system="other"><p><seg id="1">eins</seg><seg id="2">leer</seg></p></hyp></doc>
</dataset>
"""


def theirs(path: Path) -> dict[str, list]:
    with path.open("rb") as file:
        fields: dict[str, list] = WMTXMLDataset._unwrap_wmt21_or_later(file)
    return {
        name: [None if text is None else WMTXMLDataset._clean(text) for text in texts]
        for name, texts in fields.items()
    }


@pytest.fixture
def two(tmp_path: Path) -> Path:
    path = tmp_path / "two.xml"
    path.write_text(TWO, encoding="utf-8")
    return path


def test_it_reads_what_sacrebleu_reads(two: Path):
    fields = theirs(two)
    (bitext,) = WmtXmlTestSet(str(two)).load()
    assert (bitext.source_lang, bitext.target_lang) == ("tr", "en")
    assert [segment.source for segment in bitext.segments] == fields["src"]
    assert [segment.document for segment in bitext.segments] == fields["docid"]
    assert [segment.facts["origlang"] for segment in bitext.segments] == fields["origlang"]
    assert bitext.reference_names == ("A", "B")
    both = zip(fields["ref:A"], fields["ref:B"], strict=True)
    expected = [tuple(text for text in texts if text) for texts in both]
    assert [segment.references for segment in bitext.segments] == expected


def test_it_reads_the_sample_as_sacrebleu_does(shared_data: Path):
    path = shared_data / "wmt-xml/sample-src-ref.xml"
    fields = theirs(path)
    (bitext,) = WmtXmlTestSet(str(path)).load()
    assert len(bitext.segments) == 1000
    assert [segment.source for segment in bitext.segments] == fields["src"]
    assert [segment.references[0] for segment in bitext.segments] == fields["ref:A"]


def test_outputs_in_xml_are_those_in_the_plain_file(shared_data: Path, evalharness: CommandLine):
    """The plain file has the lines of the two test suites, too: they are passed over."""
    folder = shared_data / "wmt-xml"
    words = ["score", "-t", f"{folder}/sample-src-ref.xml", "-m", "bleu", "-f", "json"]
    outcome = evalharness(*words, "-i", f"mt={folder}/sample-hyp.xml")
    assert outcome.code == 0, outcome.err
    (path,) = Path("results").glob("runs/*/mt.*/segments.jsonl")
    made = [json.loads(line)["hypothesis"] for line in path.read_text().splitlines()]
    plain = (folder / "sample-hyp.ha").read_text(encoding="utf-8").split("\n")[:-1]
    kept = [line for line in map(" ".join, map(str.split, plain)) if line in set(made)]
    assert made == kept[: len(made)]
    assert len(made) == 1000


def test_its_own_outputs_are_scored_without_i(two: Path, evalharness: CommandLine):
    outcome = evalharness("score", "-t", str(two), "-m", "bleu", "-f", "json")
    assert outcome.code == 0, outcome.err
    runs = json.loads(outcome.out)["runs"]
    assert [(run["system"], run["segments"]) for run in runs] == [("other", 3), ("x-y", 3)]
    one = evalharness("score", "-t", str(two), "-i", f"o={two}", "-m", "bleu")
    assert (one.code, "outputs of 2 systems" in one.err) == (2, True)
    asked = evalharness("model=file", f"model.path={two}", "model.column=other", "metric=bleu",
                        "testset=wmt_xml", f"testset.path={two}")  # fmt: skip
    assert asked.code == 0, asked.err


HOSTILE = {
    "an entity bomb": '<!DOCTYPE dataset [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><dataset/>',
    "an external entity": '<!DOCTYPE dataset [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    '<dataset><doc id="a"><src><seg id="1">&a;</seg></src></doc></dataset>',
    "a parameter entity": '<!DOCTYPE dataset [<!ENTITY % a SYSTEM "x.dtd"> %a;]><dataset/>',
    "depth": f"<dataset>{'<doc>' * 10_000}",
    "no end": '<dataset><doc id="a"><src>',
    "no document": "<dataset></dataset>",
    "no id": "<dataset><doc><src/></doc></dataset>",
    "no source": '<dataset><doc id="a"/></dataset>',
    "a document twice": '<dataset><doc id="a"><src/></doc><doc id="a"><src/></doc></dataset>',
    "a segment twice": '<dataset><doc id="a"><src><seg id="1">a</seg><seg id="1">b</seg></src>'
    "</doc></dataset>",
    "an encoding that nobody knows": '<?xml version="1.0" encoding="klingon"?><dataset/>',
    "TMX": '<?xml version="1.0"?><tmx version="1.4"/>',
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_wrong_is_said_in_one_line(tmp_path: Path, case: str):
    path = tmp_path / "x.xml"
    path.write_text(HOSTILE[case])
    with pytest.raises(EvalHarnessError) as raised:
        WmtXmlTestSet(str(path)).load()
    assert str(path) in str(raised.value)
    assert "\n" not in str(raised.value)
    assert "root:" not in str(raised.value)


def test_languages_and_references_can_be_chosen(two: Path):
    (bitext,) = WmtXmlTestSet(str(two), references=["B", "A"], source_lang="az").load()
    assert bitext.reference_names == ("B", "A")
    assert bitext.segments[0].references == ("two apples", "2 apples")
    assert bitext.pair == "az-en"
    with pytest.raises(EvalHarnessError, match="no reference 'C'"):
        WmtXmlTestSet(str(two), references=["C"]).load()
