"""Test sets of the hub, with the real `datasets` against a server that speaks its protocol."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest

from ..conftest import CommandLine, in_new_process
from ..hub_server import Hub, Repo, environment, serving

CARD = "---\nconfigs:\n{}---\nA card.\n"
CONFIG = "- config_name: {name}\n  data_files:\n  - split: {split}\n    path: {path}\n"


def parquet(rows: Sequence[Mapping[str, Any]]) -> bytes:
    buffer = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(list(rows)), buffer)
    return buffer.getvalue()


def repository(tables: Mapping[str, Sequence[Mapping[str, Any]]], split: str) -> Repo:
    """A repository with a table for each configuration, in Parquet."""
    files = {f"data/{name}.parquet": parquet(rows) for name, rows in tables.items()}
    configs = [
        CONFIG.format(name=name, split=split, path=f"data/{name}.parquet") for name in tables
    ]
    files["README.md"] = CARD.format("".join(configs)).encode()
    repo = Repo()
    repo.push(files)
    return repo


def flores(lang: str, texts: Sequence[str]) -> list[dict[str, Any]]:
    rows = [
        {"id": n, "text": text, "domain": "wikinews", "topic": "x", "iso": lang}
        for n, text in enumerate(texts, 1)
    ]
    return rows[::-1] if lang == "tur_Latn" else rows


@pytest.fixture
def hub() -> Iterator[Hub]:
    with serving() as hub:
        tables = {
            "tur_Latn": flores("tur_Latn", ["bir", "iki", "üç"]),
            "arb_Arab": flores("arb_Arab", ["واحد", "اثنان", "ثلاثة"]),
            "arz_Arab": flores("arz_Arab", ["واحد", "اتنين", "تلاتة"]),
            "eng_Latn": flores("eng_Latn", ["one", "two", ""]),
        }
        repo = repository(tables, "devtest")
        repo.branches["4.3"] = repo.branches["main"]
        hub.repos["datasets/openlanguagedata/flores_plus"] = repo
        yield hub


def run(tmp_path: Path, url: str, *words: str, **variables: str) -> Any:
    return in_new_process(
        "model=copy",
        "metric=bleu",
        *words,
        cwd=tmp_path,
        **{**environment(tmp_path / "home", url), **variables},
    )


def segments(tmp_path: Path, pair: str) -> list[dict[str, Any]]:
    (path,) = (tmp_path / "results").glob(f"runs/{pair}/copy.*/segments.jsonl")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_flores_is_joined_on_its_ids_and_read_again_offline(hub: Hub, tmp_path: Path):
    repo = hub.repos["datasets/openlanguagedata/flores_plus"]
    done = run(tmp_path, hub.url, "testset=flores_plus")
    assert done.returncode == 0, done.stderr
    rows = segments(tmp_path, "flores_plus.tr-en")
    found = {row["id"]: (row["source"], *row["references"]) for row in rows}
    assert found == {"1": ("bir", "one"), "2": ("iki", "two")}
    assert rows[0]["facts"] == {"origlang": "en", "domain": "wikinews", "topic": "x"}
    shown = " ".join(done.stdout.split())
    assert f"revision {repo.branches['main']}" in shown
    assert "left out: 1 rows without a text on one side" in shown
    assert "written in English: the sources are translations" in shown
    (path,) = (tmp_path / "results").glob("runs/flores_plus.tr-en/copy.*/run.json")
    assert json.loads(path.read_text())["testset"]["version"] == repo.branches["main"]

    words = ["testset=flores_plus", "testset.pairs=[tr-en]"]
    hub.asked()
    again = run(tmp_path, hub.url, *words, HF_HUB_OFFLINE="1")
    assert again.returncode == 0, again.stderr
    assert hub.asked() == []
    assert len(list((tmp_path / "results").glob("runs/flores_plus.tr-en/*"))) == 1
    other = run(tmp_path, hub.url, *words, "testset.revision=" + "0" * 40, HF_HUB_OFFLINE="1")
    assert (other.returncode, other.stderr.count("\n")) == (2, 1)


@pytest.mark.sweep
def test_arabic_is_told_apart_from_egyptian(hub: Hub, tmp_path: Path):
    pairs = "testset.pairs=[arz-en,ar-en,tr-ar]"
    done = run(tmp_path, hub.url, "testset=flores_plus", pairs)
    assert done.returncode == 0, done.stderr
    assert segments(tmp_path, "flores_plus.arz-en")[1]["source"] == "اتنين"
    assert segments(tmp_path, "flores_plus.ar-en")[1]["source"] == "اثنان"
    both = segments(tmp_path, "flores_plus.tr-ar")
    assert {(row["source"], *row["references"]) for row in both} >= {("üç", "ثلاثة")}


@pytest.mark.sweep
def test_a_gated_set_says_what_to_accept_and_which_variable_holds_the_token(
    hub: Hub, tmp_path: Path
):
    hub.repos["datasets/openlanguagedata/flores_plus"].gated = True
    done = run(tmp_path, hub.url, "testset=flores_plus")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert "gated: its terms have to be accepted" in done.stderr
    assert "huggingface.co/datasets/openlanguagedata/flores_plus" in done.stderr
    assert "HF_TOKEN" in done.stderr
    words = ["testset=flores_plus", "testset.pairs=[tr-en]"]
    allowed = run(tmp_path, hub.url, *words, HF_TOKEN="hf_right")
    assert allowed.returncode == 0, allowed.stderr


WRONG = {
    "a language that it lacks": ("testset.pairs=[de-en]", "no table 'deu_Latn'; it has"),
    "a split that it lacks": ("testset.split=dev", "no split 'dev'; one of devtest"),
    "a column that it lacks": ("testset.text=words", "no column 'words'; columns: "),
    "a revision that it lacks": ("testset.revision=9.9", "no revision '9.9'"),
    "no pair": ("testset.pairs=[]", "testset.pairs: none"),
}


@pytest.mark.sweep
@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_in_one_line(hub: Hub, tmp_path: Path, case: str):
    option, error = WRONG[case]
    done = run(tmp_path, hub.url, "testset=flores_plus", option)
    said = [line for line in done.stderr.splitlines() if not line.startswith("INFO")]
    assert (done.returncode, len(said)) == (2, 1), done.stderr
    assert error in said[0]


def test_without_network_it_says_how_to_fetch(tmp_path: Path):
    done = run(tmp_path, "http://127.0.0.1:9", "testset=ntrex", HF_HUB_OFFLINE="1")
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert "run python -m evalharness fetch with the same testset options" in done.stderr


def wmt24pp(target: str, texts: Sequence[str]) -> list[dict[str, Any]]:
    sources = ["canary", "one", "two", "two"]
    return [
        {
            "lp": f"en-{target}",
            "domain": "canary" if n == 0 else "news",
            "document_id": "d",
            "segment_id": min(n, 2),
            "is_bad_source": n == 0,
            "source": source,
            "target": text,
        }
        for n, (source, text) in enumerate(zip(sources, texts, strict=True))
    ]


@pytest.mark.sweep
def test_wmt24pp_drops_what_is_bad_and_what_is_there_twice(hub: Hub, tmp_path: Path):
    tables = {
        "en-tr_TR": wmt24pp("tr_TR", ["x", "bir", "iki", "iki!"]),
        "en-ar_EG": wmt24pp("ar_EG", ["x", "واحد", "اتنين", "y"]),
        "en-ar_SA": wmt24pp("ar_SA", ["x", "واحد", "اثنان", "y"]),
    }
    repo = repository(tables, "train")
    repo.branches["e65f585"] = repo.branches["main"]
    hub.repos["datasets/google/wmt24pp"] = repo
    done = run(tmp_path, hub.url, "testset=wmt24pp")
    assert done.returncode == 0, done.stderr
    rows = segments(tmp_path, "wmt24pp.tr-en")
    assert [(row["source"], *row["references"]) for row in rows] == [("bir", "one"), ("iki", "two")]
    assert {row["document"] for row in rows} == {"d"}
    shown = " ".join(done.stdout.split())
    assert "left out: 1 rows that is_bad_source marks" in shown
    assert "left out: 1 rows with an id that was there before" in shown
    assert segments(tmp_path, "wmt24pp.ar-EG-en")[1]["source"] == "اتنين"
    joined = run(tmp_path, hub.url, "testset=wmt24pp", "testset.pairs=[tr-ar_SA,en-tr]")
    assert joined.returncode == 0, joined.stderr
    assert segments(tmp_path, "wmt24pp.tr-ar-SA")[1]["references"] == ["اثنان"]
    vague = run(tmp_path, hub.url, "testset=wmt24pp", "testset.pairs=[ar-en]")
    assert (vague.returncode, "ar may be ar-EG or ar-SA" in vague.stderr) == (2, True)


@pytest.mark.sweep
@pytest.mark.parametrize("paragraphs", [["P1", "P1", "P2"], [None, None, None]])
def test_paragraphs_of_bouquet_are_documents(
    hub: Hub, tmp_path: Path, paragraphs: Sequence[str | None]
):
    def table(texts: Sequence[str]) -> list[dict[str, Any]]:
        rows = zip(texts, paragraphs, ["one", "two", "three"], strict=True)
        return [
            {"uniq_id": f"S{n}", "src_text": text, "tgt_text": english, "domain": "news"}
            | ({"par_id": paragraph} if paragraph else {})
            for n, (text, paragraph, english) in enumerate(rows)
        ]

    tables = {
        "tur_Latn": table(["bir", "iki", "üç"]),
        "arb_Arab": table(["واحد", "اثنان", "ثلاثة"]),
    }
    repo = repository(tables, "test")
    repo.branches["c78fee0"] = repo.branches["main"]
    hub.repos["datasets/facebook/bouquet"] = repo
    done = run(tmp_path, hub.url, "testset=bouquet")
    assert done.returncode == 0, done.stderr
    rows = segments(tmp_path, "bouquet.ar-en")
    assert [(row["source"], *row["references"]) for row in rows][1] == ("اثنان", "two")
    assert [row["document"] for row in rows] == paragraphs
    assert ("no documents: no column par_id" in " ".join(done.stdout.split())) is not all(
        paragraphs
    )


def test_a_folder_with_columns_of_translations(
    tmp_path: Path, evalharness: CommandLine, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    folder = tmp_path / "own"
    folder.mkdir()
    rows = [{"translation": {"tr": s, "en": t}} for s, t in (("bir", "one"), ("iki", "two"))]
    (folder / "test.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    words = ["model=copy", "metric=bleu", "testset=dataset", "testset.name=own"]
    own = [f"testset.folder={folder}", "testset.pairs=[tr-en]"]
    codes = ["+testset.codes.tr=tr", "+testset.codes.en=en"]
    done = evalharness(*words, *own, *codes)
    assert done.code == 0, done.err
    assert [row["source"] for row in segments(tmp_path, "own.tr-en")] == ["bir", "iki"]
    missing = evalharness(*words, *own, *codes, "testset.text=text")
    assert (missing.code, "columns: translation.tr, translation.en" in missing.err) == (2, True)


@pytest.mark.parametrize("name", ["test.jsonl.gz", "test.parquet", "test.zip", "test.csv"])
def test_files_that_were_cut_off_are_one_line(name: str, tmp_path: Path, evalharness: CommandLine):
    rows = [{"id": n, "tr": f"kaynak {n}", "en": f"source {n}"} for n in range(300)]
    lines = "".join(f"{json.dumps(row)}\n" for row in rows).encode()
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("test.jsonl", lines)
    whole = {
        "test.jsonl.gz": gzip.compress(lines),
        "test.parquet": parquet(rows),
        "test.zip": archive.getvalue(),
        "test.csv": b'id,tr,en\n1,"kaynak 1",source\n2,"kaynak 2\n' * 2,
    }
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / name).write_bytes(whole[name][: len(whole[name]) // 2])
    words = ["model=copy", "metric=bleu", "testset=dataset", "testset.name=own", "testset.id=[id]"]
    own = [f"testset.folder={tmp_path / 'own'}", "testset.text={lang}", "testset.pairs=[tr-en]"]
    done = evalharness(*words, *own, "+testset.codes={tr: tr, en: en}")
    (*said, line) = done.err.strip().splitlines()
    assert done.code == 2
    assert all(text.startswith("INFO") for text in said), done.err
    assert line.startswith(f"evalharness: error: {tmp_path / 'own'}: cannot be read: ")
    assert "occurred while generating" not in line
    assert not (tmp_path / "results" / "runs").exists()


def test_entries_of_an_empty_option_are_added_with_a_plus_sign(evalharness: CommandLine):
    done = evalharness("testset=dataset", "testset.name=own", "testset.codes={tr: tr}")
    assert done.code == 2
    assert "'+testset.codes={tr:tr}'" in done.err
