"""Which margin a score has: of its own metric, whatever it is called, and nobody can widen it."""

from __future__ import annotations

import pytest

from evalharness.errors import EvalHarnessError
from evalharness.gate.baselines import BaselineScore
from evalharness.gate.margins import Margins

BLEU = "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:{version}"
CHRF = "nrefs:1|case:lc|eff:yes|nc:6|nw:{words}|space:no|version:2.6.0"
TER = "nrefs:1|case:lc|tok:tercom|norm:no|punct:yes|asian:no|version:2.6.0"
COMET = (
    "nrefs:1|checkpoint:{checkpoint}|encoder:xlm-roberta-large@c23d21b0620b|dtype:float32"
    "|maxlen:512|unbabel-comet:2.2.7|transformers:4.57.6|torch:2.13.0"
)
MARGINS = {"bleu": 1.0, "chrf": 0.75, "chrfpp": 0.7, "ter": 1.5, "comet": 0.0025, "xcomet": 0.005}


def score(metric: str, signature: str, margin: float | None = None) -> BaselineScore:
    return BaselineScore(metric, 1.0, True, signature, margin=margin)


@pytest.mark.parametrize(
    ("metric", "signature", "margin"),
    [
        ("BLEU", BLEU.format(version="2.6.0"), 1.0),
        ("BLEU", BLEU.format(version="2.4.1"), 1.0),
        ("chrF2", CHRF.format(words=0), 0.75),
        ("chrF3", CHRF.format(words=0), 0.75),
        ("chrF2++", CHRF.format(words=2), 0.7),
        ("TER", TER, 1.5),
        ("wmt22-comet-da", COMET.format(checkpoint="Unbabel/wmt22-comet-da@2760a223ac"), 0.0025),
        ("ours", COMET.format(checkpoint="Unbabel/XCOMET-XL@6a123c5e8e"), 0.005),
    ],
)
def test_a_metric_is_known_by_its_signature(metric: str, signature: str, margin: float):
    assert Margins(MARGINS).margin_of(score(metric, signature)) == margin


RENAMED = {
    "COMET called BLEU": ("BLEU", COMET.format(checkpoint="Unbabel/wmt20-comet-da@0123456789")),
    "chrF2 called chrF2++": ("chrF2++", CHRF.format(words=0)),
    "one's own called BLEU": ("BLEU", "reads:1000"),
    "one's own called as metric= calls ours": ("bleu", "reads:1000"),
    "another checkpoint called as ours": (
        "wmt22-comet-da",
        COMET.format(checkpoint="sha256-0123456789abcdef"),
    ),
}


@pytest.mark.parametrize("case", RENAMED)
def test_a_renamed_metric_gets_no_other_metrics_margin(case: str):
    with pytest.raises(EvalHarnessError, match="margin: none for "):
        Margins(MARGINS).margin_of(score(*RENAMED[case]))


def test_a_metric_of_ones_own_has_one_under_its_name_or_its_choice():
    length = score("length", "reads:1000")
    assert Margins({"length": 2.0}).margin_of(length) == 2.0
    assert Margins({"mine": 3.0}).margin_of(length, "mine") == 3.0
    with pytest.raises(EvalHarnessError, match=r"none for length; give \+margin\.length="):
        Margins(MARGINS).margin_of(length)


def test_the_baselines_goes_before_the_usual_one_and_the_command_lines_before_both():
    bleu = score("BLEU", BLEU.format(version="2.6.0"), margin=0.4)
    assert Margins(MARGINS).margin_of(bleu) == 0.4
    assert Margins(MARGINS, frozenset({"bleu"})).margin_of(bleu) == 1.0


def test_a_base_can_only_be_narrowed():
    bleu = score("BLEU", BLEU.format(version="2.6.0"), margin=0.4)
    narrow = Margins({"bleu": 0.3}, frozenset({"bleu"}), "main")
    assert narrow.margin_of(bleu) == 0.3
    wide = Margins({"bleu": 5.0}, frozenset({"bleu"}), "main")
    with pytest.raises(
        EvalHarnessError, match=r"margin.bleu: 5, but the baseline of main holds 0.4"
    ):
        wide.margin_of(bleu)
    with pytest.raises(EvalHarnessError, match="holds none for BLEU"):
        narrow.margin_of(score("BLEU", BLEU.format(version="2.6.0")))
