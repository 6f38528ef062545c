"""Language models behind an OpenAI-compatible server: vLLM, Ollama, llama.cpp, hosted ones."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from omegaconf import MISSING

from evalharness.errors import EvalHarnessError
from evalharness.systems.base import (
    Facts,
    Failure,
    Translation,
    languages_in_words,
    translates_between,
)
from evalharness.systems.remote.cleaning import RULES, clean
from evalharness.systems.remote.dispatch import Answers, Texts
from evalharness.systems.remote.errors import RequestError, refused, unreadable
from evalharness.systems.remote.events import EVENT, assemble
from evalharness.systems.remote.http import quiet, transport_error
from evalharness.systems.remote.per_thread import PerThread
from evalharness.systems.remote.prompt import Prompt
from evalharness.systems.remote.system import RemoteSystem, guess_tokens

_NO_KEY = "none"  # the client wants one
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
    prompt: str = MISSING
    system_prompt: str = ""
    examples: list[Any] = field(default_factory=list)
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

    modules = ("httpx2", "openai", "tenacity")

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.base_url:
            raise EvalHarnessError("empty", where="base_url", mend="give the server's address")
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

    def notes(self) -> Sequence[str]:
        """Whether its hypotheses were drawn."""
        if self.temperature == 0:
            return ()
        how = "at the server's own temperature"
        if self.temperature is not None:
            how = f"at temperature {self.temperature:g}"
        return (f"hypotheses were drawn {how}: the server may answer otherwise another time",)

    def how_to_start(self) -> str:
        """The command of `start`."""
        command = self.start.replace("MODEL", self.model) or "the server of your choice"
        return f"start it ({command}), or give another model.base_url="

    def tokens(self, texts: Texts) -> int:
        """The prompt's, and for the answer as many as the text has."""
        fixed = f"{self.system_prompt}{self.prompt}{self.examples}"
        return guess_tokens(fixed) + super().tokens(texts)

    def connect(self) -> Any:
        """The openai client, one per thread; every retry is ours."""
        import httpx2
        import openai

        quiet("openai", "httpx", "httpx2", "httpcore", "httpcore2")
        key = self.key() if self.api_key_env else _NO_KEY
        certificates = httpx2.create_ssl_context()  # slow to load: once for all

        def client() -> openai.OpenAI:
            return openai.OpenAI(
                api_key=key,
                base_url=self.base_url,
                timeout=self.timeout,
                max_retries=0,
                http_client=openai.DefaultHttpxClient(verify=certificates),
            )

        return PerThread(client)

    def send(self, client: Any, texts: Texts, source: str, target: str) -> Answers:
        """Asks for one text."""
        import httpx2
        import openai

        (text,) = texts
        request = self._request(text, source, target)
        try:
            # Not `chat.completions.create`: it takes whatever JSON there is for a completion, and
            # twice the time.
            answer = client().post("/chat/completions", body=request, cast_to=httpx2.Response)
            return [self._read(_parsed(answer.content), text)]
        except openai.APIConnectionError as error:
            raise transport_error(error.__cause__ or error) from None
        except openai.APIStatusError as error:
            raise _refused(error) from None

    def _read(self, answer: Any, text: str) -> Translation | Failure:
        """Reads a chat completion object of the API's reference."""
        choices = answer.get("choices") if isinstance(answer, Mapping) else None
        if not isinstance(choices, list):
            raise unreadable("no list of choices")
        choice = choices[0] if choices else None
        if choice is None:
            return Failure("empty list of choices")
        message = choice.get("message") if isinstance(choice, Mapping) else None
        if not isinstance(message, Mapping):
            raise unreadable("no message")
        end, content = choice.get("finish_reason"), message.get("content")
        if end == "content_filter":
            return Failure("held back by a content filter")
        if message.get("refusal"):
            return Failure("refused by the model")
        if not isinstance(content, str) or (not content.strip() and end == "length"):
            return Failure("no words in the answer")
        cleaned = clean(content, text) if self.clean_answers else None
        if cleaned and cleaned.only_reasoning:
            return Failure("still reasoning at the length limit (model.max_tokens)")
        words = cleaned.text if cleaned else " ".join(content.split())
        used = answer.get("usage")
        used = used if isinstance(used, Mapping) else {}
        return Translation(
            words,
            unfinished=end == "length",
            raw=None if content.strip() == words else content,
            removed=cleaned.removed if cleaned else (),
            input_tokens=_count(used.get("prompt_tokens")),
            output_tokens=_count(used.get("completion_tokens")),
        )

    def _request(self, text: str, source: str, target: str) -> dict[str, Any]:
        options = {name: getattr(self, name) for name in _OPTIONS}
        return {
            "model": self.model,
            "messages": self._prompt.chat(text, source, target),
            **{name: value for name, value in options.items() if value is not None},
            **(self.extra_body or {}),
        }

    @cached_property
    def _prompt(self) -> Prompt:
        return Prompt(self.prompt, self.system_prompt, self.examples)


_OPTIONS = ("temperature", "top_p", "max_tokens", "seed")


def _parsed(body: bytes) -> Any:
    """Reads JSON, or a stream of it: `extra_body={stream: true}` asks for one."""
    try:
        return assemble(body) if body.startswith(EVENT) else json.loads(body)
    except (ValueError, AttributeError):
        raise unreadable(body.decode(errors="replace")) from None


def _refused(error: Any) -> RequestError:
    body = error.body if isinstance(error.body, Mapping) else {}
    said = body.get("message")
    detail = said if isinstance(said, str) else error.response.text
    if body.get("code") == _QUOTA or body.get("type") == _QUOTA:
        status = error.status_code
        return RequestError("quota used up", detail, status=status, stops_the_run=True)
    return refused(error.status_code, error.response.headers, detail)


def _count(tokens: object) -> int | None:
    return tokens if isinstance(tokens, int) and tokens >= 0 else None
