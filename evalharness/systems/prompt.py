"""The prompt: words with named fields, and examples before the text."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evalharness.errors import EvalHarnessError
from evalharness.languages import language
from evalharness.values.segments import Segment

FIELDS = ("source_language", "target_language", "source", "target", "text")
FACTS = ("instruction", "domain", "terms")
"""What a prompt may say of a segment, where the test set knows it."""

_EXAMPLE = """"model.prompt='Translate into {target_language}: {text}'\""""
_SHELL = "single quotes keep a shell from replacing $..., and model.prompt=@FILE reads a file"
_MOST_SHOWN = 300
_FIELD = re.compile(r"\{(\w+)\}")


class TextWithFacts(str):
    """A text with the facts of its segment that a prompt names.

    As a string it is both, so that what is kept of one is never taken for the other.

    Attributes:
        text: The text alone.
        facts: The facts, as the prompt says them.
    """

    text: str
    facts: Mapping[str, str]

    def __new__(cls, text: str, facts: Mapping[str, str]) -> TextWithFacts:
        """Puts them together."""
        known = json.dumps(facts, ensure_ascii=False, sort_keys=True)
        both = super().__new__(cls, f"{text}\n{known}")
        both.text, both.facts = text, facts
        return both


def plain(text: str) -> str:
    """Returns a text without the facts of its segment."""
    return text.text if isinstance(text, TextWithFacts) else text


def beside(request: str, text: str) -> str:
    """Returns a text, such as a part of a request's, with the facts that the request has."""
    return TextWithFacts(text, request.facts) if isinstance(request, TextWithFacts) else text


def facts_in(request: str) -> Mapping[str, str]:
    """Returns the facts of a request; where it has none, their places as a prompt names them."""
    places = {name: f"{{{name}}}" for name in FACTS}
    return {**places, **(request.facts if isinstance(request, TextWithFacts) else {})}


@dataclass(frozen=True)
class Prompt:
    """What a language model is asked.

    Attributes:
        user: The words around each text, in which `{text}`, `{source_language}`,
            `{target_language}` (English names), `{source}` and `{target}` (BCP-47 codes) are
            filled in, and `{instruction}`, `{domain}` and `{terms}` of the segment.
        system: What it is told before; empty for nothing. Has the same fields but `{text}`.
        examples: Texts with their translations, each `{source: ..., target: ...}`, given as turns
            of the same chat.
    """

    user: str
    system: str = ""
    examples: Sequence[Mapping[str, Any]] = ()

    def check(self) -> None:
        """Refuses words that cannot be filled in.

        Raises:
            EvalHarnessError: `{text}` is missing, a field is unknown, or an example is none.
        """
        if "{text}" not in self.user:
            raise EvalHarnessError(
                f"the source, {{text}}, has no place in it; it arrived as {_shown(self.user)}",
                where="prompt",
                hint=f"give one like {_EXAMPLE}; {_SHELL}",
            )
        for option, words, fields in (
            ("prompt", self.user, (*FIELDS, *FACTS)),
            ("system_prompt", self.system, (*FIELDS[:-1], *FACTS)),
        ):
            if unknown := [name for name in _FIELD.findall(words) if name not in fields]:
                known = ", ".join(f"{{{name}}}" for name in fields)
                raise EvalHarnessError(
                    f"unknown field {{{unknown[0]}}}; it arrived as {_shown(words)}",
                    where=option,
                    hint=f"fields: {known}",
                )
        for number, example in enumerate(self.examples):
            both = isinstance(example, Mapping) and set(example) == {"source", "target"}
            if not both or not all(isinstance(text, str) for text in example.values()):
                raise EvalHarnessError(
                    "not a source and a target",
                    where=f"examples[{number}]",
                    hint="'model.examples=[{source: elma, target: apple}]'",
                )

    def request(self, segment: Segment) -> str:
        """Returns a segment's source, with those of its facts that the prompt names.

        Raises:
            EvalHarnessError: It lacks one.
        """
        words = f"{self.system}{self.user}"
        named = [name for name in FACTS if f"{{{name}}}" in words]
        if lacking := [name for name in named if not segment.facts.get(name)]:
            raise EvalHarnessError(
                f"the prompt names {{{lacking[0]}}}, and segment {segment.id} has none",
                where="model.prompt",
                hint="choose a test set that has it, or leave it out of the prompt",
            )
        if not named:
            return segment.source
        return TextWithFacts(segment.source, {name: _said(segment.facts[name]) for name in named})

    def chat(self, text: str, source: str, target: str) -> list[dict[str, str]]:
        """Returns the messages that ask for a translation.

        Args:
            text: What is to be translated, and the facts that `request` put beside it; braces in
                it stay as they are.
            source: BCP-47 code.
            target: BCP-47 code.
        """
        values = {
            "source_language": language(source).name,
            "target_language": language(target).name,
            "source": source,
            "target": target,
            **facts_in(text),
        }

        def fill(words: str, text: str) -> str:
            return _FIELD.sub(lambda match: {**values, "text": text}[match[1]], words)

        messages = [{"role": "system", "content": fill(self.system, "")}] if self.system else []
        for example in self.examples:
            messages.append({"role": "user", "content": fill(self.user, example["source"])})
            messages.append({"role": "assistant", "content": example["target"]})
        return [*messages, {"role": "user", "content": fill(self.user, plain(text))}]


def _said(fact: Any) -> str:
    """A fact in words: terms as `source = target`, a line each."""
    if isinstance(fact, Mapping):
        return "\n".join(f"{term} = {translation}" for term, translation in fact.items())
    if isinstance(fact, list):
        return ", ".join(map(str, fact))
    return str(fact)


def _shown(words: str) -> str:
    """Words as they arrived, line breaks visible; of long ones the beginning."""
    return repr(words if len(words) <= _MOST_SHOWN else f"{words[:_MOST_SHOWN]}...")
