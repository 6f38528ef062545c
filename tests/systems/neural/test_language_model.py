"""Prompts as the cards have them, greedy and drawn answers, and what CTranslate2 can run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from evalharness.errors import EvalHarnessError

from ...conftest import CommandLine
from .conftest import TURKISH, Tiny, configured, translations

SYSTEM = (
    "You are EuroLLM --- an AI assistant specialized in European languages that provides safe,"
    " educational and helpful answers."
)
PLAIN = (
    "Translate the following text from Turkish into English. Answer with the translation only."
    "\n\n{}"
)
# What the cards, or facts gathered from them, say: system prompt, user's words, template options.
CHATS: dict[str, tuple[str, str | None, str, dict[str, Any]]] = {
    "gemma3": ("gemma3", None, PLAIN, {}),
    "qwen3": ("qwen3", None, PLAIN, {"enable_thinking": False}),
    "eurollm": (
        "llama",
        SYSTEM,
        "Translate the following Turkish source text to English:\nTurkish: {}\nEnglish: ",
        {},
    ),
    "aya_expanse": ("cohere", None, PLAIN, {}),
    "hunyuan_mt": (
        "hunyuan",
        None,
        "Translate the following segment into English, without additional explanation.\n\n{}",
        {"add_generation_prompt": False},
    ),
    "x_alma": (
        "x_alma",
        None,
        "Translate this from Turkish to English:\nTurkish: {}\nEnglish:",
        {},
    ),
}
GREEDY = ["model.temperature=0", "model.repetition_penalty=1", "model.beams=1"]


def options(model: str, folder: Path, *more: str) -> list[str]:
    return [f"model={model}", f"model.checkpoint={folder}", "model.max_new_tokens=40", *more]


def prompt(model: str, tokenizer: Any, text: str) -> list[int]:
    """The prompt's tokens, put together by hand."""
    if model == "translategemma":
        content = {"source_lang_code": "tr", "target_lang_code": "en", "text": text}
        messages: list[Any] = [{"role": "user", "content": [{"type": "text", **content}]}]
        more: dict[str, Any] = {}
    else:
        _, system, user, more = CHATS[model]
        messages = [{"role": "user", "content": user.replace("{}", text)}]
        if system:
            messages.insert(0, {"role": "system", "content": system})
    options = {"add_generation_prompt": True, **more}
    rendered = tokenizer.apply_chat_template(messages, tokenize=False, **options)
    ids: list[int] = tokenizer(rendered, add_special_tokens=False).input_ids
    return ids


@pytest.mark.parametrize("model", [*CHATS, "translategemma"])
def test_the_prompt_is_the_cards_and_a_batch_gives_what_generate_gives_for_each(
    tiny: Tiny, model: str
) -> None:
    folder = tiny(CHATS[model][0] if model in CHATS else model)
    system = configured(*options(model, folder, *GREEDY))
    reader = system._reader("tr", "en")
    tokenizer = AutoTokenizer.from_pretrained(folder)
    network = AutoModelForCausalLM.from_pretrained(folder).eval()
    ends = network.generation_config.eos_token_id
    ends = ends if isinstance(ends, list) else [ends]
    made = translations(system, TURKISH)
    assert len({translation.text for translation in made}) > 3
    for text, translation in zip(TURKISH, made, strict=True):
        ids = prompt(model, tokenizer, text)
        assert system.encode(reader, text, "tr", "en") == ids
        with torch.inference_mode():
            row = network.generate(
                input_ids=torch.tensor([ids]),
                attention_mask=torch.ones(1, len(ids), dtype=torch.long),
                max_new_tokens=40,
                do_sample=False,
                repetition_penalty=1.0,
            )[0].tolist()[len(ids) :]
        answer = tokenizer.decode(row, skip_special_tokens=True)
        assert translation.text == " ".join(answer.split())
        assert translation.unfinished == (row[-1] not in ends)


@pytest.mark.parametrize("model", ["qwen3", "aya_expanse", "hunyuan_mt"])
def test_drawn_answers_do_not_depend_on_the_batch_and_say_that_they_were_drawn(
    tiny: Tiny, model: str
) -> None:
    command = options(model, tiny(CHATS[model][0]))
    system = configured(*command)
    together = translations(system, TURKISH)
    assert together == [translations(system, [text])[0] for text in TURKISH]
    assert together == translations(configured(*command, "model.batch_tokens=1"), TURKISH)
    greedy = configured(*command, "model.temperature=0")
    other = configured(*command, "seed=54321")
    assert together != translations(greedy, TURKISH)
    assert together != translations(other, TURKISH)
    facts = [drawn.fingerprint("tr", "en") for drawn in (system, greedy, other)]
    assert len({str(fact) for fact in facts}) == 3
    assert "seed 12345" in system.notes()[0]
    assert greedy.notes() == ()


@pytest.mark.parametrize("model", ["eurollm", "x_alma", "qwen3"])
def test_ctranslate2_gives_what_transformers_gives(tiny: Tiny, tmp_path: Path, model: str) -> None:
    command = [*options(model, tiny(CHATS[model][0]), *GREEDY), f"store.dir={tmp_path}"]
    converted = configured(*command, "model.engine=ctranslate2")
    assert translations(converted, TURKISH) == translations(configured(*command), TURKISH)


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("gemma3", r"^model\.engine: CTranslate2 cannot run gemma3 right"),
        ("aya_expanse", r"^model\.engine: CTranslate2 cannot convert this cohere"),
        ("hunyuan_mt", r"^model\.engine: CTranslate2 cannot convert this hunyuan_v1_dense"),
    ],
)
def test_what_ctranslate2_cannot_run_is_refused(
    tiny: Tiny, tmp_path: Path, model: str, said: str
) -> None:
    command = [*options(model, tiny(CHATS[model][0]), *GREEDY), f"store.dir={tmp_path}"]
    with pytest.raises(EvalHarnessError, match=said):
        translations(configured(*command, "model.engine=ctranslate2"), TURKISH)
    assert not list(tmp_path.rglob("model.bin"))


def test_a_text_with_braces_or_marks_of_its_own_is_not_filled_in(tiny: Tiny) -> None:
    system = configured(*options("x_alma", tiny("x_alma")))
    reader = system._reader("tr", "en")
    told = reader.tokenizer.decode(system.encode(reader, "bir {target} {text} iki", "tr", "en"))
    assert told.count("{target} {text}") == 1


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (["model=x_alma", "testset.source_lang=de"], r"German into English \(de-en\); it transl"),
        (["model=qwen3", "model.beams=4"], r"model\.temperature: tokens are drawn without a beam"),
        (["model=qwen3", "model.engine=ctranslate2"], r"draws would depend on its batch"),
        (["model=qwen3", "model.temperature=-1"], r"model\.temperature: -1\.0 is not in"),
        (["model=qwen3", "model.messages=[]"], r"model\.messages: the source, \{text\}, has no"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(
    evalharness: CommandLine, small: list[str], command: list[str], said: str
) -> None:
    outcome = evalharness(*small, *command)
    assert outcome.code == 2
    (line,) = outcome.err.splitlines()
    assert re.search(said, line), line
