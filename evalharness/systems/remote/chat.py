"""Language models behind an OpenAI-compatible server: vLLM, Ollama, llama.cpp, hosted ones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from omegaconf import MISSING

from evalharness.config import PromptText
from evalharness.errors import EvalHarnessError
from evalharness.systems.prompt import Prompt, plain
from evalharness.systems.remote.cleaning import RULES
from evalharness.systems.remote.completion import read_completion
from evalharness.systems.remote.dispatch import Answers, Texts
from evalharness.systems.remote.errors import RequestError, error_of
from evalharness.systems.remote.events import parse_completion
from evalharness.systems.remote.http import Http
from evalharness.systems.remote.remote import RemoteSystem, guess_tokens
from evalharness.systems.system import (
    languages_in_words,
    seed_of_pass,
    translates_between,
)
from evalharness.values.outputs import Facts
from evalharness.values.segments import Segment

_NO_KEY = "none"
_QUOTA = "insufficient_quota"  # a 429 that no waiting mends


@dataclass(frozen=True)
class ChatSystem(RemoteSystem):
    """A model that is asked, in a chat, to translate a segment.

    What is `None` is not sent: some servers refuse what they do not know.

    Attributes:
        name: Name in tables and folders; empty for the model's.
        base_url: The server's address, up to `/v1`.
        model: What the server calls the model.
        prompt: The words around a text; see `Prompt`.
        system_prompt: What the model is told before; empty for nothing.
        examples: Texts with their translations, given before.
        temperature: 0 takes the likeliest token; above it, tokens are drawn.
        top_p: Draws from the likeliest that together have this probability.
        max_tokens: The length limit of an answer.
        seed: Seeds the draws, where the server does that.
        extra_body: Whatever else the server understands.
        clean_answers: Whether what is certainly no translation is taken out of answers.
        languages: The languages it reads and writes; `None` for all.
        start: How the server is started, for the error when it is not there; `MODEL` is filled in.
        price_per_million_input_tokens: In any currency.
        price_per_million_output_tokens: In the same.
    """

    name: str = ""
    base_url: str = MISSING
    model: str = MISSING
    prompt: PromptText = MISSING
    system_prompt: PromptText = ""
    examples: list[dict[str, str]] = field(default_factory=list)
    temperature: float | None = 0.0
    top_p: float | None = None
    max_tokens: int | None = 1024
    seed: int | None = None
    extra_body: dict[str, Any] | None = None
    clean_answers: bool = True
    languages: list[str] | None = None
    start: str = ""
    price_per_million_input_tokens: float = 0.0
    price_per_million_output_tokens: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.base_url:
            raise EvalHarnessError("empty", where="base_url", hint="give the server's address")
        self._prompt.check()
        if self.max_tokens is not None and self.max_tokens < 1:
            raise EvalHarnessError(f"{self.max_tokens} is less than 1", where="max_tokens")
        if not self.name:  # what follows the last slash, in letters that a folder may have
            called = re.sub(r"[^A-Za-z0-9._+-]+", "-", self.model.rstrip("/").rpartition("/")[2])
            object.__setattr__(self, "name", called.strip("-._+") or "chat")

    def supports(self, source: str, target: str) -> bool:
        """Whether both languages are among `languages`."""
        return translates_between(self.languages, source, target)

    def supported(self) -> str:
        """Its languages."""
        return languages_in_words(self.languages)

    def fingerprint(self, source: str, target: str) -> Facts:
        """The server, and all that is sent to it."""
        return {
            "system": "ChatSystem",
            "base_url": self.base_url.rstrip("/"),
            "request": self._request("{text}", source, target),
            "cleaning": RULES if self.clean_answers else None,
        }

    def samples(self) -> bool:
        """Whether what is sent asks for another temperature than 0, or leaves it to the server."""
        return bool(self._temperature != 0)

    def in_pass(self, number: int) -> ChatSystem:
        """Sends another seed, where one is sent."""
        return self if self.seed is None else replace(self, seed=seed_of_pass(self.seed, number))

    def notes(self) -> Sequence[str]:
        """Whether its hypotheses were drawn."""
        if not self.samples():
            return ()
        how = "at the server's own temperature"
        if self._temperature is not None:
            how = f"at temperature {self._temperature}"
        return (f"hypotheses were drawn {how}: the server may answer otherwise another time",)

    def how_to_start(self) -> str:
        """The command of `start`."""
        command = self.start.replace("MODEL", self.model) or "the server of your choice"
        return f"start it ({command}), or give another model.base_url="

    def tokens(self, texts: Texts) -> int:
        """The prompt's, and for the answer as many as the text has."""
        fixed = f"{self.system_prompt}{self.prompt}{self.examples}"
        return guess_tokens(fixed) + super().tokens(texts)

    def connect(self) -> Http:
        """A client with the key in its header; servers that want none get a word."""
        key = self.key() if self.api_key_env else _NO_KEY
        return Http(self.base_url, {"Authorization": f"Bearer {key}"}, self.timeout)

    def send(self, client: Http, texts: Texts, source: str, target: str) -> Answers:
        """Asks for one text."""
        (text,) = texts
        request = self._request(text, source, target)
        answer = client.post("/chat/completions", request, read=parse_completion)
        return [read_completion(answer, plain(text), cleaned=self.clean_answers)]

    def request(self, segment: Segment) -> str:
        """The source, with the facts that the prompt names."""
        return self._prompt.request(segment)

    def understood(self, error: RequestError) -> RequestError:
        """Tells a quota that is used up from one that passes: both are 429."""
        described = error_of(error)
        used_up = _QUOTA in (described.get("code"), described.get("type"))
        return error.exhaust() if used_up else error

    def instruction(self, source: str, target: str) -> str:
        """Its prompts, with the languages and no text filled in; not the examples."""
        words = Prompt(self.prompt, self.system_prompt).chat("", source, target)
        return "\n".join(message["content"] for message in words)

    def _request(self, text: str, source: str, target: str) -> dict[str, Any]:
        options = {name: getattr(self, name) for name in _OPTIONS}
        return {
            "model": self.model,
            "messages": self._prompt.chat(text, source, target),
            **{name: value for name, value in options.items() if value is not None},
            **(self.extra_body or {}),
        }

    @property
    def _temperature(self) -> Any:
        """The temperature that is sent; `None` for none."""
        return (self.extra_body or {}).get("temperature", self.temperature)

    @cached_property
    def _prompt(self) -> Prompt:
        return Prompt(self.prompt, self.system_prompt, self.examples)


_OPTIONS = ("temperature", "top_p", "max_tokens", "seed")
