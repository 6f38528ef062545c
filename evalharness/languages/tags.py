"""Tags of languages as BCP 47 writes them, their English names, and what is near to a wrong one.

langcodes reads and names them (https://github.com/georgkrause/langcodes; data of IANA and CLDR).
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from evalharness.errors import EvalHarnessError
from evalharness.languages.table import row_of, scripts_of, spelled, table

if TYPE_CHECKING:
    from langcodes import Language as Parsed

# Of difflib's ratios: below the one, texts are not alike; further than the other from the best,
# they are not the nearest.
_LIKE, _NEARLY = 0.65, 0.1
_LONGEST_CODE = 4  # longer words are a language's name, if anything
_NOWHERE = "AA|Q[M-Z]|X[A-Z]|ZZ"  # what ISO 3166 leaves to its users
_LONGEST = 100  # of the tags that IANA has registered, none has 40
_SHAPE = "write a BCP 47 tag, such as tr, ar-EG or zh-Hant"


@dataclass(frozen=True)
class Language:
    """A language.

    Attributes:
        tag: Its tag as `normalised` returns it; may say a script and a region.
    """

    tag: str

    @property
    def code(self) -> str:
        """The primary subtag (ISO 639): `ar` of `ar-EG`."""
        return self.tag.partition("-")[0]

    @property
    def name(self) -> str:
        """The English name, with the script where it is not the usual one."""
        if self == UNDETERMINED:
            return "undetermined language"
        row = row_of(self.tag)
        return _name(self.tag) if row is None else table()[row]["name"] or _name(row)


UNDETERMINED = Language("und")
"""BCP 47's `und`: texts are scored in it, and no system translates it."""


def language(tag: str, *, where: str | None = None) -> Language:
    """Returns the language of a tag.

    Args:
        tag: See `normalised`.
        where: The option or folder the tag comes from, for the error.

    Raises:
        EvalHarnessError: See `normalised`.
    """
    return Language(normalised(tag, where=where))


def normalised(tag: str, *, where: str | None = None) -> str:
    """Returns a tag as BCP 47 writes it, with the shortest code of its language.

    Args:
        tag: A BCP 47 tag, in which `_` is `-` and case does not matter (`ar_eg` is `ar-EG`), a
            three-letter code (`tur` is `tr`), or a code of FLORES, whose script is left out where
            it is the language's own (`tur_Latn` is `tr`, `zho_Hant` is `zh-Hant`). Script, region
            and all else that a tag says is kept.
        where: The option or folder the tag comes from, for the error.

    Raises:
        EvalHarnessError: It is no such tag, or nobody has registered its language; names the
            nearest ones known.
    """
    if len(tag) > _LONGEST:
        raise EvalHarnessError(
            f"{tag[:_LONGEST]!r}… is too long for a language code", where=where, hint=_SHAPE
        )
    if (found := tag_or_none(tag)) is not None:
        return found
    raise EvalHarnessError(f"unknown language code {tag!r}", where=where, hint=_nearest(tag))


def split_pair(pair: str) -> tuple[str, str]:
    """Returns the normalised source and target language of a pair: `ar-en`, `zh_Hant-en`.

    Args:
        pair: Two tags around the only hyphen; `_` stands before a subtag.

    Raises:
        EvalHarnessError: There is not exactly one hyphen, or a tag is none.
    """
    source, _, target = pair.partition("-")
    if not source or not target or "-" in target:
        raise EvalHarnessError(
            f"{pair!r} is no language pair",
            where="pair",
            hint="write SOURCE-TARGET with one hyphen, such as ar-en or zh_Hant-en",
        )
    return normalised(source, where="pair"), normalised(target, where="pair")


def normalised_pair(pair: str) -> str:
    """Returns a pair as the folders of runs spell it: `tr-en` for `tur_Latn-eng_Latn`.

    What is not two tags around the only hyphen stays as it is.
    """
    tags = [tag_or_none(tag) for tag in pair.split("-")]
    return "-".join(map(str, tags)) if len(tags) == 2 and all(tags) else pair


@lru_cache(maxsize=1024)
def tag_or_none(tag: str) -> str | None:
    """Returns what `normalised` does; `None` where it raises."""
    if len(tag) > _LONGEST or not tag.isascii() or not tag.isprintable():
        return None
    text = tag.replace("_", "-")
    if known := spelled().get(text.lower()):
        return known  # the commonest, without langcodes
    from langcodes import Language as Parsed
    from langcodes import standardize_tag

    primary, hyphen, rest = text.partition("-")
    row = spelled().get(primary.lower())
    try:
        # langcodes would replace some that families tell apart: prs by fa-AF, tl by fil.
        parsed = Parsed.get(f"{row or primary}{hyphen}{rest}", normalize=row is None)
    except ValueError:
        return None
    if not Parsed.make(language=parsed.language).is_valid():
        return None
    subtag = parsed.language or "und"
    if subtag not in table() and (wider := standardize_tag(subtag, macro=True)) in table():
        parsed = Parsed.get(f"{wider}{parsed.to_tag().removeprefix(subtag)}", normalize=False)
    is_of_flores = len(primary) == 3 and len(rest) == 4
    if is_of_flores and parsed.script in (scripts_of(str(parsed.language)) or _likely(parsed)):
        return parsed.language
    return parsed.to_tag()


def _likely(parsed: Parsed) -> list[str]:
    """The script that CLDR thinks likely for a language."""
    return [str(type(parsed).make(language=parsed.language).maximize().script)]


def _name(tag: str) -> str:
    from langcodes import Language as Parsed

    return Parsed.get(tag, normalize=False).display_name()


def _nearest(tag: str, count: int = 3) -> str:
    """Says which languages are spelled or named nearly as a tag that is none, or spoken there."""
    wanted = re.split("[-_]", tag.lower())[0]
    if not (wanted.isprintable() and wanted.isalpha()):
        return _SHAPE
    alike = dict.fromkeys(_meant(wanted), 1.0)
    for code, known in spelled().items():
        name = Language(known).name.lower()
        for text in (code, name) if len(wanted) <= _LONGEST_CODE else (name,):
            ratio = difflib.SequenceMatcher(None, wanted, text).ratio()
            alike[known] = max(ratio, alike.get(known, 0))
    least = max(_LIKE, max(alike.values()) - _NEARLY)
    nearest = sorted((-ratio, known) for known, ratio in alike.items() if ratio >= least)[:count]
    listed = ", ".join(f"{known} ({Language(known).name})" for _, known in nearest)
    return f"the nearest known: {listed}" if listed else _SHAPE


def _meant(word: str) -> list[str]:
    """The language of that name, or those of the country of that code: `cs` for `cz`."""
    import langcodes

    if len(word) == 2:
        return _spoken_in(word.upper())
    try:
        found = langcodes.find(word, language="en")
    except LookupError:
        return []
    return [found.to_tag()] if found.display_name().lower() == word else []


def _spoken_in(country: str) -> list[str]:
    """The language that CLDR thinks likely there; where it is from elsewhere, the others, too."""
    from langcodes import Language as Parsed

    place = Parsed.make(territory=country)
    if not place.is_valid() or re.fullmatch(_NOWHERE, country):
        return []
    likely = str(place.maximize().language)
    own = [tag for tag in table() if Parsed.get(tag).maximize().territory == country]
    return [likely] if likely in own else [likely, *own]
