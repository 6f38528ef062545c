"""Checkpoints: repositories of the Hugging Face hub, folders, and folders of installed packages.

`checkpoint` is a checkpoint by name; `repository` downloads one with huggingface_hub; `files` says
what has to be there and reads its small files; `obstacles` words what went wrong.
"""

from evalharness.hub.checkpoint import PACKAGE, Checkpoint
from evalharness.hub.files import (
    Files,
    Select,
    read_json,
    read_yaml,
    sha256_of,
    transformers_files,
)
from evalharness.hub.obstacles import NotDownloadedError, damaged
from evalharness.hub.repository import readable_size

__all__ = [
    "PACKAGE",
    "Checkpoint",
    "Files",
    "NotDownloadedError",
    "Select",
    "damaged",
    "read_json",
    "read_yaml",
    "readable_size",
    "sha256_of",
    "transformers_files",
]
