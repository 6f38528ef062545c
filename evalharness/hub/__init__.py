"""Checkpoints: repositories of the Hugging Face hub, folders, and folders of installed packages."""

from evalharness.hub.checkpoint import PACKAGE, Checkpoint
from evalharness.hub.configs import check_file, entries, read_json, read_yaml
from evalharness.hub.damage import damaged
from evalharness.hub.files import Files, Select, transformers_files
from evalharness.hub.hashes import sha256_of
from evalharness.hub.obstacles import NotDownloadedError
from evalharness.hub.repository import readable_size

__all__ = [
    "PACKAGE",
    "Checkpoint",
    "Files",
    "NotDownloadedError",
    "Select",
    "check_file",
    "damaged",
    "entries",
    "read_json",
    "read_yaml",
    "readable_size",
    "sha256_of",
    "transformers_files",
]
