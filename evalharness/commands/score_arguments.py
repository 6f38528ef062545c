"""The command line of `score`: flags that sacreBLEU's and COMET's users know, and overrides."""

from __future__ import annotations

import argparse
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from evalharness.config import Format
from evalharness.errors import EvalHarnessError
from evalharness.systems import name_after
from evalharness.testsets import reference_letters

STANDARD_INPUT = "-"
_OVERRIDE = re.compile(r"(?:\+{1,2}|~)?(?P<first>[A-Za-z_]\w*)(?:[.@][^=]*)?=.*", re.DOTALL)
_NAMED = re.compile(r"(?P<name>[^=/]+)=(?P<path>.+)", re.DOTALL)

_EXAMPLES = """
examples:
  evalharness score -i out.txt -r ref.txt
  evalharness score -s src.txt -r ref.txt -i google=a.txt nllb=b.txt \\
    -l ar-en -m bleu chrf comet
  cat out.txt | evalharness score -r ref.txt -i - -b

key=value is any option of a run: results_dir=null keeps nothing, seed=7,
bootstrap.resamples=2000. A file whose name has a = is written ./a=b.txt.
"""


@dataclass(frozen=True)
class Named:
    """A file with a name: of a system, or of a reference."""

    name: str
    path: str


@dataclass(frozen=True)
class Arguments:
    """What the command line asks for.

    Attributes:
        outputs: The files of outputs.
        references: The files of references.
        sources: The file of sources; `None` for none.
        documents: The file of document ids; `None` for none.
        pair: The language pair, such as `ar-en`; `None` where nobody named it.
        testset: A test set that has a name, instead of files.
        name: What a test set of files is called in tables.
        metrics: What is computed; `None` for the usual metrics.
        checks: What is looked for besides; `None` for the usual checks.
        format: How the scores are printed; `None` where no flag says it.
        decimals: Those of all scores; `None` for each metric's own.
        numbers_only: Whether numbers alone are printed.
        segment_scores: Where segment scores go, `-` for standard output; `None` for nowhere.
        config_dir: A folder of configuration files of the user's own; `None` for none.
        overrides: Hydra overrides.
    """

    outputs: Sequence[Named]
    references: Sequence[Named]
    sources: str | None
    documents: str | None
    pair: str | None
    testset: str | None
    name: str
    metrics: Sequence[str] | None
    checks: Sequence[str] | None
    format: Format | None
    decimals: int | None
    numbers_only: bool
    segment_scores: str | None
    config_dir: str | None
    overrides: Sequence[str]


