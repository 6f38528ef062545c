"""Who translates."""

from evalharness.systems.base import System, Translation
from evalharness.systems.copy import CopySystem
from evalharness.systems.file import FileSystem
from evalharness.systems.gloss import GlossSystem

__all__ = ["CopySystem", "FileSystem", "GlossSystem", "System", "Translation"]
