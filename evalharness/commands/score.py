"""The command `score`: outputs that exist, in one short command."""

from __future__ import annotations

import logging
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, replace
from pathlib import Path

from omegaconf import DictConfig

from evalharness.api import Difference, Scores, configure, languages_of, score_systems
from evalharness.commands.score_arguments import (
    STANDARD_INPUT,
    Arguments,
    parse_arguments,
    testset_words,
)
from evalharness.config import Format, RunConfig, absolute, build
from evalharness.disk import write_files
from evalharness.errors import EvalHarnessError
from evalharness.escaping import visible
from evalharness.leaderboard import report_absent
from evalharness.reading import copy_stream
from evalharness.render import show
from evalharness.results import Run, score_columns, slice_names
from evalharness.systems import FileSystem, safe_name
from evalharness.terminal import log_handler, results_console
from evalharness.testsets import OnePair, TestSet, single_pairs
from evalharness.values import Column, Page

log = logging.getLogger(__name__)

_MOST_PAIRS = 10
_RESULTS = re.compile(r"\+{0,2}results_dir=")
_NOWHERE = ("null", "")


def score(words: Sequence[str]) -> int:
    """Scores files of outputs and prints the table.

    Args:
        words: The command line after `score`.

    Returns:
        1 if a metric that was named could not be computed; else 0.

    Raises:
        EvalHarnessError: An argument, an override or a file is wrong.
    """
    logging.basicConfig(level=logging.INFO, handlers=[log_handler()], force=True)
    arguments = parse_arguments(words, RunConfig.__dataclass_fields__)
    if not (arguments.outputs or arguments.testset):
        raise EvalHarnessError("no outputs", where="score", hint="give -i FILE")
    with ExitStack() as stack:
        scores, form, slices = _score(arguments, stack)
        _show(scores, arguments, form, slices)
        if arguments.metrics is not None:
            report_absent(scores.runs)
            return int(any(run.unavailable for run in scores.runs))
    return 0


def _score(arguments: Arguments, stack: ExitStack) -> tuple[Scores, Format, list[str]]:
    """Scores the files; returns the format and the slices that are asked for, too."""
    overrides = [word for word in arguments.overrides if not _RESULTS.match(word)]
    named = [word.partition("=")[2] for word in arguments.overrides if _RESULTS.match(word)]
    results = named[-1] if named else "results"
    if arguments.testset:
        overrides = [*testset_words(arguments.testset, arguments.pair), *overrides]
    if arguments.checks is not None:
        overrides.append(f"check=[{','.join(arguments.checks)}]")
    own = None if arguments.config_dir is None else Path(absolute(arguments.config_dir))
    kept = None if results in _NOWHERE else results
    config, keep = configure(overrides, arguments.metrics, kept, own)
    if not arguments.testset:
        if arguments.pair is None:
            log.info("the languages are not named (-l ar-en): und-und, tokenized as for English")
        _set_files(config, arguments, stack)
    if arguments.testset and arguments.pair is not None and "pairs" in config.testset:
        config.testset.pairs = [arguments.pair]
    testset = build(config.testset, "testset")
    if arguments.testset and arguments.pair is not None:
        testset = OnePair(testset, "-".join(languages_of(arguments.pair)))
    if arguments.outputs:
        column = str(config.model.get("column") or "")
        options = {"input_format": config.input_format, "column": column}
        systems = [
            FileSystem(_path(one.path, stack), one.name, **options) for one in arguments.outputs
        ]
        groups = [(testset, systems)]
    else:
        groups = [(one, _own_systems(testset, one)) for one in single_pairs(testset)]
    slices = slice_names(config.slice)
    return score_systems(groups, config, keep), arguments.format or config.format, slices


def _own_systems(testset: TestSet, one: OnePair) -> list[FileSystem]:
    """The systems whose outputs belong to a test set."""
    (bitext,) = one.load()
    found = testset.outputs(bitext)
    if not found:
        raise EvalHarnessError(
            f"no outputs, and none belong to {testset.name}", where="score", hint="give -i FILE"
        )
    several = len(set(found.values())) < len(found)
    return [
        FileSystem(path, safe_name(name), column=name if several else "")
        for name, path in found.items()
    ]


def _set_files(config: DictConfig, arguments: Arguments, stack: ExitStack) -> None:
    """Makes a test set of the files that are named."""
    config.testset.source_lang, config.testset.target_lang = languages_of(arguments.pair)
    config.testset.name = arguments.name
    sources, documents = arguments.sources, arguments.documents
    config.testset.source = None if sources is None else _path(sources, stack)
    config.testset.documents = None if documents is None else _path(documents, stack)
    config.testset.references = [_path(one.path, stack) for one in arguments.references]
    config.testset.reference_names = [one.name for one in arguments.references]


def _path(path: str, stack: ExitStack) -> str:
    """The file that is meant; what standard input holds becomes one."""
    if path != STANDARD_INPUT:
        return absolute(path)
    folder = stack.enter_context(tempfile.TemporaryDirectory())
    copy = Path(folder) / "stdin"
    if sys.stdin is None:
        raise EvalHarnessError("standard input is closed", where=path)
    if sys.stdin.isatty():
        log.info("reading standard input; Ctrl-D ends it")
    copy_stream(sys.stdin.buffer, copy)
    return str(copy)


