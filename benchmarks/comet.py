"""How fast this project computes COMET beside unbabel-comet's own `predict`: see README.md."""

from __future__ import annotations

import argparse
import json
import logging
import platform
import resource
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import machine
import random_comet

HERE = Path(__file__).resolve().parent
sys.path.remove(str(HERE))  # from here on `comet` is unbabel-comet, not this file

RESULT = HERE / "results" / "comet.json"
GOALS = {"float32": 6.0, "bfloat16": 10.0, "second run": 50.0}
PACKAGES = ("evalharness", "unbabel-comet", "torch", "transformers", "pytorch-lightning")
BEGIN, END = "<!-- comet.json -->", "<!-- end of comet.json -->"

Figures = dict[str, Any]
Sample = dict[str, str]


def main() -> int:
    """Measures, prints the table, and writes it down."""
    options = _options()
    if options.write_readme:
        _write_readme([json.loads(path.read_text(encoding="utf-8")) for path in _results()])
        return 0
    logging.disable(logging.WARNING)
    warnings.simplefilter("ignore")
    systems = _systems(options.pair, options.systems, options.segments)
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(options.work or temporary).resolve()
        checkpoint = random_comet.build(work / "random-comet", random_comet.training_lines())
        with tempfile.TemporaryDirectory(dir=work) as stores:
            result = _measure(options, checkpoint, systems, Path(stores))
    print(_table(result))
    if options.json:
        Path(options.json).write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pair", default="ar-en", choices=("ar-en", "tr-en"))
    parser.add_argument("--systems", type=int, default=4, help="the first so many of the pair's")
    parser.add_argument("--segments", type=int, default=64)
    parser.add_argument("--device", default="cpu", help="cuda: on one GPU")
    parser.add_argument("--skip-peer", action="store_true", help="only this project")
    parser.add_argument("--batch-tokens", type=int, default=None, help="for this project")
    parser.add_argument("--work", help="keeps the checkpoint (2.3 GB)")
    parser.add_argument("--json", default=str(RESULT), help="where the figures go; '' for nowhere")
    parser.add_argument("--write-readme", action="store_true", help="only renew README's tables")
    return parser.parse_args()


def _systems(pair: str, count: int, segments: int) -> dict[str, list[Sample]]:
    folder = random_comet.FLORES / pair

    def read(name: str) -> list[str]:
        return (folder / name).read_text(encoding="utf-8").splitlines()[:segments]

    sources, references = read(f"flores-test.{pair[:2]}"), read("flores-test.en")
    names = sorted(path.name.split(".")[1] for path in folder.glob("flores-test.*.en"))
    return {
        name: [
            {"src": source, "mt": hypothesis, "ref": reference}
            for source, hypothesis, reference in zip(
                sources, read(f"flores-test.{name}.en"), references, strict=True
            )
        ]
        for name in names[:count]
    }


def _measure(
    options: argparse.Namespace,
    checkpoint: Path,
    systems: dict[str, list[Sample]],
    stores: Path,
) -> Figures:
    import torch

    samples = [sample for samples in systems.values() for sample in samples]
    work = _Work(checkpoint, samples)
    contestants: Figures = {}
    expected: list[float] = []
    if not options.skip_peer:
        contestants["predict"], expected = _peer(options, checkpoint, systems, work)
    for dtype in ("float32", "bfloat16"):
        for name in (dtype, f"second run, {dtype}"):
            figures, found = _ours(options, checkpoint, samples, stores / dtype, dtype)
            figures |= work.speed(figures["seconds"], encode_once=True)
            if name.startswith("second"):
                del figures["gflops"]
            if expected:
                differences = [abs(a - b) for a, b in zip(expected, found, strict=True)]
                figures["largest_difference"] = max(differences)
                figures["mean_score_difference"] = abs(sum(expected) - sum(found)) / len(found)
            contestants[name] = figures
            print(f"{name}: {figures['seconds']:.1f} s", flush=True)
    device = options.device
    return {
        "command": " ".join(["python", "benchmarks/comet.py", *_arguments(sys.argv[1:])]),
        "date": datetime.now(UTC).date().isoformat(),
        "processor": machine.processor(),
        "device": torch.cuda.get_device_name() if device == "cuda" else "cpu",
        "threads": torch.get_num_threads(),
        "versions": {"python": platform.python_version(), **{n: version(n) for n in PACKAGES}},
        "pair": options.pair,
        "systems": list(systems),
        "segments": len(samples) // len(systems),
        "distinct_texts": work.distinct,
        "mean_tokens": work.mean_tokens,
        "matmul_gflops": {
            dtype: 1000 * machine.matmul_tflops(device, dtype, 8192 if device == "cuda" else 2048)
            for dtype in ("float32", "bfloat16")
        },
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "contestants": contestants,
    }


class _Work:
    """What there is to compute: tokens, and operations of the encoder's layers."""

    def __init__(self, checkpoint: Path, samples: Sequence[Sample]) -> None:
        from transformers import AutoTokenizer

        tokenizer = AutoTokenizer.from_pretrained(random_comet.encoder_of(checkpoint))
        texts = [text for sample in samples for text in sample.values()]
        lengths = {text: len(tokenizer(text)["input_ids"]) for text in set(texts)}
        self.distinct = len(lengths)
        self.mean_tokens = sum(lengths.values()) / len(lengths)
        self._once = sum(_operations(length) for length in lengths.values())
        self._each = sum(_operations(lengths[text]) for text in texts)

    def speed(self, seconds: float, *, encode_once: bool) -> Figures:
        """GFLOP/s of what had to be computed, padding left out."""
        return {"gflops": (self._once if encode_once else self._each) / seconds / 1e9}


