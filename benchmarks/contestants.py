"""The ways to translate the same lines; each is run in a process of its own by translate.py."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import machine
from hydra import compose, initialize_config_dir
from omegaconf import open_dict

from evalharness.config import build, register_schemas
from evalharness.resources import folder
from evalharness.systems.neural.engine import Decoding, Engine, Output, TokenIds

BATCH = 16
SOURCE, TARGET = "tr", "en"


@dataclass(frozen=True)
class Task:
    """What a contestant is asked.

    Attributes:
        contestant: Its letter in `CONTESTANTS`.
        checkpoint: The checkpoint's folder.
        store: The folder of converted checkpoints.
        lines: What is translated.
        lengths: The number of tokens of each line's translation, the end included.
        warmup: How many more lines, at the end of `lines`, are translated before the clock starts.
        beams: Width of the beam search.
        device: Where it computes.
        dtype: In which number format.
        overrides: Hydra overrides for this project's contestants.
    """

    contestant: str
    checkpoint: str
    store: str
    lines: list[str]
    lengths: list[int]
    warmup: int
    beams: int
    device: str
    dtype: str
    overrides: list[str]


class FixedLengths:
    """An engine that goes on until the longest translation of a batch has its length.

    What `generate` of transformers does anyway when translations end where they should. CTranslate2
    drops the rows that have ended, so that this is to its disadvantage.
    """

    def __init__(self, engine: Engine, lengths: Mapping[TokenIds, int]) -> None:
        """Takes the length of each input's translation."""
        self._engine, self._lengths = engine, lengths
        self.steps: list[tuple[int, int]] = []
        self.early = 0

    def generate(
        self, inputs: Sequence[TokenIds], decoding: Decoding, say: Mapping[str, int | str]
    ) -> list[Output]:
        """Generates one output per input; see `Engine.generate`."""
        lengths = [self._lengths[tuple(ids)] for ids in inputs]
        decoding = replace(decoding, max_new_tokens=max(lengths))
        outputs = self._engine.generate(inputs, decoding, say)
        self.steps.append((len(inputs), max(lengths)))
        self.early += sum(
            len(output.ids) < length for output, length in zip(outputs, lengths, strict=True)
        )
        return outputs


Translate = Callable[[Sequence[int]], None]
"""Translates the lines at these positions."""


def transformers(task: Task, batch: int) -> tuple[Translate, Callable[[], dict[str, Any]]]:
    """Transformers as most people write it: `generate` on batches in file order, padded."""
    import torch
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(task.checkpoint, src_lang="tur_Latn")
    model = AutoModelForSeq2SeqLM.from_pretrained(
        task.checkpoint, dtype=getattr(torch, task.dtype)
    ).to(task.device)
    english = tokenizer.convert_tokens_to_ids("eng_Latn")
    steps, early = [], 0

    def translate(positions: Sequence[int]) -> None:
        nonlocal early
        for first in range(0, len(positions), batch):
            several = positions[first : first + batch]
            texts = [task.lines[position] for position in several]
            inputs = tokenizer(texts, padding=True, return_tensors="pt").to(task.device)
            lengths = [task.lengths[position] for position in several]
            made = model.generate(
                **inputs,
                forced_bos_token_id=english,
                num_beams=task.beams,
                max_new_tokens=max(lengths),
            )
            tokenizer.batch_decode(made, skip_special_tokens=True)
            steps.append((len(several), max(lengths)))
            ended = (made[:, 1:] == tokenizer.eos_token_id).int().argmax(1).tolist()
            early += sum(0 < end < length - 1 for end, length in zip(ended, lengths, strict=True))

    return translate, lambda: {"batches": steps, "early": early}


def evalharness(task: Task, engine: str) -> tuple[Translate, Callable[[], dict[str, Any]]]:
    """This project: `model=nllb` with the options of its YAML, its batches and its `translate`."""
    register_schemas()
    with initialize_config_dir(str(folder("conf")), version_base="1.3"):
        given = ["model=nllb", f"model.beams={task.beams}", f"model.engine={engine}"]
        config = compose("config", overrides=[*given, *task.overrides])
    with open_dict(config):
        config.model.update(checkpoint=task.checkpoint, store=task.store, device=task.device)
        if task.dtype != "float32":
            config.model.dtype = task.dtype
    system = build(config.model, "model")
    reader = system._reader(SOURCE, TARGET)
    ids = [tuple(system.encode(reader, line, SOURCE, TARGET)) for line in task.lines]
    network = FixedLengths(
        system._network(SOURCE, TARGET), dict(zip(ids, task.lengths, strict=True))
    )
    system._held["network"] = network

    def translate(positions: Sequence[int]) -> None:
        texts = [task.lines[position] for position in positions]
        for batch in system.batches(texts, SOURCE, TARGET):
            list(system.translate([texts[position] for position in batch], SOURCE, TARGET))

    return translate, lambda: {
        "batches": network.steps,
        "early": network.early,
        "batch_tokens": system._budget,
        "hardware": system.hardware(),
    }


CONTESTANTS: Mapping[str, tuple[str, Callable[[Task], Any]]] = {
    "a": ("transformers, one segment at a time", lambda task: transformers(task, 1)),
    "b": (f"transformers, file order, batches of {BATCH}", lambda task: transformers(task, BATCH)),
    "c": ("evalharness, transformers engine", lambda task: evalharness(task, "transformers")),
    "d": ("evalharness, CTranslate2 engine", lambda task: evalharness(task, "ctranslate2")),
}


def measure(task: Task) -> dict[str, Any]:
    """Loads a contestant, warms it up, and lets it translate.

    Returns:
        Seconds to load and to translate, tokens, the batches (rows, steps), outputs that ended
        before their length, the peak of the process's resident memory, and what the machine did
        besides: others' share of it, and the speed of a plain product of matrices.
    """
    import torch

    started = time.perf_counter()
    translate, facts = CONTESTANTS[task.contestant][1](task)
    loaded = time.perf_counter() - started
    count = len(task.lines) - task.warmup
    translate(range(count, len(task.lines)))
    warm = len(facts()["batches"])
    before = machine.now()
    translate(range(count))  # it ends with text, so a GPU has ended, too
    after = machine.now()
    found = facts()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024  # Linux counts kilobytes
    size = 8192 if task.device.startswith("cuda") else 2048
    return {
        **found,
        "batches": found["batches"][warm:],
        "segments": count,
        "tokens": sum(task.lengths[:count]),
        "load_seconds": loaded,
        "seconds": after.wall - before.wall,
        "peak_mb": peak,
        "others": machine.others(before, after),
        "matmul_tflops": machine.matmul_tflops(task.device, task.dtype, size),
        "threads": torch.get_num_threads(),
    }


if __name__ == "__main__":
    asked, answer = map(Path, sys.argv[1:])
    measured = measure(Task(**json.loads(asked.read_text(encoding="utf-8"))))
    answer.write_text(json.dumps(measured), encoding="utf-8")
