"""What a chat completion says: whether it is finished, its words, and what it used.

How an answer ended is said by `finish_reason`. Servers have their own words for the same: OpenAI's
reference (stop, length, content_filter, tool_calls), Text Generation Inference (eos_token,
stop_sequence), Together (eos), Anthropic (end_turn, max_tokens, model_context_window_exceeded),
Mistral (model_length, error), Cohere and Gemini (COMPLETE, STOP, MAX_TOKENS), vLLM and SGLang
(abort, error), DeepSeek (insufficient_system_resource). Some say nothing, or null, about an answer
that came whole: it is taken as finished. What is in no list is not: the segment fails.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from evalharness.systems.remote.answers import error_within
from evalharness.systems.remote.cleaning import clean
from evalharness.systems.remote.errors import RequestError, unreadable
from evalharness.values.outputs import Failure, Translation, observed

_FINISHED = {"stop", "stop_sequence", "eos", "eos_token", "end_turn", "end", "complete"}
_TOO_LONG = {
    "length",
    "max_length",
    "max_output_tokens",
    "max_tokens",
    "model_context_window_exceeded",
    "model_length",
}
_MAY_PASS = {"abort", "aborted", "cancelled", "error", "insufficient_system_resource"}
_LONGEST_WORD = 40
_MOST_TOKENS = 10**9  # that anyone believes of one answer


def read_completion(answer: Any, source: str, *, cleaned: bool) -> Translation | Failure:
    """Reads a chat completion object of the API's reference.

    Args:
        answer: The object.
        source: What was to be translated.
        cleaned: Whether what is certainly no translation is taken out.

    Raises:
        RequestError: It is none, or its server did not finish it.
    """
    choices = answer.get("choices") if isinstance(answer, Mapping) else None
    if not isinstance(choices, list):
        raise unreadable("no list of choices")
    if not choices or choices[0] is None:
        return Failure("empty list of choices")
    choice = choices[0]
    message = choice.get("message") if isinstance(choice, Mapping) else None
    end = choice.get("finish_reason") if isinstance(choice, Mapping) else None
    if error := error_within(choice):
        raise error
    if not isinstance(message, Mapping):
        raise unreadable("no message")
    if end == "content_filter":
        return Failure("held back by a content filter")
    if message.get("refusal"):
        return Failure("refused by the model")
    unfinished = _is_unfinished(end)
    content = text_of(message.get("content"))
    if content is None or (unfinished and not content.strip()):
        return Failure("no words in the answer")
    found = clean(content, source) if cleaned else None
    if found and found.only_reasoning:
        return Failure("still reasoning at the length limit (model.max_tokens)")
    words = found.text if found else " ".join(content.split())
    used = answer.get("usage")
    used = used if isinstance(used, Mapping) else {}
    return Translation(
        words,
        observed(unfinished=unfinished, removed=list(found.removed) if found else []),
        raw=None if content.strip() == words else content,
        input_tokens=_count(used.get("prompt_tokens")),
        output_tokens=_count(used.get("completion_tokens")),
    )


def text_of(content: object) -> str | None:
    """Returns the words of a message, which may come in parts; `None` if it has none.

    Parts with the model's thoughts are no part of the answer.

    Raises:
        RequestError: A part is of another kind.
    """
    if content is None or isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else [None]
    words = []
    for part in parts:
        part = part if isinstance(part, Mapping) else {}
        kind, text = part.get("type"), part.get("text")
        if kind in ("text", "output_text") and isinstance(text, str):
            words.append(text)
        elif kind not in ("reasoning", "thinking"):
            raise unreadable("a part of the message is no text")
    return "".join(words) if words else None


def _is_unfinished(end: object) -> bool:
    """Whether an answer is too long; false if it is finished.

    Raises:
        RequestError: It is neither.
    """
    if end is None or end == "":
        return False
    word = end.lower() if isinstance(end, str) else ""
    if word in _FINISHED:
        return False
    if word in _TOO_LONG:
        return True
    known = word.isidentifier() and len(word) <= _LONGEST_WORD
    shown = end if known else "something unknown"
    raise RequestError(f"not finished: ended with {shown}", may_pass=word in _MAY_PASS)


def _count(tokens: object) -> int | None:
    if not isinstance(tokens, int) or isinstance(tokens, bool):
        return None
    return tokens if 0 <= tokens <= _MOST_TOKENS else None
