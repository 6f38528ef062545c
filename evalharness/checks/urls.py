"""`urls`: the addresses of the source are lost, or others invented."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from evalharness.checks.check import Check, Look
from evalharness.values.outputs import Observations
from evalharness.values.segments import Bitext, Segment


@dataclass(frozen=True)
class Urls(Check):
    """Web or e-mail addresses of the source are not in the hypothesis, or there are others.

    Addresses begin with `http://`, `https://`, `ftp://` or `www.`, or are `name@host.domain`, in
    ASCII characters. Case, the scheme, `www.` and a slash at the end do not count. An address that
    also stands in the middle of another text is there. The check sees what is `lost` and what is
    `invented`.
    """

    id: str = "urls"

    @property
    def meaning(self) -> str:
        """What is wrong."""
        return "web or e-mail addresses of the source are lost, or others are invented"

    @property
    def structural(self) -> bool:
        """It may be right to name the page of the other language."""
        return False

    def signature(self, bitext: Bitext, prompt: str | None) -> str:
        """Names the definition."""
        return "addresses:http+ftp+www+email|except:scheme+case"

    def prepare(self, bitext: Bitext, prompt: str | None) -> Look | None:
        """Returns the look; `None` without sources to compare with."""
        return _look if bitext.has_sources else None


_ADDRESS = re.compile(
    r"(?i:(?:https?|ftp)://|\bwww\.)[A-Za-z0-9\-._~:/?#\[\]@!$&()*+,;=%]+"
    r"|(?<![A-Za-z0-9._%+\-])[A-Za-z0-9][A-Za-z0-9._%+\-]*@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+"
)
_PREFIX = re.compile(r"^(?:[a-z]+://)?(?:www\.)?")


def _look(segment: Segment, text: str, observations: Observations | None) -> Any:
    source = segment.source
    named = {
        "lost": [one for one in _addresses(source) if one not in text.casefold()],
        "invented": [one for one in _addresses(text) if one not in source.casefold()],
    }
    return {name: found for name, found in named.items() if found} or None


def _addresses(text: str) -> list[str]:
    if "://" not in text and "@" not in text and "www." not in text.casefold():
        return []
    return [_core(found) for found in _ADDRESS.findall(text)]


def _core(address: str) -> str:
    core = _PREFIX.sub("", address.casefold()).rstrip(".,;:!?*/&=[]")
    # A bracket that closes what was opened before the address is no part of it.
    return core.rstrip(").,;:!?/") if core.count(")") > core.count("(") else core
