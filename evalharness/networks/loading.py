"""How checkpoints are loaded: without the libraries' chatter, and with one line on damages."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evalharness.errors import EvalHarnessError
from evalharness.hub import Checkpoint, damaged
from evalharness.networks.devices import is_out_of_memory


@contextmanager
def loading(folder: Path, checkpoint: Checkpoint) -> Iterator[None]:
    """Keeps the libraries' chatter away, and says in one line what is damaged.

    Args:
        folder: What `Checkpoint.folder` returned.
        checkpoint: What is loaded, for errors.

    Raises:
        EvalHarnessError: Memory does not suffice, or a file is damaged.
    """
    from transformers.utils import logging as chatter

    chatter.set_verbosity_error()
    had_bars = chatter.is_progress_bar_enabled()
    chatter.disable_progress_bar()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except EvalHarnessError:
            raise
        except Exception as error:
            if is_out_of_memory(error):
                raise EvalHarnessError(
                    "out of memory while it was loaded",
                    where=checkpoint.name,
                    mend="choose a smaller checkpoint, dtype=bfloat16 or another device=",
                ) from error
            raise damaged(folder, error, checkpoint.fetch_with, checkpoint.key) from error
        finally:
            if had_bars:  # huggingface_hub's too
                chatter.enable_progress_bar()
