"""How fast this project translates beside transformers as most people write it: see README.md."""

from __future__ import annotations

import argparse
import json
import platform
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import machine
import random_nllb
import report
from contestants import CONTESTANTS, Task
from report import Figures

HERE = Path(__file__).resolve().parent
NTREX = HERE.parents[1] / "shared" / "data" / "ntrex"
RESULT = HERE / "results" / "translate.json"
PACKAGES = ("evalharness", "torch", "transformers", "ctranslate2", "tokenizers", "sentencepiece")
WARMUP = 4


@dataclass(frozen=True)
class Lines:
    """What is translated: NTREX's Turkish, in file order, each line once.

    Attributes:
        turkish: The lines.
        lengths: How many tokens the English of each has, the language's and the end included.
        sources: How many the line itself has.
    """

    turkish: list[str]
    lengths: list[int]
    sources: list[int]


def main() -> int:
    """Measures, prints the table, and writes it down."""
    options = _options()
    if options.write_readme:
        report.write_readme(json.loads(RESULT.read_text(encoding="utf-8")), HERE / "README.md")
        return 0
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(options.work or temporary).resolve()
        checkpoint = work / "random-nllb"
        random_nllb.build(checkpoint, [*_read("ref.tur"), *_read("src.eng")])
        lines = _lines(checkpoint, options.segments + WARMUP)
        task = Task(
            contestant="",
            checkpoint=str(checkpoint),
            store=str(work / "store"),
            lines=lines.turkish,
            lengths=lines.lengths,
            warmup=WARMUP,
            beams=options.beams,
            device=options.device,
            dtype=options.dtype,
            overrides=options.overrides,
        )
        rounds = _rounds(task, options, work)
    result = _result(options, lines, rounds)
    print(report.table(result))
    if options.json:
        Path(options.json).write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--segments", type=int, default=160)
    parser.add_argument("--alone", type=int, default=8, help="segments for contestant a")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--beams", type=int, default=1, help="for all contestants; 1 is greedy")
    parser.add_argument("--device", default="cpu", help="cuda: only b and c; untested")
    parser.add_argument("--dtype", default="float32", help="bfloat16 on a GPU")
    parser.add_argument("--contestants", default=None, help="such as bcd; default: all")
    parser.add_argument("--work", help="keeps the checkpoint (2.5 GB) and its conversion")
    parser.add_argument("--json", default=str(RESULT), help="where the figures go; '' for nowhere")
    parser.add_argument("--write-readme", action="store_true", help="only renew README's table")
    parser.add_argument("overrides", nargs="*", help="Hydra overrides such as model.batch_tokens=N")
    options = parser.parse_args()
    if options.contestants is None:
        options.contestants = "abcd" if options.device == "cpu" else "bc"
    return options


def _read(name: str) -> list[str]:
    return (NTREX / f"newstest2019-{name}.txt").read_text(encoding="utf-8").splitlines()


def _lines(checkpoint: Path, count: int) -> Lines:
    from transformers import AutoTokenizer

    english = dict(reversed([*zip(_read("ref.tur"), _read("src.eng"), strict=True)]))
    turkish = list(dict.fromkeys(_read("ref.tur")))[:count]
    tokenizer = AutoTokenizer.from_pretrained(checkpoint, src_lang="eng_Latn")
    lengths = tokenizer([english[line] for line in turkish]).input_ids
    sources = tokenizer(turkish).input_ids
    return Lines(turkish, [len(ids) for ids in lengths], [len(ids) for ids in sources])


def _rounds(task: Task, options: argparse.Namespace, work: Path) -> dict[str, list[Figures]]:
    """Runs the contestants in turn, again and again; CTranslate2's once more before, to convert."""
    if "d" in options.contestants:
        print("converting for CTranslate2", flush=True)
        _run(replace(_first(task, 1), contestant="d"), work)
    found: dict[str, list[Figures]] = {name: [] for name in options.contestants}
    for _ in range(options.rounds):
        for name, several in found.items():
            asked = _first(task, options.alone) if name == "a" else task
            several.append(_run(replace(asked, contestant=name), work))
            print(f"{name}: {several[-1]['seconds']:.1f} s", flush=True)
    return found


