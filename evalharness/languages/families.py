"""What model families and services call languages, and how a language parts its sentences."""

from __future__ import annotations

from evalharness.languages.table import codes, row_of, script_of, scripts_of, table
from evalharness.languages.tags import language, tag_or_none

# Written without a space after the full stop. Thai, Lao, Khmer, Burmese and Tibetan, which do not
# divide words, do put one between sentences.
_UNSPACED = {"ja", "yue", "zh"}


def family_code(tag: str, family: str) -> str | None:
    """Returns a model family's own code for a language.

    The longest part of the tag that has a row counts: the tag itself, its language and script, its
    language. A region without a row does not change the language (`ar-EG` is `arb_Arab`); a script
    without one must be the script the language's row is known to stand for.

    Args:
        tag: The tag, such as `tr`, `pt-BR` or `zh-Hant`.
        family: `nllb`, `m2m100` (for SMaLL-100 too), `mbart50`, `madlad400` (`tr` is its `<2tr>`)
            or `seamless`.

    Returns:
        The code, or None if the family does not have the language in this script.

    Raises:
        KeyError: There is no such family.
    """
    return codes(family).get(spellings(tag)[-1])


def family_languages(family: str) -> tuple[str, ...]:
    """Returns the BCP 47 tags a model family has a code for, sorted, one tag per code.

    Args:
        family: As in `family_code`.

    Raises:
        KeyError: There is no such family.
    """
    return tuple(sorted(codes(family)))


def spellings(tag: str) -> tuple[str, ...]:
    """Returns a tag and the broader ones of its language in its script, the narrowest first.

    `ar-EG` is also `ar`, `zh-TW` also `zh-Hant` but not `zh`, `sr-Latn` nothing else.

    Args:
        tag: The tag, such as `tr`, `pt-BR` or `zh-Hant`.
    """
    tag = tag_or_none(tag) or tag
    if (row := row_of(tag)) is None:
        return (tag,)
    row_of_codes = table()[row]["same_as"] or row
    if script_of(tag) not in (None, script_of(row), *scripts_of(row_of_codes)):
        return (tag,)
    return tuple(dict.fromkeys((tag, row, row_of_codes)))


def sentence_separator(tag: str) -> str:
    """Returns what stands between two sentences of a text: a space, or nothing in Chinese.

    Args:
        tag: BCP 47 tag of the text's language.

    Raises:
        EvalHarnessError: See `normalised`.
    """
    known = language(tag)
    return "" if known.code in _UNSPACED and script_of(known.tag) != "Latn" else " "
