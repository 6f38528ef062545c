"""What is typed for a text arrives as typed; what Hydra's grammar means stays. Hydra reads it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.core.override_parser.types import ChoiceSweep, QuotedString
from hypothesis import example, given
from hypothesis import strategies as st

from evalharness.config import option_hints, spelled

HINTS = {
    "text": [str],
    "either": [int | None, str],  # two classes have an option of this name
    "texts": [list[str] | None],
    "codes": [dict[str, str]],
    "open": [dict[str, Any]],
    "number": [float],
    "count": [int | None],
    "flag": [bool],
    "several": [list[int]],
}


def hints_of(key: str) -> Sequence[Any]:
    return HINTS.get(key, ())


def plain(value: Any) -> Any:
    """A value that Hydra has parsed, without the quotes that it remembers."""
    if isinstance(value, ChoiceSweep):
        return tuple(map(plain, value.list))
    if isinstance(value, QuotedString):
        return value.text
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


def read(word: str) -> Any:
    """What Hydra makes of a word, once it is spelled; a sweep as a tuple."""
    override = OverridesParser.create().parse_override(spelled(word, hints_of))
    return plain(override._value)


# Commas and brackets give a value its shape, and so do quotes at its beginning and `${`.
letters = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters=",[](){}'\"")
numbers = st.one_of(
    st.integers().map(str),
    st.floats().map(repr),
    st.decimals(allow_nan=False, places=2).map(str),
    st.sampled_from(["1.10", "1e3", "1_000", "+5", "-0", "010", ".5", "5.", "nan", "Inf", "True"]),
)
texts = st.one_of(st.text(letters, min_size=1), numbers).filter(
    lambda text: text.lower().strip() != "null" and text.strip(" \t")
)


@given(texts)
@example("a\\\\b")
@example("it's {source}: 100 % [sic] =~#!?*<2en>")
@example("{source_language} → {target_language}: {text}")
@example(" two words, quoted ".replace(",", ""))
@example("C:\\new\\")
def test_any_text_arrives_as_typed(text: str):
    assert read(f"text={text}") == text
    assert read(f"+text={text}") == text
    assert read(f"++either={text}") == text


@given(st.lists(texts.map(str.strip).filter(bool), min_size=2, max_size=4))
def test_so_does_each_element_of_a_list_and_of_a_sweep(several: list[str]):
    typed = ",".join(several)
    if typed.endswith("\\"):  # which would take the bracket's meaning away
        typed += "."
        several = [*several[:-1], several[-1] + "."]
    if not any(text.endswith("\\") for text in several):
        assert read(f"texts=[{typed}]") == several
        assert read(f"text={typed}") == tuple(several)
        assert read(f"text=choice({typed})") == tuple(several)


@given(numbers, st.sampled_from(["number", "count", "flag", "several", "open", "hydra.launcher.n"]))
def test_what_takes_no_text_is_left_to_hydra(number: str, option: str):
    assert spelled(f"{option}={number}", hints_of) == f"{option}={number}"
    assert spelled(f"{option}=[{number},{number}]", hints_of) == f"{option}=[{number},{number}]"


HYDRAS = {
    "text=null": None,
    "text=": "",
    "text='1.10'": "1.10",
    'text="a,b"': "a,b",
    "text=a\\,b": "a,b",
    "text=${oc.env:HOME,none}/x": "${oc.env:HOME,none}/x",
    "text=${a:${b}}": "${a:${b}}",
    "text=a, b": ("a", "b"),
    "texts=[]": [],
    "texts=['a b',[c,1.10]]": ["a b", ["c", 1.1]],
    "texts=[a],[b,1.10]": (["a"], ["b", "1.10"]),
    "codes={a: 1.10, b: ç}": {"a": "1.10", "b": "ç"},
    "open={k: 1.10, t: true, s: ç, l: [1, x y]}": {"k": 1.1, "t": True, "s": "ç", "l": [1, "x y"]},
    "number=1.10": 1.1,
    "several=[1,2]": [1, 2],
    "model=nllb": "nllb",
    "metric=[bleu,chrf]": ["bleu", "chrf"],
    "count=1,2": (1, 2),
    "flag=true": True,
}


@pytest.mark.parametrize("word", HYDRAS)
def test_hydras_own_syntax_means_what_it_meant(word: str):
    assert read(word) == HYDRAS[word]


@pytest.mark.parametrize(
    "word", ["~text", "~text=1.10", "text=[a", "text={a: b", "text='a", "text='a' b", "text=a,,b"]
)
def test_what_hydra_refuses_or_removes_stays_as_it_is(word: str):
    assert spelled(word, hints_of) == word


@pytest.mark.parametrize("call", ["range(1,10,step=3)", "glob(*)", "interval(1,2)", "sort(2,1)"])
def test_functions_stay(call: str):
    assert spelled(f"count={call}", hints_of) == f"count={call}"


def test_the_options_of_classes_are_known_by_their_fields():
    wanted = {
        "model.version": {str},
        "model.command": {list[str]},
        "testset.name": {str},
        "metric.bleu.smooth_method": {str},
        "model.batch_tokens": {int | None},
        "model.temperature": {float, float | None},
        "model.extra_body.top_p": {Any},
        "model.examples.0.target": {str},
        "limit": {int | None},
        "nothing.like.it": set(),
    }
    assert {key: set(option_hints("run", key, None)) for key in wanted} == wanted
