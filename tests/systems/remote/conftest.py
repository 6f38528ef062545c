"""What the tests of remote systems share: processes that begin at once."""

from __future__ import annotations

import multiprocessing
import os
import sys
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from .vendors import KEY, PROTOCOLS


@pytest.fixture(scope="module")
def processes() -> ForkServerContext:
    """Starts processes that have imported what a run needs, so that they begin at once."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        [
            "evalharness.evaluation",
            "evalharness.commands.sweep",
            "sacrebleu",
            "tenacity",
            "httpcore",
        ]
    )
    return context


def run_command(folder: Path, arguments: list[str]) -> None:
    """Runs the command line in a process of its own; what it says goes into a file."""
    from evalharness.cli import main

    os.chdir(folder)
    message = os.open("said.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(message, 1)
    os.dup2(message, 2)
    sys.exit(main(arguments))


def chat_arguments(url: str, *more: str) -> list[str]:
    return [
        "model=chat",
        f"model.base_url={url}",
        "model.model=m",
        "testset=text",
        "testset.source_lang=tr",
        "testset.source=src.txt",
        "testset.references=[ref.txt]",
        "metric=[chrf]",
        "bootstrap.resamples=40",
        *more,
    ]


def write_testset(folder: Path, texts: list[str]) -> None:
    for name in ("src.txt", "ref.txt"):
        (folder / name).write_text("\n".join(texts) + "\n", encoding="utf-8")


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A key for every service, and no other credentials of AWS."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for protocol in PROTOCOLS.values():
        monkeypatch.setenv(protocol.variable, KEY)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAFAKE0123456789")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
