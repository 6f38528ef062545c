"""Turkish words to their readings: zeyrek's morphology (after Zemberek-NLP), made deterministic."""

from __future__ import annotations

import contextlib
import inspect
import io
import logging
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from evalharness.systems.gloss.kenet import POS, Dictionary

_UNVOICED = {"ğ": "k", "b": "p", "c": "ç", "d": "t"}


class Parse(NamedTuple):
    """One reading of a word: dictionary form, class of the root, morphemes and their letters."""

    lemma: str
    pos: str
    proper: bool
    tags: tuple[str, ...]
    surfaces: tuple[str, ...]


class _InOrder(set[Any]):
    """A set whose members come in one order: zeyrek voices a stem's end before doubling it."""

    def __iter__(self) -> Iterator[Any]:
        return iter(sorted(super().__iter__(), key=lambda member: str(member.name), reverse=True))


def _load_analyzer() -> Any:
    """Load zeyrek and mend what makes its readings hang on hash seeds and on earlier words."""
    with contextlib.redirect_stdout(io.StringIO()):
        from zeyrek import morphotactics, rulebasedanalyzer
        from zeyrek.lexicon import RootLexicon

        # It changes the sets that this function hands out, so none may come from a cache.
        uncached = inspect.unwrap(morphotactics.calculate_phonetic_attributes)
        morphotactics.calculate_phonetic_attributes = uncached
        rulebasedanalyzer.calculate_phonetic_attributes = uncached
        lexicon = RootLexicon.default_text_dictionaries()
        for item in lexicon.items:
            item.attributes = _InOrder(item.attributes)
        analyzer = rulebasedanalyzer.RuleBasedAnalyzer(morphotactics.TurkishMorphotactics(lexicon))
    logging.getLogger("zeyrek.rulebasedanalyzer").setLevel(logging.CRITICAL)
    return analyzer


class Morphology:
    """Reads words; what it finds is kept for the process's life."""

    def __init__(self, dictionary: Dictionary) -> None:
        self._analyzer = _load_analyzer()
        self._dictionary = dictionary
        self.parses = lru_cache(maxsize=None)(self._parse)

    def _parse(self, form: str) -> list[Parse]:
        """All readings of a folded word, in an order that does not hang on zeyrek's sets."""
        stems = self._analyzer.stem_transitions.prefix_matches(form) if len(form) <= 60 else []
        # zeyrek's search fails on words of more than thirty possible stems: they stay unknown.
        if not 0 < len(stems) <= 30:
            return []
        attributes = [stem.attrs.copy() for stem in stems]
        with contextlib.redirect_stdout(io.StringIO()):
            found = self._analyzer.analyze(form)
        for stem, kept in zip(stems, attributes, strict=True):
            stem.attrs = kept  # the search leaves its traces in them
        parses = {
            Parse(
                lemma=reading.dict_item.lemma,
                pos=reading.dict_item.primary_pos.value,
                proper=reading.dict_item.secondary_pos.value == "Prop",
                tags=tuple(morpheme.id_ for morpheme, _ in reading.morphemes),
                surfaces=tuple(surface for _, surface in reading.morphemes),
            )
            for reading in found
        }
        return sorted(parses.union(*map(self._derived_words, parses)))

    def _derived_words(self, parse: Parse) -> set[Parse]:
        """The reading with its derived stems as words of their own, where KeNet lists them."""
        derived = set()
        for place, pos in enumerate(parse.tags[1:], start=1):
            stem = "".join(parse.surfaces[: place + 1])
            if pos in POS and stem:
                # KeNet lists what the bare stem ends in (egemenliğ-i: egemenlik), verbs with -mek.
                word = stem[:-1] + _UNVOICED.get(stem[-1], stem[-1])
                forms = [f"{stem}mak", f"{stem}mek"] if pos == "Verb" else [stem, word]
                surfaces = (stem, *parse.surfaces[place + 1 :])
                for form in forms:
                    if self._dictionary.look_up(form, POS[pos], strict=True):
                        derived.add(Parse(form, pos, False, parse.tags[place:], surfaces))
        return derived
