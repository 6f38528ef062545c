"""Whether most of some texts are in another language than the target language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from evalharness.checks.check import NOT_APPLICABLE, Check
from evalharness.checks.wrong_language import WrongLanguage
from evalharness.checks.wrong_script import WrongScript
from evalharness.languages import UNDETERMINED, language
from evalharness.values.segments import Bitext, Segment

_LOOKED = 100
_FEWEST = 3


def most_are_wrong(
    bitext: Bitext, texts: Sequence[tuple[Segment, str]]
) -> tuple[str, list[str]] | None:
    """Says which language most texts are in, if it is not the target language.

    Args:
        bitext: What they belong to.
        texts: The texts with their segments; up to 100 from all over are looked at.

    Returns:
        The language in words, and the ids of the segments; `None` where most are as they should be.
    """
    look = _looker(bitext).prepare(bitext, None)
    if look is None:
        return None
    sample = texts[:: max(1, len(texts) // _LOOKED)][:_LOOKED]
    seen = [(segment.id, look(segment, text, None)) for segment, text in sample]
    judged = [(id_, value) for id_, value in seen if value is not NOT_APPLICABLE]
    wrong = [(id_, value) for id_, value in judged if value is not None]
    if len(judged) < _FEWEST or 2 * len(wrong) <= len(judged):
        return None
    ((value, _),) = Counter(value for _, value in wrong).most_common(1)
    counts = f"{len(wrong)} of {len(judged)} texts that were looked at"
    named = f"{_described(value)}, not in {_described(bitext.target_lang)} ({counts})"
    return named, [id_ for id_, _ in wrong]


def signature_of_sample(bitext: Bitext) -> str:
    """Names the rule of `most_are_wrong`."""
    return f"texts:{_LOOKED}|least:{_FEWEST}|share:0.5|{_looker(bitext).signature(bitext, None)}"


def _looker(bitext: Bitext) -> Check:
    known = WrongLanguage()
    return WrongScript() if known.prepare(bitext, None) is None else known


def _described(value: Any) -> str:
    """The name of a language, or of a script, which is written in capitals."""
    if value == UNDETERMINED.code:
        return "another language"
    return f"{value.capitalize()} letters" if value.isupper() else language(value).name
