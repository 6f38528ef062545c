"""Each family as its model card calls it: the tokens, `generate`, and both engines against it."""

from __future__ import annotations

import fcntl
import importlib.util
import json
import re
import subprocess
import sys
import warnings
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest
import torch
from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

from evalharness.errors import EvalHarnessError

from ...conftest import CommandLine, text_testset
from .conftest import ARABIC, TURKISH, Tiny, configured, translations


class Card(NamedTuple):
    """What a card tells the tokenizer and `generate`, and what then stands around the text."""

    codes: Mapping[str, str]
    src_lang: str | None = None
    prefix: str = ""
    forced: str | None = None
    generate: Mapping[str, str] = MappingProxyType({})
    first: str | None = None
    decoder: tuple[str, ...] = ("</s>",)


CARDS = {
    "nllb": Card(
        {"tr": "tur_Latn", "ar": "arb_Arab"},
        src_lang="{}",
        forced="eng_Latn",
        first="{}",
        decoder=("</s>", "eng_Latn"),
    ),
    "m2m100": Card(
        {"tr": "tr", "ar": "ar"},
        src_lang="{}",
        forced="__en__",
        first="__{}__",
        decoder=("</s>", "__en__"),
    ),
    "mbart50": Card(
        {"tr": "tr_TR", "ar": "ar_AR"},
        src_lang="{}",
        forced="en_XX",
        first="{}",
        decoder=("</s>", "en_XX"),
    ),
    "small100": Card({"tr": "", "ar": ""}, src_lang="en", first="__en__"),
    "madlad400": Card({"tr": "", "ar": ""}, prefix="<2en> ", first="<2en>", decoder=("<unk>",)),
    "opus_mt": Card({"tr": ""}, decoder=("<pad>",)),
    "seamless": Card(
        {"tr": "tur", "ar": "arb"},
        src_lang="{}",
        generate={"tgt_lang": "eng"},
        first="__{}__",
        decoder=("</s>", "__eng__"),
    ),
}
CASES = [(family, language) for family, card in CARDS.items() for language in card.codes]
CONVERTED = [family for family in CARDS if family != "seamless"]
TEXTS = {"tr": TURKISH, "ar": ARABIC}


def options(family: str, folder: Path) -> list[str]:
    pairs = ["model.pairs=[tr-en]"] if family == "opus_mt" else []
    return [f"model={family}", f"model.checkpoint={folder}", "model.max_new_tokens=40", *pairs]


def as_the_card_says(
    family: str, folder: Path, language: str, beams: int
) -> list[tuple[list[str], list[str], str]]:
    """The tokens of source and target, and the translation, of one text after the other."""
    card = CARDS[family]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Marian recommends sacremoses, and does not use it
        tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForSeq2SeqLM.from_pretrained(folder).eval()
    if card.src_lang:
        tokenizer.src_lang = card.src_lang.format(card.codes[language])
    say: dict[str, Any] = dict(card.generate)
    if card.forced:
        say["forced_bos_token_id"] = tokenizer.convert_tokens_to_ids(card.forced)
    made = []
    for text in TEXTS[language]:
        inputs = tokenizer(card.prefix + text, return_tensors="pt")
        with torch.inference_mode():
            ids = model.generate(
                **inputs,
                **say,
                num_beams=beams,
                early_stopping=beams > 1,
                max_new_tokens=40,
                forced_eos_token_id=None,
            )[0].tolist()
        real = inputs.input_ids[0][inputs.attention_mask[0].bool()]
        translation = tokenizer.decode(ids, skip_special_tokens=True)
        tokens = (tokenizer.convert_ids_to_tokens(row) for row in (real.tolist(), ids))
        made.append((*tokens, translation.strip()))
    return made


@pytest.mark.sample
@pytest.mark.parametrize(("family", "language"), CASES)
def test_the_languages_are_said_in_tokens_as_the_card_says(
    tiny: Tiny, family: str, language: str
) -> None:
    card, folder = CARDS[family], tiny(family)
    system = configured(*options(family, folder))
    reader = system._reader(language, "en")
    to_tokens = reader.tokenizer.convert_ids_to_tokens
    for text, (source, target, _) in zip(
        TEXTS[language], as_the_card_says(family, folder, language, 1), strict=True
    ):
        ours = to_tokens(system.encode(reader, text, language, "en"))
        assert ours == source
        assert ours[-1] == "</s>"
        if card.first:
            assert ours[0] == card.first.format(card.codes[language])
        assert tuple(target[: len(card.decoder)]) == card.decoder


