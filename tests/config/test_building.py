"""What a configuration names is built, or refused in one line."""

from __future__ import annotations

from pathlib import Path

import pytest
from omegaconf import OmegaConf

from evalharness.config import build
from evalharness.errors import EvalHarnessError


def test_a_module_that_cannot_be_imported_is_told_whatever_it_raises(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.syspath_prepend(tmp_path)
    for name, content, message in (
        ("divides", "1 / 0\n", "ZeroDivisionError: division by zero"),
        ("unclosed", "class System(\n", "SyntaxError: "),
    ):
        (tmp_path / f"{name}.py").write_text(content)
        with pytest.raises(EvalHarnessError) as caught:
            build(OmegaConf.create({"_target_": f"{name}.System"}), "model")
        where = f"model._target_: cannot import {name}.System: {message}"
        assert str(caught.value).startswith(where)
