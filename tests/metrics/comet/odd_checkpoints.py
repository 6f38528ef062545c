"""Turns a sound tiny checkpoint into one that is old, unsafe, damaged or not COMET at all.

Each function changes the folder that `tiny_comet` built, and returns it.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import yaml
from pytorch_lightning.utilities.parsing import AttributeDict

Checkpoint = dict[str, Any]


def read(folder: Path) -> Checkpoint:
    return torch.load(_file(folder), weights_only=True)


def with_position_ids(folder: Path) -> Path:
    """As published until transformers 4.31: the encoder's constant positions are in the state."""
    table = "encoder.model.embeddings.position_embeddings.weight"

    def change(checkpoint: Checkpoint) -> None:
        positions = torch.arange(len(checkpoint["state_dict"][table])).unsqueeze(0)
        checkpoint["state_dict"]["encoder.model.embeddings.position_ids"] = positions

    return _change(folder, change)


def with_training_state(folder: Path) -> Path:
    """As `Trainer.save_checkpoint` of Lightning 2 writes while training goes on."""
    progress = {"total": {"ready": 8, "completed": 8}, "current": {"ready": 8, "completed": 8}}
    moments = {"step": torch.tensor(8.0), "exp_avg": torch.zeros(2), "exp_avg_sq": torch.zeros(2)}
    monitor = {"best_model_score": torch.tensor(0.3), "best_model_path": "checkpoints/model.ckpt"}

    def change(checkpoint: Checkpoint) -> None:
        checkpoint |= {
            "pytorch-lightning_version": "2.6.6",
            "loops": {"fit_loop": {"state_dict": {}, "epoch_progress": progress}},
            "callbacks": {"ModelCheckpoint{'monitor': 'val_kendall', 'mode': 'max'}": monitor},
            "optimizer_states": [{"state": {0: moments}, "param_groups": [{"betas": (0.9, 0.99)}]}],
        }

    return _change(folder, change)


def with_old_serialization(folder: Path) -> Path:
    """As torch wrote before 1.6: no zip archive, so nothing that could be mapped into memory."""
    file = _file(folder)
    torch.save(read(folder), file, _use_new_zipfile_serialization=False)
    return folder


def with_code(folder: Path, marker: Path) -> Path:
    """Unpickling without care makes the folder `marker`."""

    class Code:
        def __reduce__(self) -> tuple[Callable[..., None], tuple[str]]:
            return os.mkdir, (str(marker),)

    return _change(folder, lambda checkpoint: checkpoint.update(callbacks={"code": Code()}))


def with_namespace(folder: Path) -> Path:
    """Hyperparameters in an `argparse.Namespace`: harmless, and still not plain data."""
    return _with_hyper_parameters(folder, lambda values: argparse.Namespace(**values))


def with_attribute_dict(folder: Path) -> Path:
    """Hyperparameters in the class that Lightning keeps them in."""
    return _with_hyper_parameters(folder, AttributeDict)


def with_nan(folder: Path, name: str = "estimator.ff.6.weight") -> Path:
    """One weight is not a number (of the last layer, unless another is named), so no score is."""

    def change(checkpoint: Checkpoint) -> None:
        checkpoint["state_dict"][name].view(-1)[0] = torch.nan

    return _change(folder, change)


def without_tensor(folder: Path, name: str = "estimator.ff.3.weight") -> Path:
    """One tensor is missing; comet's own loader leaves it as it was drawn, without a word."""
    return _change(folder, lambda checkpoint: checkpoint["state_dict"].pop(name))


def with_other_shape(folder: Path, name: str = "estimator.ff.3.weight") -> Path:
    """One tensor does not fit the hyperparameters."""

    def change(checkpoint: Checkpoint) -> None:
        checkpoint["state_dict"][name] = checkpoint["state_dict"][name][1:]

    return _change(folder, change)


def without_state(folder: Path) -> Path:
    """A file that torch reads, but no Lightning checkpoint."""
    return _change(folder, lambda checkpoint: checkpoint.pop("state_dict"))


def without_hyper_parameters(folder: Path) -> Path:
    return _change(folder, lambda checkpoint: checkpoint.pop("hyper_parameters"))


def without_hparams(folder: Path) -> Path:
    (folder / "hparams.yaml").unlink()
    return folder


def without_checkpoint(folder: Path) -> Path:
    _file(folder).unlink()
    return folder


def with_hparams(folder: Path, **changes: Any) -> Path:
    """Other values in hparams.yaml only, for instance `class_identifier="ranking_metric"`."""
    file = folder / "hparams.yaml"
    hparams = yaml.safe_load(file.read_text(encoding="utf-8")) | changes
    file.write_text(yaml.safe_dump(hparams), encoding="utf-8")
    return folder


def truncated(folder: Path) -> Path:
    """A download that stopped half-way."""
    content = _file(folder).read_bytes()
    _file(folder).write_bytes(content[: len(content) // 2])
    return folder


def with_pointer(folder: Path) -> Path:
    """What `git clone` leaves of a large file where git-lfs is not installed."""
    _file(folder).write_text(
        "version https://git-lfs.github.com/spec/v1\n"
        "oid sha256:e213091cde220f97b89f8bdfa750c458cfea741ad62affb455b59900210ff2af\n"
        "size 2320305493\n",
        encoding="utf-8",
    )
    return folder


def _with_hyper_parameters(folder: Path, wrap: Callable[[dict[str, Any]], Any]) -> Path:
    return _change(
        folder,
        lambda checkpoint: checkpoint.update(
            hyper_parameters=wrap(checkpoint["hyper_parameters"]),
        ),
    )


def _change(folder: Path, change: Callable[[Checkpoint], object]) -> Path:
    checkpoint = read(folder)
    change(checkpoint)
    torch.save(checkpoint, _file(folder))
    return folder


def _file(folder: Path) -> Path:
    return folder / "checkpoints" / "model.ckpt"
