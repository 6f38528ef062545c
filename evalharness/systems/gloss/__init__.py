"""Dictionary glosses, Turkish and Arabic into English: a baseline that real systems must beat."""

from evalharness.systems.gloss.gloss import GlossSystem

__all__ = ["GlossSystem"]