@pytest.mark.sample
@pytest.mark.parametrize("beams", [1, 4])
@pytest.mark.parametrize(("family", "language"), CASES)
def test_batches_give_what_generate_gives_one_text_at_a_time(
    tiny: Tiny, family: str, language: str, beams: int
) -> None:
    folder = tiny(family)
    system = configured(*options(family, folder), f"model.beams={beams}")
    made = translations(system, TEXTS[language], language)
    expected = as_the_card_says(family, folder, language, beams)
    assert [translation.text for translation in made] == [text for _, _, text in expected]
    assert len({translation.text for translation in made}) > 2  # not all the same noise
    ended = [target[-1] == "</s>" for _, target, _ in expected]
    assert [not translation.observations.get("unfinished", False) for translation in made] == ended
    assert any(ended)
    assert not any(translation.observations.get("truncated") for translation in made)


@pytest.mark.sample
@pytest.mark.parametrize("beams", [1, 4])
@pytest.mark.parametrize("family", CONVERTED)
def test_ctranslate2_gives_what_transformers_gives(
    tiny: Tiny, tmp_path: Path, family: str, beams: int
) -> None:
    common = [*options(family, tiny(family)), f"model.beams={beams}", f"store.dir={tmp_path}"]
    converted = configured(*common, "model.engine=ctranslate2")
    made = translations(converted, TURKISH)
    assert made == translations(configured(*common), TURKISH)
    assert (
        any(translation.observations.get("unfinished", False) for translation in made) or beams > 1
    )


def test_ctranslate2_converts_once(tiny: Tiny, tmp_path: Path) -> None:
    command = [*options("nllb", tiny("nllb")), f"store.dir={tmp_path}", "model.engine=ctranslate2"]
    conversions = tmp_path / "ctranslate2"
    for name in ("of a killed process", "of a living one"):
        (conversions / f"{name}.partial").mkdir(parents=True)
    with (conversions / "of a living one.lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        first = translations(configured(*command), TURKISH)
    assert [path.name for path in conversions.glob("*.partial")] == ["of a living one.partial"]
    models = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("model.bin")}
    assert translations(configured(*command), TURKISH) == first
    assert len(models) == 1
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("model.bin")} == models
    translations(configured(*command, "dtype=auto"), TURKISH)  # in 8 bits: a model of its own
    assert len(list(tmp_path.rglob("model.bin"))) == 2


def test_on_a_processor_ctranslate2_computes_in_8_bits_unless_told(tiny: Tiny) -> None:
    common = [*options("nllb", tiny("nllb")), "model.engine=ctranslate2"]
    assert configured(*common, "dtype=auto").fingerprint("tr", "en")["dtype"] == "int8"
    assert configured(*common).fingerprint("tr", "en")["dtype"] == "float32"


