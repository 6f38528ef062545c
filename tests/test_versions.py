"""One environment serves everything the product rests on."""

from __future__ import annotations

import platform
import subprocess
import sys

import numpy
import sacrebleu

from evalharness.versions import versions


def test_the_heavy_packages_live_together():
    imports = (
        "import comet, datasets, hydra, sacrebleu, torch, transformers\n"
        "from sentencepiece import sentencepiece_model_pb2\n"  # what converting a tokenizer needs
        "print(comet.__name__, torch.__version__.split('+')[0])\n"
    )
    done = subprocess.run([sys.executable, "-c", imports], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("comet 2.")


def test_versions_are_those_of_the_packages_at_work():
    found = versions()
    assert found["numpy"] == numpy.__version__
    assert found["sacrebleu"] == sacrebleu.__version__
    assert found["python"] == platform.python_version()
    assert not {"pytest", "ruff", "mypy"} & set(found)
