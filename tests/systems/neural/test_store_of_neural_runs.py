"""Whole runs of a neural system: what is kept, whatever happens, and what is counted."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import subprocess
import sys
import time
from collections import Counter
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from ...conftest import CommandLine, files_below, text_testset
from ...metrics.comet import tiny_comet
from .conftest import TURKISH, Tiny
from .tiny_gguf import GGUF

KILLS = 8


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Starts processes that have imported what a run needs, so that they begin at once."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        [
            "evalharness.evaluation",
            "sacrebleu",
            "sentencex",
            "transformers.generation",
            "transformers.models.auto.modeling_auto",
            "transformers.models.m2m_100.modeling_m2m_100",
            "transformers.models.nllb.tokenization_nllb_fast",
        ]
    )
    return context


def run_quietly(folder: Path, arguments: list[str]) -> None:
    from evalharness.cli import main

    os.chdir(folder)
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    sys.exit(main(arguments))


def command(folder: Path, *more: str) -> list[str]:
    """Both statements, about thirty sentences, a few in a batch."""
    sizes = ["model.batch_tokens=120", "model.beams=2", "model.max_new_tokens=40"]
    return ["model=nllb", f"model.checkpoint={folder}", "device=cpu", *sizes, *more]


def outputs(results: Path) -> dict[str, bytes]:
    """What a run makes, but for when and from where."""
    found = files_below(results)
    return {
        name: content
        for name, content in found.items()
        if name.endswith(("segments.jsonl", "scores.json", "leaderboard.csv"))
    }


def stored(store: Path) -> list[tuple[str, str]]:
    """Folder and source of every line of a store."""
    return [
        (path.parent.name, json.loads(line)["source"])
        for path in store.rglob("*.jsonl")
        for line in path.read_text(encoding="utf-8").split("\n")
        if line.startswith("{") and line.endswith("}")
    ]


@pytest.mark.sweep
def test_a_run_killed_at_random_moments_ends_in_the_same_bytes(
    tiny: Tiny, tmp_path: Path, processes: ForkServerContext
) -> None:
    arguments = command(tiny("nllb"))

    def start(results: str) -> multiprocessing.process.BaseProcess:
        process = processes.Process(
            target=run_quietly, args=(tmp_path, [*arguments, f"results_dir={results}"])
        )
        process.start()
        return process

    whole = start("whole")
    whole.join()
    started = time.monotonic()
    start("timed").join()
    duration = time.monotonic() - started
    assert whole.exitcode == 0
    moments = random.Random(20)
    kept: list[tuple[str, str]] = []
    for _ in range(KILLS):
        process = start("killed")
        process.join(moments.uniform(0.2, 1) * duration)
        process.kill()
        process.join()
        now = stored(tmp_path / "killed/store")
        assert not set(kept) - set(now), "something kept was lost"
        kept = now
    last = start("killed")
    last.join()
    assert last.exitcode == 0
    assert outputs(tmp_path / "killed") == outputs(tmp_path / "whole")
    assert max(Counter(stored(tmp_path / "killed/store")).values()) == 1, "translated twice"


@pytest.mark.sweep
def test_four_processes_that_fill_one_store_lose_nothing(
    tiny: Tiny, tmp_path: Path, processes: ForkServerContext
) -> None:
    sources = [f"{text[:-1]} {number}." for text in TURKISH for number in range(12)]
    (tmp_path / "src.txt").write_text("\n".join(sources), encoding="utf-8")
    (tmp_path / "ref.txt").write_text("\n".join(sources), encoding="utf-8")
    arguments = command(tiny("nllb"), "store.dir=shared", *text_testset("src.txt", "ref.txt"))
    running = [
        processes.Process(target=run_quietly, args=(tmp_path, [*arguments, f"results_dir=r{n}"]))
        for n in range(4)
    ]
    for process in running:
        process.start()
    for process in running:
        process.join()
    assert [process.exitcode for process in running] == [0] * 4
    first = outputs(tmp_path / "r0")
    assert first
    assert all(outputs(tmp_path / f"r{n}") == first for n in range(1, 4))
    lines = Counter(stored(tmp_path / "shared"))
    assert {source for _, source in lines} == set(sources)
    # Each would have made all of them; what two work on at the same time is made twice.
    assert sum(lines.values()) < 2 * len(sources)


SECOND_RUN = """
import sys
from evalharness.cli import main
code = main(sys.argv[1:])
loaded = [name for name in ("torch", "transformers", "ctranslate2", "comet") if name in sys.modules]
print("loaded:", *loaded)
sys.exit(code)
"""


def comets(folder: Path) -> list[str]:
    """The three neural metrics, each with a tiny checkpoint."""
    encoder = tiny_comet.build_encoder(folder / "encoder")
    overrides = ["metric=[bleu,comet,cometkiwi,xcomet]"]
    for metric, kind in (
        ("comet", "regression"),
        ("cometkiwi", "unified_without_reference"),
        ("xcomet", "xcomet"),
    ):
        getattr(tiny_comet, f"build_{kind}")(folder / metric, encoder)
        overrides += [f"metric.{metric}.checkpoint={folder / metric}"]
    return overrides


def with_driver(folder: Path) -> dict[str, str]:
    """An environment in which CUDA's driver can be loaded, so that torch has to be asked."""
    library = next(Path(line.split()[-1]) for line in MAPS.read_text().splitlines() if LIBC in line)
    folder.mkdir()
    (folder / "libcuda.so.1").symlink_to(library)
    return {**os.environ, "LD_LIBRARY_PATH": str(folder)}


