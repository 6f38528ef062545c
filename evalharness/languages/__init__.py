"""Languages: their tags and names, and what model families call them."""

from evalharness.languages.families import (
    family_code,
    family_languages,
    sentence_separator,
    spellings,
)
from evalharness.languages.sentences import sentences
from evalharness.languages.tags import (
    UNDETERMINED,
    Language,
    language,
    normalised,
    normalised_pair,
    split_pair,
    tag_or_none,
)

__all__ = [
    "UNDETERMINED",
    "Language",
    "family_code",
    "family_languages",
    "language",
    "normalised",
    "normalised_pair",
    "sentence_separator",
    "sentences",
    "spellings",
    "split_pair",
    "tag_or_none",
]