def _first(task: Task, count: int) -> Task:
    """The task with fewer lines, and the same ones to warm up."""
    kept = [*range(count), *range(len(task.lines) - task.warmup, len(task.lines))]
    return replace(
        task, lines=[task.lines[i] for i in kept], lengths=[task.lengths[i] for i in kept]
    )


def _run(task: Task, work: Path) -> Figures:
    """Measures one contestant in a process of its own, once the machine is idle."""
    waited = machine.wait_until_idle(at_most=120)
    asked, answer = work / "task.json", work / "answer.json"
    asked.write_text(json.dumps(asdict(task)), encoding="utf-8")
    subprocess.run([sys.executable, str(HERE / "contestants.py"), asked, answer], check=True)
    return {**json.loads(answer.read_text(encoding="utf-8")), "waited_seconds": waited}


def _result(options: argparse.Namespace, lines: Lines, rounds: dict[str, list[Figures]]) -> Figures:
    """What is written down: each contestant's fastest round, and all of them."""
    figures: dict[str, Figures] = {}
    for name, several in rounds.items():
        fastest = min(several, key=lambda one: one["seconds"])
        computed = sum(rows * steps for rows, steps in fastest.pop("batches"))
        figures[name] = {
            "name": CONTESTANTS[name][0],
            "tokens_per_second": fastest["tokens"] / fastest["seconds"],
            "padded_share": 1 - fastest["tokens"] / computed,
            **fastest,
            "all_seconds": [one["seconds"] for one in several],
            "all_others": [one["others"] for one in several],
            "all_matmul_tflops": [one["matmul_tflops"] for one in several],
        }
        if options.device != "cpu":
            operations = _operations(lines, fastest["segments"]) / fastest["seconds"] / 1e12
            figures[name]["model_tflops"] = operations
            figures[name]["share_of_matmul"] = operations / fastest["matmul_tflops"]
    count = options.segments
    return {
        "command": shlex.join(["python", "benchmarks/translate.py", *_arguments(sys.argv[1:])]),
        "date": datetime.now(UTC).date().isoformat(),
        "processor": machine.processor(),
        "device": options.device,
        "threads": next(iter(figures.values()))["threads"],
        "versions": {"python": platform.python_version(), **{n: version(n) for n in PACKAGES}},
        "segments": count,
        "mean_source_tokens": sum(lines.sources[:count]) / count,
        "mean_target_tokens": sum(lines.lengths[:count]) / count,
        "beams": options.beams,
        "contestants": figures,
        "ratios": {
            pair: figures[pair[0]]["tokens_per_second"] / figures[pair[2]]["tokens_per_second"]
            for pair in report.GOALS
            if set(pair) - {"/"} <= set(figures)
        },
    }


def _arguments(arguments: Sequence[str]) -> list[str]:
    """The command line without the folders of this machine."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--work")
    parser.add_argument("--json")
    return parser.parse_known_args(arguments)[1]


def _operations(lines: Lines, count: int) -> float:
    """Two for each weight and each token that passes it; attention's own products left out."""
    shape = random_nllb.SHAPE
    width = shape["d_model"]
    attention, feedforward = 4 * width**2, 2 * width * shape["encoder_ffn_dim"]
    # The keys and values of the cross attention are computed once for each source token.
    source = shape["encoder_layers"] * (attention + feedforward)
    source += shape["decoder_layers"] * attention / 2
    target = shape["decoder_layers"] * (1.5 * attention + feedforward)
    target += shape["vocab_size"] * width
    return 2 * (source * sum(lines.sources[:count]) + target * sum(lines.lengths[:count]))


if __name__ == "__main__":
    sys.exit(main())
