"""What unbabel-comet itself says of a checkpoint, and samples that are awkward to score."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

Sample = dict[str, str]


LONG = "The ministry said on Tuesday that the talks on Libya would go on in Moscow. " * 14
SOURCE = "Türkiye ve Rusya, Libya konusunda ateşkes için anlaştı."
REFERENCE = "Türkiye and Russia agreed on a ceasefire in Libya."

# What goes wrong first: very short and very long texts, no text, scripts, emoji, repetition.
AWKWARD: list[Sample] = [
    {"src": SOURCE, "mt": "Turkey and Russia agree on ceasefire for Libya.", "ref": REFERENCE},
    {"src": SOURCE, "mt": "Russia and Türkiye did not agree.", "ref": REFERENCE},
    {"src": SOURCE, "mt": REFERENCE, "ref": REFERENCE},
    {"src": SOURCE, "mt": SOURCE, "ref": REFERENCE},
    {"src": SOURCE, "mt": "", "ref": REFERENCE},
    {"src": SOURCE, "mt": "", "ref": REFERENCE},
    {"src": SOURCE, "mt": " ", "ref": REFERENCE},
    {"src": "Evet", "mt": "Yes", "ref": "Yes"},
    {"src": "نعم", "mt": "Yes", "ref": "Yeah"},
    {"src": "أعلنت وزارة الخارجية البيان اليوم.", "mt": "The ministry spoke.", "ref": "It did."},
    {"src": "أعلنت وزارة الخارجية البيان اليوم.", "mt": "البيان", "ref": "بيان وزارة الخارجية"},
    {"src": "İyi ki doğdun 🎉🎉", "mt": "Happy birthday 🎉👍🏽", "ref": "Happy birthday 👨‍👩‍👧 🙈"},
    {"src": "ﷺ ½ ﬁ ｆｕｌｌ", "mt": "½ ﬁ ｆｕｌｌ Ⅷ", "ref": "1/2 fi full VIII"},
    {"src": "Satır\nsonu\tve  boşluk", "mt": "A line\nend\tand  space ", "ref": " Line end "},
    {"src": LONG, "mt": LONG, "ref": LONG},
    {"src": "Kısa.", "mt": f"Short. {LONG}", "ref": "Short."},
    {"src": f"Uzun. {LONG}", "mt": "Long.", "ref": f"Long. {LONG}"},
    {"src": LONG, "mt": "", "ref": "?"},
    {"src": "x" * 700, "mt": "The same letter.", "ref": "x" * 700},
]
SHORT = [sample for sample in AWKWARD if max(map(len, sample.values())) < 100]

# One source and translation with several references.
SEVERAL_REFERENCES = [
    {"src": SOURCE, "mt": "Turkey and Russia agree on ceasefire for Libya.", "ref": reference}
    for reference in (REFERENCE, "A ceasefire for Libya was agreed.", "Yes.")
]


class Predicted(NamedTuple):
    scores: list[float]
    error_spans: list[list[dict[str, Any]]] | None


def predict(folder: Path, samples: Sequence[Sample]) -> Predicted:
    """Scores (and error spans, if the class finds them) by comet's own loader and `predict`."""
    model = load(folder)
    with _silence():
        predicted = model.predict(list(samples), gpus=0, progress_bar=False)
    metadata = predicted.get("metadata") or {}
    return Predicted(predicted["scores"], metadata.get("error_spans"))


@cache
def load(folder: Path) -> Any:
    """The model, by comet's own loader; the checkpoint names its encoder's local folder."""
    with _silence():
        from comet import load_from_checkpoint

        return load_from_checkpoint(
            str(folder / "checkpoints" / "model.ckpt"), local_files_only=True
        )


@contextmanager
def _silence() -> Iterator[None]:
    logging.disable(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(logging.NOTSET)
