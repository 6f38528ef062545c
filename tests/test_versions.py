"""One environment serves everything the product rests on."""

from __future__ import annotations

import platform
from importlib import import_module

import numpy
import sacrebleu

from evalharness.versions import versions


def test_the_heavy_packages_live_together():
    names = ("comet", "datasets", "hydra", "sacrebleu", "torch", "transformers")
    modules = {name: import_module(name) for name in names}
    assert import_module("sentencepiece.sentencepiece_model_pb2")  # to convert a tokenizer
    assert modules["torch"].__version__.startswith("2.")


def test_versions_are_those_of_the_packages_at_work():
    found = versions()
    assert found["numpy"] == numpy.__version__
    assert found["sacrebleu"] == sacrebleu.__version__
    assert found["python"] == platform.python_version()
    assert not {"pytest", "ruff", "mypy"} & set(found)
