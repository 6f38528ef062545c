"""Dictionary glosses, Turkish and Arabic into English: a floor for real systems."""

from evalharness.systems.gloss.system import GlossSystem

__all__ = ["GlossSystem"]
