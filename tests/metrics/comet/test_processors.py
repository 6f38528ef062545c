"""Processors without AVX-512: oneDNN, torch, MKL and CTranslate2 are kept from using it.

`.ci/run` gives all tests of networks these variables; here a run of each kind has them.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from ...conftest import read_scores
from ...systems.neural.tiny_checkpoints import build_nllb
from .conftest import TinyComet
from .peer import predict

WITHOUT_AVX512 = {
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "ATEN_CPU_CAPABILITY": "avx2",
    "MKL_ENABLE_INSTRUCTIONS": "AVX2",
    "CT2_FORCE_CPU_ISA": "AVX2",
}
# First, that oneDNN refuses bfloat16, as it does on a processor without AVX-512.
RUN = """
import sys
import torch
try:
    torch.ops.mkldnn._reorder_linear_weight(torch.zeros(8, 8, dtype=torch.bfloat16))
except RuntimeError as error:
    assert "bf16 path needs the cpu support" in str(error)
else:
    sys.exit("oneDNN lays out bfloat16")
from evalharness.cli import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.sweep
@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="AVX-512 is x86's")
def test_without_avx512_each_number_format_computes_and_says_that_it_gains_nothing(
    tiny: TinyComet, small: list[str], tmp_path: Path
) -> None:
    checkpoint = tiny("regression")
    command = [
        *("model=nllb", f"model.checkpoint={build_nllb(tmp_path / 'nllb')}", "dtype=float16"),
        *("metric=[bleu,comet]", f"metric.comet.checkpoint={checkpoint}"),
        *("metric.comet.name=rough", "metric.comet.dtype=bfloat16"),
        f"+metric.exact={{_target_:evalharness.metrics.Comet,checkpoint:{checkpoint},"
        "name:exact,store:results/store}",
    ]
    done = subprocess.run(
        [sys.executable, "-c", RUN, *small, *command],
        cwd=tmp_path,
        env={**os.environ, **WITHOUT_AVX512},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    warned = [
        line for line in done.stderr.splitlines() if "gains nothing on this processor" in line
    ]
    assert [line.split()[1] for line in warned] == ["dtype=float16", "metric.comet.dtype=bfloat16"]
    (path,) = (tmp_path / "results").glob("runs/*/*/segments.jsonl")
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    samples = [
        {"src": row["source"], "mt": row["hypothesis"], "ref": row["references"][0]} for row in rows
    ]
    expected = predict(checkpoint, samples).scores
    assert [row["scores"]["exact"] for row in rows] == pytest.approx(expected, abs=1e-5)
    assert [row["scores"]["rough"] for row in rows] == pytest.approx(expected, abs=0.1)
    scores = read_scores(tmp_path / "results")["nllb"]
    assert "|dtype:bfloat16|" in scores["rough"]["signature"]
