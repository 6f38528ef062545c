"""Real weights on the engine: a transliterator of Arabic letters that CTranslate2 tests with."""

from __future__ import annotations

from pathlib import Path

import pytest

from evalharness.config import Dtype
from evalharness.errors import EvalHarnessError
from evalharness.systems.neural.ctranslate2_engine import (
    CTranslate2Engine,
    check_runs_on,
    converted,
)
from evalharness.systems.neural.engine import Decoding

from ...conftest import SHARED_DATA

WORDS = ["آتزمون", "تشيلي", "باريس"]
END = 0


@pytest.fixture(scope="module", params=["float32", "int8"])
def transliterator(request: pytest.FixtureRequest) -> CTranslate2Engine:
    folder = SHARED_DATA.parent / "models" / "aren-transliteration"
    if not folder.is_dir():
        pytest.skip("needs the shared models beside the checkout")
    return CTranslate2Engine(
        folder,
        decoder_only=False,
        device="cpu",
        dtype=Dtype(request.param),
        to_tokens=lambda ids: ["</s>" if token == END else chr(token) for token in ids],
        to_ids=lambda tokens: [END if token == "</s>" else ord(token) for token in tokens],
        ends=[END],
    )


def latin(engine: CTranslate2Engine, words: list[str], decoding: Decoding) -> list[str]:
    outputs = engine.generate([list(map(ord, word)) for word in words], decoding, {})
    return ["".join(map(chr, output.ids)) for output in outputs]


def test_a_published_example_comes_out_as_published(transliterator: CTranslate2Engine) -> None:
    # The example of CTranslate2's own documentation and tests.
    assert latin(transliterator, ["آتزمون"], Decoding(1, 20)) == ["atzmon"]


@pytest.mark.parametrize("beams", [1, 4])
def test_a_batch_gives_what_the_library_gives_for_each_word(
    transliterator: CTranslate2Engine, beams: int
) -> None:
    peer = transliterator._model
    expected = [
        "".join(peer.translate_batch([list(word)], beam_size=beams)[0].hypotheses[0])
        for word in WORDS
    ]
    assert latin(transliterator, WORDS, Decoding(beams, 20)) == expected


def test_the_length_limit_leaves_an_output_unfinished(transliterator: CTranslate2Engine) -> None:
    word = [list(map(ord, "آتزمون"))]
    for limit in range(1, 10):
        (output,) = transliterator.generate(word, Decoding(1, limit), {})
        assert output.finished == (limit > len("atzmon"))
        assert "".join(map(chr, output.ids)) == "atzmon"[:limit]


@pytest.mark.parametrize(
    ("device", "dtype", "message"),
    [
        ("mps", Dtype.float32, r"device=mps: CTranslate2 does not run there; use device=cpu"),
        ("cpu", Dtype.float16, r"dtype=float16: CTranslate2 does not compute in it on cpu; .*int8"),
    ],
)
def test_what_it_does_not_run_on_is_refused(device: str, dtype: Dtype, message: str) -> None:
    with pytest.raises(EvalHarnessError, match=message):
        check_runs_on(device, dtype)


def test_a_store_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("")
    with pytest.raises(EvalHarnessError, match=r"cannot be written.*store\.dir="):
        converted(tmp_path, {"sha256": "0"}, Dtype.int8, tmp_path / "store")
