"""What the Python API returns: runs, their scores, and what they differ in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from evalharness.comparison import Comparison
    from evalharness.store import RunRecord
    from evalharness.views import Board


@dataclass(frozen=True)
class Score:
    """A system's score by one metric, in the metric's own unit.

    Attributes:
        metric: The metric's name in tables: `BLEU`, `chrF2`, `wmt22-comet-da`.
        score: The corpus score.
        low: Where its 95 % bootstrap interval begins.
        high: Where it ends.
        signature: The string that says exactly how the number was computed.
        higher_is_better: The direction.
        segments: The segment scores, one per segment.
    """

    metric: str
    score: float
    low: float
    high: float
    signature: str
    higher_is_better: bool
    segments: tuple[float, ...] = field(repr=False)


@dataclass(frozen=True)
class Difference:
    """What one metric says about two systems.

    Attributes:
        metric: The metric's name in tables.
        first: The system with the better score.
        second: The other system.
        difference: The first's score minus the second's, in the metric's unit.
        low: Where the interval of that difference begins; it holds for this pair alone.
        high: Where it ends.
        p: The p-value of "they do not differ", two-sided.
        p_corrected: The same after Holm's correction over all differences.
        significant: Whether the corrected p-value is at most alpha.
        testset: The test set's name.
        pair: The language pair, such as `ar-en`.
    """

    metric: str
    first: str
    second: str
    difference: float
    low: float
    high: float
    p: float
    p_corrected: float
    significant: bool
    testset: str
    pair: str

    def __str__(self) -> str:
        """Says in words what was shown."""
        if self.significant:
            words = f"{self.first} is better than {self.second}"
        else:
            words = f"{self.first} and {self.second}: no difference shown"
        return f"{self.metric}: {words} (p corrected {self.p_corrected:.4f})"


@dataclass(frozen=True)
class Run(Mapping[str, Score]):
    """A finished run: one system on one language pair of one test set, with its scores.

    It is a mapping from a metric's name to its score. Names are found in any case (`bleu`), and
    also under the metric's name in `metric=` (`chrf`, `comet`). A temporary results folder lives as
    long as one of its runs does.
    """

    record: RunRecord = field(repr=False)
    results: Path = field(repr=False)
    _keep: object = field(default=None, repr=False, compare=False)

    @property
    def system(self) -> str:
        """The system's name."""
        return self.record.system

    @property
    def testset(self) -> str:
        """The test set's name."""
        return self.record.testset

    @property
    def pair(self) -> str:
        """The language pair, such as `ar-en`."""
        return self.record.pair

    @property
    def unavailable(self) -> Mapping[str, str]:
        """Why a metric could not be computed, by its name."""
        return {absent.metric: absent.reason for absent in self.record.unavailable}

    def __getitem__(self, name: str) -> Score:
        """Returns the score by the metric of this name.

        Raises:
            KeyError: The run has no such score; the message says which it has, or why not.
        """
        if name in self._scores:
            return self._scores[name]
        for metric, score in self._scores.items():
            if name.lower() in _spellings(metric):
                return score
        for metric, reason in self.unavailable.items():
            if name.lower() in _spellings(metric):
                raise KeyError(f"{metric} could not be computed: {reason}")
        raise KeyError(f"no score by {name!r}; {self.system} has {', '.join(self._scores)}")

    def __iter__(self) -> Iterator[str]:
        """Iterates over the metrics' names."""
        return iter(self._scores)

    def __len__(self) -> int:
        """Returns the number of scores."""
        return len(self._scores)

    @cached_property
    def segments(self) -> Sequence[Mapping[str, Any]]:
        """The segments with `id`, `document`, `source`, `references`, `hypothesis`, `scores`.

        Raises:
            EvalHarnessError: Their file is damaged.
        """
        from evalharness.store import read_segments

        return read_segments(self.results, self.record)

    @cached_property
    def _scores(self) -> Mapping[str, Score]:
        return {
            score.metric: Score(
                score.metric,
                score.score,
                score.low,
                score.high,
                score.signature,
                score.higher_is_better,
                tuple(segment["scores"][score.metric] for segment in self.segments),
            )
            for score in self.record.scores
        }


