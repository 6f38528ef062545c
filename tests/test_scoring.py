"""From hypotheses to scores."""

from __future__ import annotations

import pytest

from evalharness.metrics import BLEU
from evalharness.scoring import FEWEST_DOCUMENTS, score
from evalharness.testsets import Segment


def scored(documents: int, caplog: pytest.LogCaptureFixture):
    segments = [
        Segment(str(n), n, f"d{n % documents}", "x", (f"the cat number {n}",)) for n in range(40)
    ]
    hypotheses = [f"the cat {n}" for n in range(40)]
    return score([BLEU()], segments, hypotheses, resamples=100, seed=1).resampling


def test_documents_are_resampled_from_ten_on(caplog: pytest.LogCaptureFixture):
    enough = scored(FEWEST_DOCUMENTS, caplog)
    assert (enough.unit, enough.units) == ("document", FEWEST_DOCUMENTS)
    assert caplog.text == ""
    few = scored(2, caplog)
    assert (few.unit, few.units) == ("segment", 40)
    assert "only 2 documents: intervals resample segments" in caplog.text
