"""Tiny checkpoints, and systems composed from the project's own configuration."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hydra import compose, initialize_config_dir

from evalharness.config import build, register_schemas

from ...conftest import ROOT
from . import tiny_checkpoints, tiny_gguf, tiny_language_models

TURKISH = [
    "Türkiye ve Rusya ateşkes için anlaştı.",
    "Bugün hava çok güzel.",
    "Toplantı Moskova'da yapılacak.",
    "Çocuklar okula gitti mi?",
    "Yeni bir kitap okudum.",
    "Evet.",
    "Libya'nın egemenliği, bağımsızlığı, birliği ve toprak bütünlüğü korunmalıdır.",
]
ARABIC = [
    "أعلنت وزارة الخارجية البيان اليوم.",
    "الطقس جميل جدا اليوم.",
    "سيعقد الاجتماع القادم في موسكو.",
    "نعم.",
    "قرأت كتابا جديدا.",
]

Tiny = Callable[[str], Path]


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Tiny:
    """Builds the tiny checkpoint of a family, once."""
    folder = tmp_path_factory.mktemp("tiny")

    def checkpoint(family: str) -> Path:
        if not (folder / family).exists():
            for module in (tiny_checkpoints, tiny_gguf, tiny_language_models):
                if builder := getattr(module, f"build_{family}", None):
                    builder(folder / family)
        return folder / family

    return checkpoint


def configured(*overrides: str) -> Any:
    """Builds the system that a command line chooses."""
    register_schemas()
    with initialize_config_dir(str(ROOT / "conf"), version_base="1.3"):
        config = compose("config", overrides=["device=cpu", "dtype=float32", *overrides])
        return build(config.model, "model")


def translations(system: Any, texts: list[str], source: str = "tr", target: str = "en") -> list:
    """What a system makes of all texts at once, in their order."""
    made = dict(system.translate(texts, source, target))
    return [made[position] for position in range(len(texts))]