class Scores(Mapping[str, Run]):
    """Runs by name, shown as a table in a terminal and in a notebook."""

    def __init__(self, results: Path, records: Sequence[RunRecord], keep: object = None) -> None:
        """Takes finished runs.

        Args:
            results: The results folder that holds them.
            records: What they say.
            keep: What has to live as long as this object does: a temporary results folder.
        """
        self.results = results
        self.records = list(records)
        self._keep = keep
        names = [record.system for record in self.records]
        self._runs = {
            name if names.count(name) == 1 else record.folder.removeprefix("runs/"): Run(
                record, results, keep
            )
            for name, record in zip(names, self.records, strict=True)
        }

    def __getitem__(self, name: str) -> Run:
        """Returns the run of this name.

        Raises:
            KeyError: There is none; the message says which there are.
        """
        if name not in self._runs:
            raise KeyError(f"no run called {name!r}; there are {', '.join(self._runs)}")
        return self._runs[name]

    def __iter__(self) -> Iterator[str]:
        """Iterates over the runs' names."""
        return iter(self._runs)

    def __len__(self) -> int:
        """Returns the number of runs."""
        return len(self._runs)

    def segments(self, name: str) -> Sequence[Mapping[str, Any]]:
        """Returns the segments of a run, a mapping each.

        Args:
            name: The run's name.

        Returns:
            `id`, `document`, `source`, `references`, `hypothesis`, and `scores` by metric.
        """
        return self[name].segments

    def to_pandas(self) -> pd.DataFrame:
        """Returns a row per run and metric.

        Returns:
            The columns `testset`, `source_lang`, `target_lang`, `system`, `segments`, `metric`,
            `score`, `low`, `high`, `higher_is_better`, `signature`, `run`.
        """
        import pandas as pd

        columns = ["testset", "source_lang", "target_lang", "system", "segments", "metric"]
        columns += ["score", "low", "high", "higher_is_better", "signature", "run"]
        rows = [
            (
                *(record.testset, record.source_lang, record.target_lang, record.system),
                *(record.segments, score.metric, score.score, score.low, score.high),
                *(score.higher_is_better, score.signature, record.folder),
            )
            for record in self.records
            for score in record.scores
        ]
        return pd.DataFrame(rows, columns=columns)

    def compare(self, alpha: float = 0.05, seed: int = 12345) -> list[Difference]:
        """Tests every pair of systems by every metric, in one family of tests.

        The tests are those of `evalharness compare`: paired approximate randomization with Holm's
        correction.

        Args:
            alpha: How often the whole comparison may call equal systems different.
            seed: Seeds the test.

        Returns:
            A difference per pair and metric; none where no two runs share a test set and pair.

        Raises:
            EvalHarnessError: The runs are not on the same segments and references.
        """
        places = [(record.testset, record.pair) for record in self.records]
        if len(set(places)) == len(places):
            return []
        from evalharness.comparison import compare_runs
        from evalharness.config import CompareOptions

        folders = [str(self.results / record.folder) for record in self.records]
        options = CompareOptions(examples=0)
        made = compare_runs(folders, self.results, options, alpha=alpha, seed=seed)
        return list(differences_of(made))

    def __repr__(self) -> str:
        """Returns the table that the command line prints."""
        from evalharness.terminal import text_console

        text = StringIO()
        self._print(text_console(text))
        return text.getvalue().strip("\n")

    def _repr_html_(self) -> str:
        """Returns the table for a notebook."""
        from evalharness.terminal import text_console

        console = text_console(StringIO(), record=True, width=120)
        self._print(console)
        return console.export_html(inline_styles=True, code_format="<pre>{code}</pre>")

    def _print(self, console: Console) -> None:
        from evalharness.views import print_board

        print_board(self.board(), console)

    def board(self, decimals: int | None = None) -> Board:
        """Returns the runs as the leaderboard's table; `decimals` are those of all scores."""
        from evalharness.ranking import rank_runs
        from evalharness.views import make_board

        board = make_board(self.records, rank_runs(self.results, self.records, None))
        return replace(board, decimals=decimals)


def differences_of(comparison: Comparison) -> Iterator[Difference]:
    """Yields what a comparison says about each pair of systems by each metric."""
    for section in comparison.sections:
        record = section.records[0]
        for metric in section.metrics:
            for pair in metric.differences:
                yield Difference(
                    metric.column,
                    pair.first,
                    pair.second,
                    pair.difference,
                    pair.low,
                    pair.high,
                    pair.p_value,
                    pair.corrected,
                    pair.significant,
                    record.testset,
                    record.pair,
                )


def _spellings(metric: str) -> set[str]:
    """The words that a user may write for a metric, in small letters."""
    name = metric.lower()
    choices = {"chrf2": "chrf", "chrf2++": "chrfpp"}
    words = {name, choices.get(name, name)}
    return words | {word for word in ("cometkiwi", "xcomet", "comet") if word in name}
