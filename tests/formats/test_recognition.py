"""No file is scored as what it is not: each format is read as itself, or refused by name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sacrebleu

from evalharness.errors import EvalHarnessError
from evalharness.formats import Kind, recognise

from ..conftest import CommandLine

SOURCES = ["bir elma", "mavi deniz", "sarı güneş", "küçük ağaç"]
REFERENCES = ["a red apple", "the blue sea", "a yellow sun", "one small tree"]
OUTPUTS = ["an apple", "the blue sea", "the yellow sun", "a small tree"]


KINDS = {
    "text": (b"a\nb\n", "x.txt", Kind.text),
    "one line with a tab": (b"a\tb\n", "x.txt", Kind.tsv),
    "a tab in each line": (b"a\tb\nc\td\n", "x.txt", Kind.tsv),
    "empty cells": (b"a\t\n\td\n", "x.txt", Kind.tsv),
    "tabs in some lines": (b"a\tb\ncd\n", "x.txt", Kind.text),
    "an empty line after TSV": (b"a\tb\n\nc\td\n", "x.tsv", Kind.text),
    "commas": (b"a,b\nc,d\n", "x.txt", Kind.text),
    "CSV by its name": (b"a,b\nc,d\n", "x.CSV", Kind.csv),
    "objects": (b'{"a": 1}\n{"a": 2}\n', "x", Kind.jsonl),
    "objects after a mark": (b'\xef\xbb\xbf{"a": 1}\r\n\r\n{"a": 2}', "x", Kind.jsonl),
    "the first line is no object": (b'{a}\n{"a": 1}\n', "x", Kind.text),
    "a prefix": (b"<x:xliff xmlns:x='urn:oasis:names:tc:xliff:document:1.2'>", "x", Kind.xml),
    "a comment": (b"<!-- c -->\n<!-- d\n-->\n<xliff version='1.2'>", "x", Kind.xml),
    "a line with braces": ("{kişi} geldi\n{yer}\n".encode(), "x", Kind.text),
    "lists": (b"[1]\n[2]\n", "x", Kind.text),
    "a declaration": (b'<?xml version="1.0"?>\n<a/>', "x", Kind.xml),
    "a DOCTYPE": (b"\n <!DOCTYPE tmx SYSTEM 'tmx14.dtd'><tmx/>", "x", Kind.xml),
    "UTF-16": ('<?xml version="1.0" encoding="utf-16"?><tmx/>'.encode("utf-16"), "x", Kind.xml),
    "a root": (b'<srcset setid="x">', "x", Kind.xml),
    "text with tags": (b"<b>a</b>\n<i>b</i>\n", "x", Kind.text),
    "nothing": (b"", "x", Kind.text),
}


@pytest.mark.parametrize("case", KINDS)
def test_a_format_is_recognised(case: str):
    content, name, kind = KINDS[case]
    assert recognise(content, name) is kind
    assert recognise(content, name, "text") is Kind.text


def test_tsv_with_a_ragged_line_is_no_text():
    lines = [f"source {n}\treference {n}" for n in range(8)]
    with pytest.raises(EvalHarnessError, match="8 of 9 lines have 2 columns, and line 4 has 1"):
        recognise("\n".join([*lines[:3], "no tab", *lines[3:]]).encode(), "set.tsv")
    few = "\n".join(["a\tb", *(f"line {n}" for n in range(9))]).encode()
    assert recognise(few, "out.txt") is Kind.text
    assert recognise(few.replace(b"\t", b" "), "out.txt") is Kind.text


def test_one_json_value_is_no_text():
    with pytest.raises(EvalHarnessError, match="one JSON value, not one on each line"):
        recognise(json.dumps([{"a": 1}], indent=2).encode(), "x.json")


@pytest.mark.parametrize("last", [b'{"a": 2', b"{a}", b"text", b"[1]"])
def test_jsonl_that_is_cut_short_is_no_text(last: bytes):
    with pytest.raises(EvalHarnessError, match="line 2 is none, or is cut short"):
        recognise(b'{"a": 1}\n' + last, "x.jsonl")


def write(folder: Path, name: str, content: str) -> str:
    (folder / name).write_text(content, encoding="utf-8")
    return name


@pytest.fixture
def files(tmp_path: Path, evalharness: CommandLine) -> Path:
    for name, lines in (("src", SOURCES), ("ref", REFERENCES), ("out", OUTPUTS)):
        write(tmp_path, f"{name}.txt", "".join(f"{line}\n" for line in lines))
    rows = list(zip(SOURCES, REFERENCES, OUTPUTS, strict=True))
    objects = [
        {"id": f"s{n}", "source": s, "reference": r, "hypothesis": h, "domain": "news"}
        for n, (s, r, h) in enumerate(rows)
    ]
    write(tmp_path, "all.jsonl", "".join(f"{json.dumps(row)}\n" for row in objects))
    table = [("source", "Reference", "mt"), *rows]
    write(tmp_path, "all.tsv", "".join("\t".join(row) + "\n" for row in table))
    write(tmp_path, "bare.tsv", "".join("\t".join(row) + "\n" for row in rows))
    quoted = [",".join(f'"{cell}"' for cell in row) for row in table]
    write(tmp_path, "all.csv", "\r\n".join(quoted))
    return tmp_path


def score_of(evalharness: CommandLine, *words: str) -> float:
    outcome = evalharness("score", *words, "-l", "tr-en", "-m", "bleu", "-f", "json")
    assert outcome.code == 0, outcome.err
    (run,) = json.loads(outcome.out)["runs"]
    return float(run["scores"][0]["score"])


NUMBERED = ["testset.columns.source=1", "testset.columns.references=[2]"]


@pytest.mark.parametrize(
    "words",
    [
        ["-t", "all.jsonl", "-i", "all.jsonl"],
        ["-t", "all.tsv", "-i", "all.tsv"],
        ["-t", "all.csv", "-i", "all.csv"],
        ["-s", "all.jsonl", "-r", "all.tsv", "-i", "all.csv"],
        ["-s", "src.txt", "-r", "all.jsonl", "-i", "out.txt"],
        ["-t", "bare.tsv", "-i", "out.txt", *NUMBERED],
        ["-t", "bare.tsv", "-i", "bare.tsv", *NUMBERED, "model.column=3"],
        ["-s", "bare.tsv", "-r", "ref.txt", "-i", "all.jsonl", "testset.columns.source=1"],
    ],
)
def test_every_format_gives_sacrebleus_score_of_the_texts(
    files: Path, evalharness: CommandLine, words: list[str]
):
    theirs = sacrebleu.corpus_bleu(OUTPUTS, [REFERENCES]).score
    assert score_of(evalharness, *words) == pytest.approx(theirs, abs=1e-9)


REFUSED = {
    "TSV as outputs": ("-r ref.txt -i bare.tsv", "bare.tsv: TSV, and no column"),
    "TSV as references": ("-r bare.tsv -i out.txt", "bare.tsv: TSV, and no column"),
    "a column that is not there": (
        "-t all.tsv -i out.txt testset.columns.source=text",
        "no column 'text'; columns: source, Reference, mt",
    ),
    "XLIFF": ("-r ref.txt -i a.xlf", "XLIFF, which is not read"),
    "XLIFF as references": ("-r a.xlf -i out.txt", "a.xlf: XML, not lines of text"),
    "SGML": ("-r ref.txt -i a.sgm", "SGML, which is not read"),
    "text as a test set": ("-t ref.txt -i out.txt", "ref.txt is a file of text"),
    "JSON": ("-r ref.txt -i a.json", "one JSON value"),
    "a format that nobody knows": ("-r ref.txt -i out.txt input_format=xlsx", "unknown format"),
    "JSONL without outputs": ("-r ref.txt -i half.jsonl", "no column is an obvious one for hyp"),
    "ids that are there twice": ("-t twice.jsonl -i out.txt", "two rows have the id 's0'"),
    "a source that is null": ("-t null.jsonl -i out.txt", "no source: line 2"),
    "a source that is a number": ("-t number.jsonl -i out.txt", "source is no text: line 1"),
    "rows of different lengths": ("-t ragged.csv -i out.txt", "3 columns in the first row"),
    "CSV with semicolons": ("-t semi.csv -i out.txt", "its columns are parted by semicolons"),
    "CSV that is cut": ("-t cut.csv -i out.txt", "no CSV"),
    "outputs for other ids": ("-t all.jsonl -i other.jsonl", "no hypothesis for 3 of 4 segments"),
}


@pytest.mark.sample
@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_text_is_refused_in_one_line(files: Path, evalharness: CommandLine, case: str):
    write(files, "a.xlf", '<?xml version="1.0"?>\n<xliff version="1.2">\n</xliff>\n')
    write(files, "a.sgm", '<tstset setid="x">\n<seg id=1>a</seg>\n')
    write(files, "a.json", json.dumps([{"mt": "a"}], indent=1))
    write(files, "half.jsonl", '{"source": "a"}\n' * 4)
    rows = (files / "all.jsonl").read_text().splitlines(keepends=True)
    write(files, "twice.jsonl", "".join([rows[0], rows[0], *rows[2:]]))
    write(files, "other.jsonl", rows[0])
    write(files, "null.jsonl", '{"source": "a", "ref": "b"}\n{"source": null, "ref": "b"}\n')
    write(files, "number.jsonl", '{"source": 7, "ref": "b"}\n')
    write(files, "ragged.csv", "source,ref,mt\na,b,c\na,b\n")
    write(files, "semi.csv", "source;ref\na;b\n")
    write(files, "cut.csv", 'source,ref\na,"b\n')
    words, error = REFUSED[case]
    outcome = evalharness("score", *words.split(), "-l", "tr-en", "-m", "bleu")
    said = [line for line in outcome.err.splitlines() if not line.startswith("INFO")]
    assert (outcome.code, len(said)) == (2, 1), outcome.err
    assert error in said[0]
    assert not (files / "results/runs").exists()


def test_whoever_says_text_gets_lines(files: Path, evalharness: CommandLine):
    lines = (files / "bare.tsv").read_text(encoding="utf-8").splitlines()
    theirs = sacrebleu.corpus_bleu(lines, [REFERENCES]).score
    words = ["-r", "ref.txt", "-i", "bare.tsv", "input_format=text"]
    assert score_of(evalharness, *words) == pytest.approx(theirs, abs=1e-9)


def test_outputs_are_joined_on_ids_in_any_order(files: Path, evalharness: CommandLine):
    rows = (files / "all.jsonl").read_text().splitlines(keepends=True)
    write(files, "turned.jsonl", "".join(reversed(rows)))
    theirs = sacrebleu.corpus_bleu(OUTPUTS, [REFERENCES]).score
    ours = score_of(evalharness, "-t", "all.jsonl", "-i", "turned.jsonl")
    assert ours == pytest.approx(theirs, abs=1e-9)
    (path,) = (files / "results").glob("runs/all.tr-en/turned.*/segments.jsonl")
    kept = [json.loads(line) for line in path.read_text().splitlines()]
    assert [row["id"] for row in kept] == ["s0", "s1", "s2", "s3"]
    assert {row["facts"]["domain"] for row in kept} == {"news"}
