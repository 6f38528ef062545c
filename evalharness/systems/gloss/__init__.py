"""Dictionary glosses, Turkish and Arabic into English: a baseline that real systems must beat."""

from evalharness.systems.gloss.system import GlossSystem

__all__ = ["GlossSystem"]