_FORMATS = [form.value for form in Format]
_METRICS_HELP = (
    "bleu chrf chrfpp ter comet cometkiwi xcomet, or a COMET checkpoint; without -m: bleu, chrf,"
    " and comet where it is downloaded. A metric that is named is downloaded, and required"
)
_CHECKS_HELP = (
    "empty unfinished copied_source encoding entities invisible markup numbers placeholders"
    " terms tokenized urls; without -c all of these, with nothing after it none"
)
_SEGMENTS_HELP = "write segment scores into this file; without a file to standard output"


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Says in one line what is wrong."""
        stray = message.removeprefix("unrecognized arguments: ").split()
        hint = "evalharness score --help"
        if message != " ".join(stray) and not any(word.startswith("-") for word in stray):
            hint = "outputs go after -i, references after -r"
        raise EvalHarnessError(message, where="score", hint=hint)


def parse_arguments(words: Sequence[str], options: Collection[str]) -> Arguments:
    """Reads the words after `score`.

    Args:
        words: The words. `key=value` is an override, wherever it stands, if the first part of the
            key is one of `options`.
        options: The top-level keys of the configuration.

    Raises:
        EvalHarnessError: A word is wrong.
        SystemExit: The help was asked for, and was printed.
    """
    overrides = [word for word in words if _is_override(word, options)]
    given = _parser().parse_args([word for word in words if word not in overrides])
    _check_testset(given)
    references = _name_references(given.references)
    outputs = _name_outputs(given.input)
    named = [one.path for one in (*outputs, *references)]
    paths = [*named, *(path for path in (given.sources, given.documents) if path)]
    if paths.count(STANDARD_INPUT) > 1:
        raise EvalHarnessError("standard input (-) can be read once only", where="score")
    return Arguments(
        outputs,
        references,
        given.sources,
        given.documents,
        given.language_pair,
        given.test_set,
        given.name or "text",
        given.metrics,
        given.checks,
        None if given.format is None else Format(given.format),
        given.width,
        given.score_only,
        given.sentence_level,
        given.config_dir,
        overrides,
    )


def _is_override(word: str, options: Collection[str]) -> bool:
    found = _OVERRIDE.fullmatch(word)
    return found is not None and found["first"] in options


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="evalharness score",
        description="Scores outputs you have: one hypothesis per line, UTF-8.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="evalharness score [-s SRC] [-r [NAME=]REF ...] -i [NAME=]HYP ...\n"
        "                         [options] [key=value ...]",
        allow_abbrev=False,
    )

    def one_of(choices: Collection[object], metavar: str) -> dict[str, Any]:
        return {"choices": choices, "metavar": metavar}

    maybe = {"nargs": "?", "const": STANDARD_INPUT}
    several = {"nargs": "+", "action": "extend", "default": []}
    for flags, help_text, options in (
        ("-i --input", "outputs, a file per system", {**several, "metavar": "[NAME=]HYP"}),
        ("-r --references", "references of the lines", {**several, "metavar": "[NAME=]REF"}),
        ("-s --sources", "the sources; COMET needs them", {"metavar": "SRC"}),
        ("-l --language-pair", "such as ar-en or zh_Hant-en", {"metavar": "PAIR"}),
        ("-t --test-set", "a test set by its name", {"metavar": "TESTSET"}),
        ("-n --name", "what the test set of files is called (text)", {}),
        ("-m --metrics", _METRICS_HELP, {"nargs": "+", "metavar": "METRIC"}),
        ("-c --checks", _CHECKS_HELP, {"nargs": "*", "metavar": "CHECK"}),
        ("-d --documents", "the document id of each line", {"metavar": "IDS"}),
        ("-f --format", " | ".join(_FORMATS), one_of(_FORMATS, "FORMAT")),
        ("-w --width", "decimals of the scores", {**one_of(range(11), "N"), "type": int}),
        ("-b --score-only", "numbers alone: a line per system", {"action": "store_true"}),
        ("-sl --sentence-level", _SEGMENTS_HELP, {**maybe, "metavar": "FILE"}),
        ("-cd --config-dir", "a folder with metrics and checks of your own", {"metavar": "DIR"}),
    ):
        parser.add_argument(*flags.split(), help=help_text, **options)
    return parser


def _check_testset(given: argparse.Namespace) -> None:
    name = given.test_set
    if name is None:
        return
    if "/" in name or Path(name).is_file():
        raise EvalHarnessError(
            f"{name} is a file, and -t names a test set", where="-t", hint="outputs go after -i"
        )
    own = {"-s": given.sources, "-r": given.references, "-d": given.documents, "-n": given.name}
    if beside := [flag for flag, value in own.items() if value]:
        raise EvalHarnessError(
            f"the test set {name} has sources, references and a name of its own",
            where=" ".join(beside),
            hint="leave out either -t or these",
        )


def _name_references(words: Sequence[str]) -> list[Named]:
    named = []
    for letter, word in zip(reference_letters(len(words)), words, strict=True):
        found = _NAMED.fullmatch(word)
        named.append(Named(found["name"], found["path"]) if found else Named(letter, word))
    _refuse_twice(named, "-r")
    return named


def _name_outputs(words: Sequence[str]) -> list[Named]:
    named = []
    for word in words:
        found = _NAMED.fullmatch(word)
        named.append(Named(found["name"], found["path"]) if found else Named(_name_of(word), word))
    _refuse_twice(named, "-i")
    return named


def _name_of(path: str) -> str:
    """A system's name from the name of its file alone, so that no other file changes it."""
    if path == STANDARD_INPUT:
        return "stdin"
    return name_after(path)


def _refuse_twice(named: Sequence[Named], flag: str) -> None:
    names = [one.name for one in named]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise EvalHarnessError(
            f"two files are called {', '.join(twice)}", where=flag, hint="name them: NAME=FILE"
        )
