"""What is said to somebody who almost knows the command line: one line that holds what to type."""

from __future__ import annotations

import pytest

from .conftest import CommandLine

MEANT = {
    "modle=copy": "did you mean model?",
    "metrics=[bleu]": "did you mean metric?",
    "model=chat model.tempreature=1": "did you mean model.temperature?",
    "metric=[bleu] metric.bleu.lowercas=true": "did you mean metric.bleu.lowercase?",
    "resamples=100": "did you mean bootstrap.resamples?",
    "compare select.pairs=x": "did you mean select.pair?",
    "score -i out.txt -r ref.txt bootstrap.resample=50": "did you mean bootstrap.resamples?",
    "--model copy": "write model=copy",
    "--limit=5": "write limit=5",
    "model=copy --limit 5 --multirun": "write limit=5",
    "-x": "-x: no such option",
    "compare google nllb": "write 'runs=[google,nllb]'",
    "compare runs=google,nllb": "'runs=[google,nllb]'",
    "gate new": "write candidate=new",
    "run copy": "write model=copy",
    "copy": "did you mean model=copy?",
    "comapre": "did you mean compare?",
    "out.txt": "evalharness score -i out.txt",
    "model=file model.path=[out.txt,ref.txt]": "-m model.path=A,B",
    "model=copy results_dir=[a]": "give one value: results_dir=",
    "model=copy testset=text testset.source_lang=tr testset.source=src.txt"
    " testset.references=ref.txt": "give a list: 'testset.references=",
    "-m model=file model.path=glob(*.txt)": "model.path=$(ls *.txt | paste -sd,)",
    "-m model=copy hydra/launcher=submitit_slurm": "pip install hydra-submitit-launcher",
    "-m model=copy hydra/launcher=foo": "hydra-joblib-launcher",
}


@pytest.mark.sample
@pytest.mark.parametrize("typed", MEANT)
def test_the_error_says_in_one_line_what_was_meant(
    typed: str, evalharness: CommandLine, small: list[str], tmp_path
):
    (tmp_path / "out.txt").write_text("red apple\nblue sea\nyellow sun\n")
    more = small if typed.startswith("model=file") else []
    asked = evalharness(*typed.split(), *more)
    assert asked.code == 2
    assert asked.err.count("\n") == 1
    assert MEANT[typed] in asked.err
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize("choice", ["model=chat", "testset=text", "metric=comet"])
def test_help_beside_a_choice_shows_its_options(choice: str, evalharness: CommandLine):
    helped, listed = evalharness(choice, "--help"), evalharness("list", choice)
    assert helped.code == 0
    assert helped.out == listed.out
    assert "options and their defaults" in helped.out
    assert f"{choice.partition('=')[0]}." in helped.out
