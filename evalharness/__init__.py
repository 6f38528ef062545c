"""Translation-quality evaluation: run machine translation systems, score them, compare them."""
