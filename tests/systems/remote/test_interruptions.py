"""Killed, interrupted: no segment is asked for twice once its answer was stored."""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections import Counter
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from .chat_server import ChatServer, serving
from .conftest import chat_arguments, run_command, write_testset
from .test_faults import stored

KILLS = 20


def started(
    processes: ForkServerContext, folder: Path, server: ChatServer, *more: str
) -> BaseProcess:
    arguments = chat_arguments(server.url, *more)
    process = processes.Process(target=run_command, args=(folder, arguments))
    process.start()
    return process


def wait_for_questions(server: ChatServer, count: int) -> None:
    until = time.monotonic() + 30
    while len(server.asked) < count and time.monotonic() < until:
        time.sleep(0.002)


def whole_lines(store: Path) -> set[str]:
    """The sources of the lines that a kill did not tear."""
    content = "".join(path.read_text(encoding="utf-8") for path in store.rglob("*.jsonl"))
    return {
        json.loads(line)["source"]
        for line in content.replace("}{", "}\n{").splitlines()
        if line.startswith("{") and line.endswith("}")
    }


@pytest.mark.sweep
def test_no_segment_is_asked_for_twice_once_its_answer_was_stored(
    tmp_path: Path, processes: ForkServerContext
):
    texts = [f"segment {n}" for n in range(600)]
    write_testset(tmp_path, texts)
    moments = random.Random(20)
    with serving() as server:
        server.delay = 0.02
        kept: set[str] = set()
        asked: list[str] = []
        for _ in range(KILLS):
            process = started(processes, tmp_path, server)
            wait_for_questions(server, moments.randint(1, 28))
            time.sleep(moments.uniform(0, 0.02))
            process.kill()
            process.join()
            time.sleep(0.03)  # what was on its way has been noted
            assert not kept & set(server.asked)
            now = whole_lines(tmp_path / "results/store")
            assert kept <= now
            kept = now
            asked += server.asked
            server.asked.clear()
        assert 0 < len(kept) < len(texts)
        last = started(processes, tmp_path, server, "model.concurrency=32")
        last.join()
        assert last.exitcode == 0
        assert not kept & set(server.asked)
        asked += server.asked
    lines = stored_whole(tmp_path)
    assert lines == Counter(texts)
    # What was on its way when a process was killed is all that was asked for again.
    assert len(asked) <= len(texts) + KILLS * 8
    assert set(asked) == set(texts)


def stored_whole(folder: Path) -> Counter[str]:
    return Counter(whole_lines(folder / "results/store"))


def test_an_interrupt_ends_the_run_within_a_second_and_keeps_what_came(
    tmp_path: Path, processes: ForkServerContext
):
    texts = [f"segment {n}" for n in range(30)]
    write_testset(tmp_path, texts)
    faults = {text: ["silent"] for text in texts[10:20]} | {text: ["429 60"] for text in texts[20:]}
    with serving(faults) as server:
        # The first that is answered may be any: only then several are asked for.
        server.faults = {}
        process = started(processes, tmp_path, server, "limit=10")
        process.join()
        assert process.exitcode == 0
        server.faults = faults
        for concurrency in (1, 16):
            server.asked.clear()
            process = started(processes, tmp_path, server, f"model.concurrency={concurrency}")
            wait_for_questions(server, 1)
            time.sleep(0.3)
            assert process.pid is not None
            before = time.monotonic()
            os.kill(process.pid, signal.SIGINT)
            process.join(10)
            assert time.monotonic() - before < 1
            assert process.exitcode == 130
    assert stored(tmp_path / "results/store") == Counter(texts[:10])
    assert "evalharness: interrupted" in (tmp_path / "said.txt").read_text()
