"""How checkpoints are loaded: vetted, without the libraries' chatter, one line on damages."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from evalharness.compute.devices import is_out_of_memory
from evalharness.compute.vetting import vet
from evalharness.errors import EvalHarnessError
from evalharness.hub import Checkpoint, damaged

# All that runs a checkpoint's code in transformers, and where it is called from.
_DOORS = (
    ("transformers.dynamic_module_utils", "get_class_in_module"),
    ("transformers.generation.utils", "get_class_in_module"),
    ("transformers.modeling_utils", "load_and_register_kernel"),
)


@contextmanager
def loading(checkpoint: Checkpoint, known: Collection[str]) -> Iterator[Path]:
    """Yields a checkpoint's folder, once it is vetted, and says in one line what is damaged.

    Whatever transformers loads is loaded inside: there none of a checkpoint's code can be run.

    Args:
        checkpoint: The checkpoint; downloaded if need be.
        known: The `model_type`s that are loaded; see `vet`.

    Raises:
        EvalHarnessError: It cannot be downloaded or would have to be executed, memory does not
            suffice, or a file is damaged.
    """
    folder = checkpoint.folder()
    with _without_chatter(), _without_code(checkpoint):
        try:
            vet(folder, checkpoint, known)
            yield folder
        except EvalHarnessError:
            raise
        except Exception as error:
            if is_out_of_memory(error):
                raise EvalHarnessError(
                    "out of memory while it was loaded",
                    where=checkpoint.name,
                    hint="choose a smaller checkpoint, dtype=bfloat16 or another device=",
                ) from error
            raise damaged(folder, error, checkpoint.fetch_with, checkpoint.key) from error


@contextmanager
def _without_chatter() -> Iterator[None]:
    from transformers.utils import logging as chatter

    chatter.set_verbosity_error()
    had_bars = chatter.is_progress_bar_enabled()
    chatter.disable_progress_bar()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        finally:
            if had_bars:  # huggingface_hub's too
                chatter.enable_progress_bar()


@contextmanager
def _without_code(checkpoint: Checkpoint) -> Iterator[None]:
    """Vetting should leave nothing that gets here; what it overlooks is not run all the same."""

    def refuse(*arguments: Any, **options: Any) -> None:
        raise EvalHarnessError(
            "would have to be executed to be loaded, which is refused",
            where=checkpoint.name,
            hint=f"choose another {checkpoint.key}=",
        )

    modules = [(importlib.import_module(module), name) for module, name in _DOORS]
    doors = [(module, name, getattr(module, name)) for module, name in modules]
    try:
        for module, name, _ in doors:
            setattr(module, name, refuse)
        yield
    finally:
        for module, name, opened in doors:
            setattr(module, name, opened)