@pytest.mark.sample
@pytest.mark.parametrize(
    ("command", "message"),
    [
        (["model=nllb", "testset.source_lang=la"], r"does not translate Latin into English"),
        (["model=nllb", "testset.source_lang=la"], r"it translates from .*\btr\b.* into any"),
        (["model=mbart50", "testset.target_lang=de"], r"into German \(tr-de\).* into en$"),
        (["model=opus_mt", "testset.source_lang=az"], r"\(az-en\); it translates ar-en, tr-en"),
        (["model=seamless", "testset.source_lang=la"], r"Latin into English"),
        (["model=nllb", "model.engine=onnx"], r"model\.engine.*onnx.*transformers, ctranslate2"),
        (["model=seamless", "model.engine=ctranslate2"], r"model\.engine: CTranslate2 cannot"),
        (["model=nllb", "dtype=int8"], r"model\.dtype: int8.*model\.engine=ctranslate2"),
        (["model=nllb", "model.beams=0"], r"model\.beams: 0 is less than 1"),
        (["model=nllb", "device=cuda"], r"device=cuda: no GPU here; use device=auto"),
        (
            ["model=opus_mt", "model.checkpoint=some/model"],
            r"one checkpoint, for one pair; .*pairs=",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_one_line_before_anything_is_loaded(
    evalharness: CommandLine, small: list[str], command: list[str], message: str
) -> None:
    if command[-1] == "device=cuda" and torch.cuda.is_available():
        pytest.skip("there is a GPU")
    outcome = evalharness(*small, *command)
    assert outcome.code == 2
    assert "downloading" not in outcome.err
    (line,) = [line for line in outcome.err.splitlines() if not line.startswith("INFO")]
    assert re.search(message, line), line


def test_a_checkpoint_without_the_language_token_is_refused(tiny: Tiny) -> None:
    system = configured("model=m2m100", f"model.checkpoint={tiny('nllb')}")
    with pytest.raises(EvalHarnessError, match=r"its tokenizer has no token '__en__'"):
        translations(system, TURKISH)


@pytest.mark.parametrize("engine", ["transformers", "ctranslate2"])
def test_a_checkpoint_that_lacks_weights_is_refused(
    tiny: Tiny, tmp_path: Path, engine: str
) -> None:
    from safetensors.torch import load_file, save_file

    folder = tmp_path / "nllb"
    folder.mkdir()
    for path in tiny("nllb").iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    weights = load_file(folder / "model.safetensors")
    weights.pop("model.decoder.layers.1.fc2.weight")
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(EvalHarnessError, match=r"lacks 1 of the weights.*layers\.1\.fc2\.weight"):
        command = [*options("nllb", folder), f"model.engine={engine}", f"store.dir={tmp_path}"]
        translations(configured(*command), TURKISH)


@pytest.mark.parametrize("engine", ["transformers", "ctranslate2"])
@pytest.mark.parametrize("file", ["model.safetensors", "config.json", "tokenizer.json"])
def test_a_damaged_file_is_said_in_one_line(
    tiny: Tiny, tmp_path: Path, file: str, engine: str
) -> None:
    folder = tmp_path / "nllb"
    folder.mkdir()
    for path in tiny("nllb").iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    content = (folder / file).read_bytes()
    (folder / file).write_bytes(content[: len(content) // 2])
    command = [*options("nllb", folder), f"store.dir={tmp_path}", f"model.engine={engine}"]
    with pytest.raises(
        EvalHarnessError, match=r"cannot be loaded.*copy a damaged folder anew"
    ) as caught:
        translations(configured(*command), TURKISH)
    assert "\n" not in str(caught.value)


def test_an_extra_that_is_not_installed_is_named_with_its_command(
    evalharness: CommandLine, small: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, *rest: None if name == "ctranslate2" else find(name),
    )
    outcome = evalharness(*small, "model=nllb", "model.engine=ctranslate2")
    assert outcome.code == 2
    assert "pip install 'evalharness[ctranslate2]'" in outcome.err


def test_special_tokens_in_a_source_are_letters(tiny: Tiny) -> None:
    for family in ("nllb", "m2m100", "mbart50", "small100", "opus_mt", "seamless"):
        system = configured(*options(family, tiny(family)))
        reader = system._reader("tr", "en")
        ids = system.encode(reader, "Bir </s> iki <pad> eng_Latn __en__ üç", "tr", "en")
        special = [token for token in ids if token in reader.tokenizer.all_special_ids]
        unknown = reader.tokenizer.unk_token_id
        around = {"nllb": 2, "m2m100": 2, "mbart50": 2, "small100": 2, "opus_mt": 1, "seamless": 2}
        assert len([token for token in special if token != unknown]) == around[family], family


def test_generation_settings_of_a_checkpoint_change_nothing(tiny: Tiny, tmp_path: Path) -> None:
    folder = tmp_path / "nllb"
    folder.mkdir()
    for path in tiny("nllb").iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    settings = json.loads((folder / "generation_config.json").read_text())
    settings |= {
        "length_penalty": 9.0,
        "no_repeat_ngram_size": 1,
        "min_length": 30,
        "do_sample": True,
        "temperature": 3.0,
        "repetition_penalty": 3.0,
        "suppress_tokens": [5, 6, 7],
        "num_beams": 7,
        "forced_eos_token_id": 2,
    }
    (folder / "generation_config.json").write_text(json.dumps(settings))
    plain = translations(configured(*options("nllb", tiny("nllb"))), TURKISH)
    assert translations(configured(*options("nllb", folder)), TURKISH) == plain


def test_a_marian_checkpoint_that_wants_a_tag_is_refused(tiny: Tiny, tmp_path: Path) -> None:
    folder = tmp_path / "opus"
    folder.mkdir()
    for path in tiny("opus_mt").iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    vocabulary = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))
    last = max(vocabulary, key=vocabulary.__getitem__)
    del_token = next(token for token in vocabulary if len(token) > 3 and token != last)
    vocabulary[">>eng<<"] = vocabulary.pop(del_token)
    (folder / "vocab.json").write_text(json.dumps(vocabulary), encoding="utf-8")
    system = configured(*options("opus_mt", folder))
    with pytest.raises(EvalHarnessError, match=r"several languages, and needs a tag such as >>eng"):
        translations(system, TURKISH)


@pytest.mark.sweep
def test_two_processes_convert_a_checkpoint_together(tiny: Tiny, tmp_path: Path) -> None:
    command = [*options("nllb", tiny("nllb")), "model.engine=ctranslate2", "device=cpu"]
    (tmp_path / "src.txt").write_text("\n".join(TURKISH), encoding="utf-8")
    (tmp_path / "ref.txt").write_text("\n".join(TURKISH), encoding="utf-8")
    files = [*text_testset("src.txt", "ref.txt"), "store.dir=shared"]
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "evalharness", *command, *files, f"results_dir=r{n}"],
            cwd=tmp_path,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for n in range(2)
    ]
    shown = [process.communicate()[1] for process in running]
    assert [process.returncode for process in running] == [0, 0], shown
    assert sum("converting" in lines for lines in shown) == 1
    assert len(list((tmp_path / "shared").rglob("model.bin"))) == 1


def test_a_system_of_another_name_is_still_fetched_by_what_the_command_line_calls_it() -> None:
    made = configured("model=nllb", "model.name=nllb-3.3B")
    (checkpoint,) = made.checkpoints("tr", "en")
    assert checkpoint.fetch_with.startswith("python -m evalharness fetch model=nllb ")