MAPS, LIBC = Path("/proc/self/maps"), "/libc."


@pytest.mark.parametrize(
    "case",
    [
        "transformers and comet",
        pytest.param("ctranslate2", marks=pytest.mark.sweep),
        pytest.param("gguf, with a driver", marks=pytest.mark.sweep),
    ],
)
def test_a_second_run_with_the_usual_options_loads_no_network(
    small: list[str], tiny: Tiny, tmp_path: Path, case: str
) -> None:
    environment = dict(os.environ)
    if case == "gguf, with a driver":
        if not MAPS.exists():
            pytest.skip("a driver is imitated on Linux only")
        environment = with_driver(tmp_path / "driver")
        model = ["model=smollm2", f"model.checkpoint={tiny('gguf')}", f"model.gguf_file={GGUF}"]
        more = ["metric=bleu"]
    elif case == "ctranslate2":
        model = ["model=qwen3", f"model.checkpoint={tiny('qwen3')}", "model.temperature=0"]
        more = ["model.engine=ctranslate2", "metric=bleu"]
    else:
        model = ["model=nllb", f"model.checkpoint={tiny('nllb')}"]
        more = comets(tmp_path / "comet")
    done = [
        subprocess.run(
            [sys.executable, "-c", SECOND_RUN, *small, *model, *more, "model.max_new_tokens=20"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        for _ in range(2)
    ]
    assert [run.returncode for run in done] == [0, 0], [run.stderr for run in done]
    (first, loaded), (second, nothing) = (run.stdout.rsplit("loaded:", 1) for run in done)
    assert "torch" in loaded.split()
    assert nothing.split() == []
    assert second == first
    if "driver" in case:  # torch was asked, and what it said was kept
        assert len(list(tmp_path.glob("results/store/gpus/*.json"))) == 1


def counts(results: Path) -> dict[str, int]:
    (path,) = results.glob("runs/*/*/run.json")
    found: dict[str, int] = json.loads(path.read_text(encoding="utf-8"))["observed"]["system"]
    return found


@pytest.mark.sweep
def test_what_was_cut_off_and_what_did_not_end_is_counted_and_said(
    evalharness: CommandLine, tiny: Tiny, tmp_path: Path
) -> None:
    long = " ".join(["Libya'nın egemenliği ve birliği"] * 20) + "."  # the tiny model has 64 places
    several = "Bugün hava çok güzel. " * 20  # each sentence fits
    (tmp_path / "src.txt").write_text(f"{long}\n{several}\nEvet.\n", encoding="utf-8")
    (tmp_path / "ref.txt").write_text("a\nb\nc\n", encoding="utf-8")
    base = ["model=nllb", f"model.checkpoint={tiny('nllb')}", "device=cpu"]
    files = text_testset("src.txt", "ref.txt")
    outcome = evalharness(*base, *files, "results_dir=a")
    assert outcome.code == 0
    assert counts(tmp_path / "a")["truncated"] == 1
    assert "1 of 3 sources were cut off" in outcome.out
    outcome = evalharness(*base, *files, "results_dir=b", "model.split=segment")
    assert counts(tmp_path / "b")["truncated"] == 1  # only the one sentence that is too long itself
    outcome = evalharness(*base, *files, "results_dir=c", "model.max_new_tokens=2")
    assert counts(tmp_path / "c")["unfinished"] == 3
    assert "3 of 3 hypotheses are not finished" in outcome.out
    outcome = evalharness("leaderboard", "results_dir=c")
    assert "3 of 3 hypotheses are not finished" in outcome.out


def test_sentences_are_translated_once_and_joined_again(
    evalharness: CommandLine, tiny: Tiny, tmp_path: Path
) -> None:
    (tmp_path / "src.txt").write_text(
        "Bugün hava çok güzel. Çocuklar okula gitti mi?\nBugün hava çok güzel.\n", encoding="utf-8"
    )
    (tmp_path / "ref.txt").write_text("a\nb\n", encoding="utf-8")
    base = ["model=nllb", f"model.checkpoint={tiny('nllb')}", "device=cpu"]
    assert evalharness(*base, *text_testset("src.txt", "ref.txt")).code == 0
    kept = stored(tmp_path / "results/store")
    assert sorted(source for _, source in kept) == [
        "Bugün hava çok güzel.",
        "Çocuklar okula gitti mi?",
    ]
    (path,) = (tmp_path / "results").glob("runs/*/*/segments.jsonl")
    both, first = (json.loads(line)["hypothesis"] for line in path.read_text("utf-8").splitlines())
    assert first
    assert both.startswith(f"{first} ")
    outcome = evalharness(*base, *text_testset("src.txt", "ref.txt"), "model.split=segment")
    assert len(stored(tmp_path / "results/store")) == 4  # another fingerprint, whole segments
    assert outcome.code == 0


def test_the_run_says_what_it_ran_on_and_what_it_rests_on(
    evalharness: CommandLine, small: list[str], tiny: Tiny, tmp_path: Path
) -> None:
    base = ["model=nllb", f"model.checkpoint={tiny('nllb')}", "device=cpu"]
    assert evalharness(*small, *base).code == 0
    (path,) = (tmp_path / "results").glob("runs/*/*/run.json")
    run = json.loads(path.read_text(encoding="utf-8"))
    assert run["device"] == "cpu, float32"
    facts = run["fingerprint"]
    assert facts["languages"] == {"source": "tur_Latn", "forced": "eng_Latn"}
    assert set(facts["checkpoint"]) == {"sha256"}
    assert facts["decoding"]["beams"] == 4
    assert facts["dtype"] == "float32"
    assert {"transformers", "torch"} <= set(facts["engine"])
    assert facts["split"]["by"] == "sentence"
    assert str(tmp_path) not in json.dumps(facts)


@pytest.mark.parametrize(
    "change",
    [
        "model.beams=3",
        "model.max_new_tokens=9",
        "model.split=segment",
        "model.max_input_tokens=20",
        "dtype=bfloat16",
        "model.engine=ctranslate2",
        "model.checkpoint={other}",
    ],
)
def test_what_can_change_a_translation_changes_the_fingerprint(
    tiny: Tiny, tmp_path: Path, change: str
) -> None:
    from .conftest import configured

    other = tmp_path / "other"
    other.mkdir()
    for path in tiny("nllb").iterdir():
        (other / path.name).write_bytes(path.read_bytes())
    base = ["model=nllb", f"model.checkpoint={tiny('nllb')}"]
    before = configured(*base).fingerprint("tr", "en")
    moved = configured("model=nllb", f"model.checkpoint={other}").fingerprint("tr", "en")
    assert moved == before  # wherever it lies
    (other / "generation_config.json").write_text("{}")
    after = configured(*base, change.format(other=other)).fingerprint("tr", "en")
    assert after != before
    for harmless in ("model.batch_tokens=7", "model.name=x", "store.dir=elsewhere"):
        assert configured(*base, harmless).fingerprint("tr", "en") == before
