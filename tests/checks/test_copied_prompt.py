"""Hypotheses with words of the prompt, as base models and broken chat templates give them."""

from __future__ import annotations

import pytest

from evalharness.checks import CopiedPrompt

from .looking import outputs_of

PROMPT = (
    "You are a professional translator. Translate the following text from Turkish into English."
    " Answer with the translation only."
)


def seen(text: str, source: str = "kırmızı elma", prompt: str | None = PROMPT) -> object:
    outputs = outputs_of([text], [source], prompt=prompt)
    look = CopiedPrompt().prepare(outputs.bitext, outputs.prompt)
    return look(outputs.bitext.segments[0], text, {})


@pytest.mark.parametrize(
    "text",
    [
        "Translate the following text from Turkish into English. the red apple",
        "The red apple. answer with the Translation only!",
        "the red apple\n\nTranslate the following text from Turkish into English.\nelma",
    ],
)
def test_words_of_the_prompt_in_a_row_are_named(text: str):
    words = seen(text)
    assert isinstance(words, str)
    assert len(words.split()) >= 5
    assert words in PROMPT.casefold().replace(".", "")
    assert seen(text, source=PROMPT) is None  # the source says so itself
    assert seen(text, prompt=None) is None


@pytest.mark.parametrize(
    "text",
    [
        "the red apple",
        "He will translate the following text tomorrow.",
        "She is a professional translator of novels into English.",
    ],
)
def test_some_words_that_the_prompt_has_as_well_are_not(text: str):
    assert seen(text) is None


@pytest.mark.parametrize("prompt", [PROMPT, None, ""])
@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("<|im_start|>assistant\nthe red apple<|im_end|>", "<|im_start|>"),
        ("the red apple<|eot_id|>", "<|eot_id|>"),
        ("[INST] elma [/INST] apple", "[INST]"),
        ("<start_of_turn>model\napple", "<start_of_turn>"),
        ("### Response:\nthe red apple", "### Response:"),
        ("the red apple<｜end▁of▁sentence｜>", "<｜end▁of▁sentence｜>"),
        ("<|reserved_special_token_0|>apple", "<|reserved_special_token_0|>"),
        ("<bos>the red apple", "<bos>"),
        (">>eng<< the red apple", ">>eng<<"),
    ],
)
def test_marks_of_templates_are_named_whatever_was_asked(text: str, mark: str, prompt: str | None):
    assert seen(text, prompt=prompt) == mark
    assert seen(text, source=text, prompt=prompt) is None


def test_prompts_in_scripts_without_spaces_count_by_characters():
    prompt = "请把下面的文字从土耳其语翻译成中文，只输出译文。"
    assert seen("请把下面的文字从土耳其语翻译成中文。红苹果", prompt=prompt)
    assert seen("他把文字翻译成中文。", prompt=prompt) is None
    hindi = "निम्नलिखित पाठ का अंग्रेज़ी से हिंदी में अनुवाद करें।"
    assert seen("उसने अंग्रेज़ी से हिंदी में अनुवाद किया", prompt=hindi) is None
    assert seen(hindi + " लाल सेब", prompt=hindi)
    german = "Übersetze den folgenden Text aus dem Englischen ins Deutsche."
    assert seen("Er überträgt Romane aus dem Englischen ins Deutsche.", prompt=german) is None


def test_what_a_prompt_tells_of_the_domain_may_be_translated_so():
    prompt = f"{PROMPT} The text is of the Ministry of Foreign Affairs of the Republic of Turkey."
    text = "The Ministry of Foreign Affairs of the Republic of Turkey announced it."
    for references, kept in (([text], None), (["Another text"], "the")):
        outputs = outputs_of([text, "x"], ["a", "b"], [("y",), (references[0],)], prompt=prompt)
        look = CopiedPrompt().prepare(outputs.bitext, outputs.prompt)
        found = look(outputs.bitext.segments[0], text, {})
        assert found is None if kept is None else kept in found.split()
    assert look(outputs.bitext.segments[0], f"{PROMPT} x", {})


def test_a_list_of_notes_in_the_source_may_be_one():
    assert seen("### Response:\nYes", "### Antwort:\nJa") is None
