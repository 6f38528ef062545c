"""Conversions for CTranslate2 are kept with what they were made of, and compared at use."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from evalharness.hub import Checkpoint

from ...conftest import files_below
from .conftest import TURKISH, Tiny, configured, translations


@pytest.mark.parametrize("change", ["a flipped byte", "another file", "no note"])
def test_a_conversion_that_is_not_as_it_was_made_is_made_anew(
    tiny: Tiny, tmp_path: Path, caplog: pytest.LogCaptureFixture, change: str
) -> None:
    checkpoint = tiny("opus_mt")
    command = ["model=opus_mt", "model.pairs=[tr-en]", f"model.checkpoint={checkpoint}"]
    system = configured(*command, "model.engine=ctranslate2", f"store.dir={tmp_path}")
    expected = translations(system, TURKISH[:2])
    (folder,) = (path for path in (tmp_path / "ctranslate2").iterdir() if path.is_dir())
    made = files_below(folder)
    note = json.loads(made["evalharness.json"])
    assert note["made_from"]["sha256"] == Checkpoint(str(checkpoint)).identity()["sha256"]
    assert note["sha256"]["model.bin"] == hashlib.sha256(made["model.bin"]).hexdigest()
    if change == "a flipped byte":
        content = bytearray(made["model.bin"])
        content[-100] ^= 1
        (folder / "model.bin").write_bytes(content)
    elif change == "another file":
        (folder / "vmap.txt").write_text("")
    else:  # as versions before this one left it
        (folder / "evalharness.json").unlink()
    system.release()
    assert translations(system, TURKISH[:2]) == expected
    assert "not as it was made; converted anew" in caplog.text
    assert files_below(folder) == made
