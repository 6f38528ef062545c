"""What is taken from environment variables is hidden, but for the place of the store."""

from __future__ import annotations

from pathlib import Path

import pytest

from ..conftest import CommandLine


def test_the_place_of_the_store_is_no_secret(
    evalharness: CommandLine, small: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "file").touch()
    monkeypatch.setenv("EVALHARNESS_STORE", str(tmp_path / "file/store"))
    outcome = evalharness("model=copy", *small)
    assert outcome.code == 2
    assert f"{tmp_path}/file/store: cannot be written to" in outcome.err
    monkeypatch.setenv("EVALHARNESS_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("MY_NAME", "sesame-0123")
    outcome = evalharness("model=copy", *small, "model.name=${oc.env:MY_NAME}")
    assert outcome.code == 0, outcome.err
    (path,) = (tmp_path / "results").glob("runs/*/*/config.yaml")
    config = path.read_text()
    assert f"dir: {tmp_path}/store\n" in config
    assert "name: ${oc.env:MY_NAME}" in config