def _operations(tokens: int) -> float:
    """Of one text in the encoder: two for each weight and token, and attention's own products."""
    shape = random_comet.SHAPE
    width, layers = shape["hidden_size"], shape["num_hidden_layers"]
    weights = 4 * width**2 + 2 * width * shape["intermediate_size"]
    return 2.0 * layers * tokens * (weights + 2 * tokens * width)


def _timed(device: str, work: Callable[[], Any]) -> tuple[Figures, Any]:
    waited = machine.wait_until_idle(at_most=120)
    before = machine.now()
    made = work()
    if device == "cuda":
        import torch

        torch.cuda.synchronize()
    after = machine.now()
    return {
        "seconds": after.wall - before.wall,
        "others": machine.others(before, after),
        "waited_seconds": waited,
    }, made


def _peer(
    options: argparse.Namespace, checkpoint: Path, systems: dict[str, list[Sample]], work: _Work
) -> tuple[Figures, list[float]]:
    """unbabel-comet as its users call it, system by system; loading is not in the seconds."""
    from comet import load_from_checkpoint

    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    started = time.perf_counter()
    model = load_from_checkpoint(str(checkpoint / "checkpoints" / "model.ckpt"))
    loaded = time.perf_counter() - started
    gpus = 1 if options.device == "cuda" else 0

    def predict() -> list[float]:
        scores: list[float] = []
        for name, samples in systems.items():
            began = time.perf_counter()
            scores += model.predict(samples, gpus=gpus, progress_bar=False).scores
            print(f"predict, {name}: {time.perf_counter() - began:.1f} s", flush=True)
        return scores

    figures, scores = _timed(options.device, predict)
    figures |= {"load_seconds": loaded, **work.speed(figures["seconds"], encode_once=False)}
    return figures, scores


def _ours(
    options: argparse.Namespace,
    checkpoint: Path,
    samples: Sequence[Sample],
    store: Path,
    dtype: str,
) -> tuple[Figures, list[float]]:
    """This project's metric as a run has it; loading the network is in the seconds."""
    from evalharness.config import Dtype
    from evalharness.metrics import Comet
    from evalharness.values import Bitext, Outputs, Segment

    segments = [
        Segment(str(at), at, None, sample["src"], (sample["ref"],))
        for at, sample in enumerate(samples)
    ]
    metric = Comet(
        str(checkpoint),
        device=options.device,
        dtype=Dtype[dtype],
        store=str(store),
        batch_tokens=options.batch_tokens,
    )
    bitext = Bitext("benchmark", "xx", "en", tuple(segments), "samples", len(segments), ("human",))
    metric.signature(bitext)  # a folder's digest, which a checkpoint of the hub does not need
    outputs = Outputs("random", bitext, tuple(sample["mt"] for sample in samples))
    figures, judgement = _timed(options.device, lambda: metric.judge(outputs))
    return figures, judgement.statistics[:, 0].tolist()


def _arguments(arguments: Sequence[str]) -> list[str]:
    """The command line without the folders of this machine."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--work")
    parser.add_argument("--json")
    return parser.parse_known_args(list(arguments))[1]


def _table(result: Figures) -> str:
    """The figures as Markdown."""
    contestants = result["contestants"]
    peer = contestants.get("predict")
    rows = [
        "| | seconds | faster than `predict` | goal | GFLOP/s | of a matrix product |"
        " largest difference of a score |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for name, one in contestants.items():
        dtype = "bfloat16" if "bfloat16" in name else "float32"
        gflops, peak = one.get("gflops"), result["matmul_gflops"][dtype]
        goal = GOALS["second run" if name.startswith("second") else dtype]
        difference = one.get("largest_difference")
        cells = [
            f"unbabel-comet `{name}`" if name == "predict" else f"evalharness, {name}",
            f"{one['seconds']:.2f}",
            "" if one is peer or not peer else f"{peer['seconds'] / one['seconds']:.1f}",
            "" if one is peer or result["device"] != "cpu" else f"{goal:g}",
            "" if gflops is None else f"{gflops:,.0f}",
            "" if gflops is None else f"{gflops / peak:.0%}",
            "" if difference is None else f"{difference:.1e}",
        ]
        rows.append(f"| {' | '.join(cells)} |")
    taken = max(one["others"] for one in contestants.values())
    rows.append(
        f"\n{len(result['systems'])} systems x {result['segments']} segments of FLORES"
        f" {result['pair']}, {result['distinct_texts']} distinct texts of"
        f" {result['mean_tokens']:.1f} tokens on average; {_where(result)}; matrix products"
        f" {result['matmul_gflops']['float32']:,.0f} GFLOP/s in float32 and"
        f" {result['matmul_gflops']['bfloat16']:,.0f} in bfloat16; peak memory of the one process"
        f" {result['peak_mb']:,.0f} MB; torch {result['versions']['torch']}, unbabel-comet"
        f" {result['versions']['unbabel-comet']}; {result['date']}; other processes took up to"
        f" {taken:.0%} of the processors meanwhile. `{result['command']}`"
    )
    return "\n".join(rows)


def _where(result: Figures) -> str:
    if result["device"] == "cpu":
        return f"{result['processor']}, {result['threads']} threads"
    return str(result["device"])


def _results() -> list[Path]:
    return sorted(RESULT.parent.glob("comet*.json"))


def _write_readme(results: Sequence[Figures]) -> None:
    """Renews the tables between the two marks."""
    readme = HERE / "README.md"
    before, rest = readme.read_text(encoding="utf-8").split(BEGIN)
    after = rest.split(END)[1]
    tables = "\n\n".join(map(_table, results))
    readme.write_text(f"{before}{BEGIN}\n{tables}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
