"""Loading a COMET network: weights only, offline, without a word on the terminal."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import logging
import pickle
import re
import zipfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from evalharness.compute import ENCODERS, loading, placing, warn_if_slow
from evalharness.config import Dtype
from evalharness.errors import EvalHarnessError
from evalharness.metrics.comet.checkpoint import WEIGHTS, CometCheckpoint
from evalharness.metrics.comet.packing import pack
from evalharness.terminal import working

# What COMET 2.2.7 does for checkpoints that ask for it (its issue #244).
_PATCHED, _INSTEAD = "sparsemax_patch", "softmax"
_ATTRIBUTES = (
    "pytorch_lightning.utilities.parsing.AttributeDict",
    "lightning_fabric.utilities.data.AttributeDict",
)


def lacks_pkg_resources() -> str | None:
    """Says that unbabel-comet cannot be imported here, whose torchmetrics needs pkg_resources."""
    if importlib.util.find_spec("pkg_resources") is None:
        return "unbabel-comet needs pkg_resources; pip install 'setuptools<82'"
    return None


def load(checkpoint: CometCheckpoint, device: str, dtype: Dtype) -> Any:
    """Loads a checkpoint as unbabel-comet's own class.

    The encoder computes in `dtype`, everything above it in float32.

    Args:
        checkpoint: The checkpoint; downloaded if need be.
        device: What `resolve_device` returned.
        dtype: float32 or bfloat16.

    Returns:
        A `comet.models.CometModel` in evaluation mode.

    Raises:
        EvalHarnessError: A file is missing or damaged, or would have to be executed to be read.
    """
    if reason := lacks_pkg_resources():
        raise EvalHarnessError(reason)
    with ExitStack() as stack:
        for named in checkpoint.all():  # MiniLM's tokenizer lies in a third repository
            stack.enter_context(loading(named, ENCODERS))
        encoder = checkpoint.encoder.folder()
        folder = stack.enter_context(loading(checkpoint.weights, ENCODERS))
        stack.enter_context(working(f"loading {checkpoint.weights.name}"))
        import torch

        _import_quietly()
        content = _read(folder / WEIGHTS, checkpoint)
        model = _build(checkpoint, content["hyper_parameters"], encoder)
        found = model.load_state_dict(content["state_dict"], strict=False, assign=True)
        weights = dict(model.named_parameters())
        if missing := [name for name in found.missing_keys if name in weights]:
            raise ValueError(f"{len(missing)} weights are missing, such as {missing[0]}")
        model.requires_grad_(False).eval()
        model.float()
        model.encoder.to(torch.bfloat16 if dtype is Dtype.bfloat16 else torch.float32)
        model.encoder.register_forward_hook(_in_float32)
        with placing(device):
            if device == "cpu":
                warn_if_slow(dtype, checkpoint.option("dtype"))
                pack(model.encoder)
            return model.to(device)


def _import_quietly() -> None:
    """Imports unbabel-comet, which sets up logging for the whole process, and undoes that."""
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    importlib.import_module("comet")
    root.setLevel(level)
    root.handlers[:] = handlers
    for name in ("comet", "pytorch_lightning", "lightning.pytorch", "lightning.fabric"):
        logging.getLogger(name).setLevel(logging.ERROR)


def _read(path: Path, checkpoint: CometCheckpoint) -> Mapping[str, Any]:
    """The content of a Lightning checkpoint, of which nothing is executed."""
    import argparse

    import torch

    # Plain containers, in which Lightning has kept hyperparameters; its own are read as dicts.
    containers: list[Any] = [argparse.Namespace, *((dict, name) for name in _ATTRIBUTES)]
    try:
        with torch.serialization.safe_globals(containers):
            # Mapped into memory it is read once, when its weights are used; torch < 1.6 wrote files
            # that cannot be.
            mapped = zipfile.is_zipfile(path)
            content = torch.load(path, map_location="cpu", weights_only=True, mmap=mapped)
    except pickle.UnpicklingError as error:
        found = re.search(r"GLOBAL (\S+)", str(error))
        if found is None:
            raise
        raise EvalHarnessError(
            f"{path.name} would have to execute {found[1]} to be read, which is refused",
            where=checkpoint.weights.name,
            hint="save it anew, with weights and plain values only",
        ) from error
    if not isinstance(content, dict) or not {"state_dict", "hyper_parameters"} <= content.keys():
        raise ValueError(f"{path.name} holds no state_dict and hyper_parameters")
    return content


def _build(checkpoint: CometCheckpoint, hyper_parameters: Any, encoder: Path) -> Any:
    """The network, its weights yet to come."""
    from comet.models import str2model
    from transformers.modeling_utils import no_init_weights

    given = hyper_parameters if isinstance(hyper_parameters, dict) else vars(hyper_parameters)
    network = str2model[checkpoint.kind.value]
    known = inspect.signature(network.__init__).parameters
    options = {name: value for name, value in given.items() if name in known}
    options |= {
        "encoder_model": checkpoint.encoder_class,
        "pretrained_model": str(encoder),
        "load_pretrained_weights": False,
        "local_files_only": True,
        "train_data": [],
        "validation_data": [],
    }
    if checkpoint.hparams.get("layer_transformation") == _PATCHED:
        options["layer_transformation"] = _INSTEAD
    with no_init_weights():
        return network(**options)


def _in_float32(module: Any, inputs: Any, outputs: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the layers above an encoder in bfloat16 compute with."""
    layers = tuple(layer.float() for layer in outputs["all_layers"])
    return {**outputs, "all_layers": layers, "wordemb": outputs["wordemb"].float()}