def _show(scores: Scores, arguments: Arguments, form: Format, slices: Sequence[str]) -> None:
    page = scores.page(arguments.decimals, slices)
    order = [score.metric for run in scores.runs for score in run.scores]
    order += [absent.metric for run in scores.runs for absent in run.unavailable]
    columns = sorted(score_columns(page), key=lambda column: order.index(_metric_of(column)))
    if arguments.segment_scores is not None:
        width, plain = arguments.decimals, arguments.numbers_only
        text = _segment_scores(scores, columns, width, plain=plain)
        if arguments.segment_scores == STANDARD_INPUT:
            _print(text)
            return
        path = Path(absolute(arguments.segment_scores))
        write_files(path.parent, {path.name: text.encode()}, option="-sl")
    if arguments.numbers_only:
        _print(_numbers(scores, columns))
    else:  # CSV has no place for differences
        show(page if form is Format.csv else _with_differences(page, scores, slices), form)


def _metric_of(column: Column) -> str:
    """The metric that a column shows; the column of a metric with several signatures names one."""
    return column.key.split("|")[0]


def _print(text: str) -> None:
    with results_console():
        sys.stdout.write(text)


def _with_differences(page: Page, scores: Scores, slices: Sequence[str]) -> Page:
    """Adds which systems differ: in words for people, as facts for programs."""
    differences = scores.compare(slices=slices)
    return replace(
        page,
        title="evalharness: scores",
        lines=tuple((line, None) for line in _differences_in_words(differences)),
        facts={
            "schema_version": 1,
            "runs": [_run_json(run) for run in scores.runs],
            "differences": [_difference_json(difference) for difference in differences],
        },
    )


def _differences_in_words(differences: Sequence[Difference]) -> Iterator[str]:
    """Says which systems differ on the whole; of many only neighbours by score are compared."""
    groups: dict[tuple[str, str, str], list[Difference]] = {}
    sliced = any(difference.slice for difference in differences)
    for difference in differences:
        if difference.slice:
            continue
        key = (difference.testset, difference.pair, difference.metric)
        groups.setdefault(key, []).append(difference)
    for group in groups.values():
        yield from map(str, group if len(group) <= _MOST_PAIRS else _neighbours(group))
    if differences:
        yield (
            "p: paired randomization, Holm's correction of the pairs of systems by one"
            f" metric on one test set and language pair{' with its slices' if sliced else ''}"
        )
        if sliced:
            yield "evalharness compare with the same slice= lists the differences in slices"
    if any(len(group) > _MOST_PAIRS for group in groups.values()):
        yield "only systems next to each other by score are listed; evalharness compare lists all"


def _neighbours(group: Sequence[Difference]) -> list[Difference]:
    """The differences of systems next to each other, of all pairs in the order of the scores."""
    best = group[0].first
    order = [best, *(pair.second for pair in group if pair.first == best)]
    return [pair for pair in group if order.index(pair.second) == order.index(pair.first) + 1]


def _numbers(scores: Scores, columns: Sequence[Column]) -> str:
    """A line per system in the order of the command line, a column per metric."""
    lines = []
    for run in scores.values():
        values = [
            f"{run[column.key].score:.{column.decimals}f}" if column.key in run else "nan"
            for column in columns
        ]
        lines.append("\t".join(values) + "\n")
    return "".join(lines)


def _segment_scores(
    scores: Scores, columns: Sequence[Column], width: int | None, *, plain: bool
) -> str:
    """A line per system and segment, a column per metric.

    Args:
        scores: The runs.
        columns: The metrics.
        width: The decimals; `None` for four.
        plain: Whether the head, the systems and the segments are left out.
    """
    places = 4 if width is None else width
    lines = [] if plain else [["system", "segment", *(column.key for column in columns)]]
    for run in scores.values():
        for segment in run.segments:
            values = [segment["scores"].get(column.key) for column in columns]
            cells = ["nan" if value is None else f"{value:.{places}f}" for value in values]
            facts = map(visible, (run.system, str(segment["id"])))
            lines.append(cells if plain else [*facts, *cells])
    return "".join("\t".join(cells) + "\n" for cells in lines)


def _run_json(run: Run) -> dict[str, object]:
    return {
        "system": run.system,
        "testset": run.testset,
        "source_lang": run.source_lang,
        "target_lang": run.target_lang,
        "segments": run.segments,
        "scores": [asdict(score) for score in run.scores],
        "checks": [asdict(check) for check in run.checks],
        "findings": [asdict(finding) for finding in run.findings],
        "unavailable": [asdict(absent) for absent in run.unavailable],
    }


def _difference_json(difference: Difference) -> dict[str, object]:
    row = asdict(difference)
    source_lang, _, target_lang = row.pop("pair").rpartition("-")
    return {**row, "source_lang": source_lang, "target_lang": target_lang}
