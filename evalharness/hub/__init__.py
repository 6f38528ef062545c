"""Checkpoints: repositories of the Hugging Face hub, folders, and folders of installed packages."""

from evalharness.hub.checkpoint import PACKAGE, Checkpoint
from evalharness.hub.damage import damaged
from evalharness.hub.files import Files, Select, transformers_files
from evalharness.hub.obstacles import NotDownloadedError
from evalharness.hub.repository import readable_size

__all__ = [
    "PACKAGE",
    "Checkpoint",
    "Files",
    "NotDownloadedError",
    "Select",
    "damaged",
    "readable_size",
    "transformers_files",
]
