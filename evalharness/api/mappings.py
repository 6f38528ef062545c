"""What the Python API returns: runs, their scores, and what they differ in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from evalharness.errors import EvalHarnessError

if TYPE_CHECKING:
    import pandas as pd

    from evalharness.comparison import Comparison
    from evalharness.leaderboard import Board
    from evalharness.results import Run as FinishedRun
    from evalharness.values import CheckRate, Finding, Page


@dataclass(frozen=True)
class Score:
    """A system's score by one metric, in the metric's own unit.

    Attributes:
        metric: The metric's name in tables: `BLEU`, `chrF2`, `wmt22-comet-da`.
        score: The corpus score.
        low: Where its 95 % interval begins.
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
        p: The p-value of "they do not differ", two-sided; `None` of fewer than six documents, which
            can show nothing.
        p_corrected: The same after Holm's correction of the pairs by the same metric on the same
            test set and language pair.
        at_floor: Whether no trial was as far apart: the p-values are upper bounds.
        significant: Whether the corrected p-value is at most alpha.
        testset: The test set's name.
        pair: The language pair, such as `ar-en`.
        obstacle: Why no difference can be shown, whatever the scores; empty where one can.
        slice: Which segments of the test set these are, such as `domain=news`; empty for all.
    """

    metric: str
    first: str
    second: str
    difference: float
    low: float
    high: float
    p: float | None
    p_corrected: float | None
    at_floor: bool
    significant: bool
    testset: str
    pair: str
    obstacle: str = ""
    slice: str = ""

    def __str__(self) -> str:
        """Says in words what was shown."""
        if self.significant:
            words = f"{self.first} is better than {self.second}"
        else:
            nothing = self.obstacle or "no difference shown"
            words = f"{self.first} and {self.second}: {nothing}"
        what = f"{self.metric}, {self.slice}" if self.slice else self.metric
        if self.p_corrected is None:
            return f"{what}: {words}"
        from evalharness.comparison.sentences import p_text

        shown = p_text(self.p_corrected, self.at_floor) or f"{self.p_corrected:.4f}"
        return f"{what}: {words} (p corrected {shown})"


@dataclass(frozen=True)
class Run(Mapping[str, Score]):
    """A finished run: one system on one language pair of one test set, with its scores.

    It is a mapping from a metric's name to its score. Names are found in any case (`bleu`), and
    also under the metric's name in `metric=` (`chrf`, `comet`). A temporary results folder lives as
    long as one of its runs does.
    """

    finished: FinishedRun = field(repr=False)
    _keep: object = field(default=None, repr=False, compare=False)

    @property
    def system(self) -> str:
        """The system's name."""
        return self.finished.system

    @property
    def testset(self) -> str:
        """The test set's name."""
        return self.finished.testset

    @property
    def pair(self) -> str:
        """The language pair, such as `ar-en`."""
        return self.finished.pair

    @property
    def unavailable(self) -> Mapping[str, str]:
        """Why a metric could not be computed, by its name."""
        return {absent.metric: absent.reason for absent in self.finished.unavailable}

    @property
    def checks(self) -> Mapping[str, CheckRate]:
        """How many outputs each check fired on, by its name; it never ranks."""
        return {check.check: check for check in self.finished.checks}

    @property
    def findings(self) -> Sequence[Finding]:
        """What is seen only over many segments."""
        return self.finished.findings

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

        Where there are any, also `observations`, and `checks`: which fired, with what they saw.
        Of a system that was run in several passes, also `repeats`: the hypotheses of the others.

        Raises:
            EvalHarnessError: Their file is damaged.
        """
        return self.finished.rows

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
            for score in self.finished.scores
        }


class Scores(Mapping[str, Run]):
    """Runs by name, shown as a table in a terminal and in a notebook."""

    def __init__(self, board: Board, runs: Sequence[FinishedRun], keep: object = None) -> None:
        """Takes finished runs.

        Args:
            board: That of the results folder that holds them.
            runs: The runs.
            keep: What has to live as long as this object does: a temporary results folder.
        """
        self._board = board
        self.runs = list(runs)
        self._keep = keep
        names = [run.system for run in self.runs]
        self._runs = {
            name if names.count(name) == 1 else run.folder.removeprefix("runs/"): Run(run, keep)
            for name, run in zip(names, self.runs, strict=True)
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
            `id`, `document`, `source`, `references`, `hypothesis`, and `scores` by metric; where
            there are any, `observations`, and `checks`: those that fired, with what they saw.
        """
        return self[name].segments

    def to_pandas(self) -> pd.DataFrame:
        """Returns a row per run and metric.

        Returns:
            The columns `testset`, `source_lang`, `target_lang`, `system`, `segments`, `metric`,
            `score`, `low`, `high`, `higher_is_better`, `signature`, `run`.

        Raises:
            EvalHarnessError: pandas is not installed.
        """
        try:
            import pandas as pd
        except ImportError as error:
            raise EvalHarnessError(
                "pandas is not installed", where="to_pandas", hint="pip install pandas"
            ) from error

        columns = ["testset", "source_lang", "target_lang", "system", "segments", "metric"]
        columns += ["score", "low", "high", "higher_is_better", "signature", "run"]
        rows = [
            (
                *(run.testset, run.source_lang, run.target_lang, run.system),
                *(run.segments, score.metric, score.score, score.low, score.high),
                *(score.higher_is_better, score.signature, run.folder),
            )
            for run in self.runs
            for score in run.scores
        ]
        return pd.DataFrame(rows, columns=columns)

    def compare(
        self, alpha: float = 0.05, seed: int = 12345, slices: Sequence[str] = ()
    ) -> list[Difference]:
        """Tests every pair of systems by every metric.

        The tests are those of `evalharness compare`: paired approximate randomization with Holm's
        correction of the pairs by one metric on one test set and language pair.

        Args:
            alpha: How often such a family of tests may call equal systems different.
            seed: Seeds the test.
            slices: By which facts of the segments systems are compared in slices, too, such as
                `["domain"]`; the correction is for the whole and its slices together.

        Returns:
            A difference per pair and metric; none where no two runs share a test set and pair.

        Raises:
            EvalHarnessError: The runs are not on the same segments and references.
        """
        places = [(run.testset, run.pair) for run in self.runs]
        if len(set(places)) == len(places):
            return []
        from evalharness.comparison import compare
        from evalharness.config import CompareOptions

        named = [(str(run.path), run) for run in self.runs]
        options = CompareOptions(examples=0)
        made = compare(named, self._board.kept, options, alpha=alpha, seed=seed, slices=slices)
        return list(differences_of(made))

    def __repr__(self) -> str:
        """Returns the table that the command line prints."""
        from evalharness.config import Format
        from evalharness.render import render

        return render(self.page(), Format.table).strip("\n")

    def _repr_html_(self) -> str:
        """Returns the table for a notebook."""
        from evalharness.render import page_fragment

        return page_fragment(self.page())

    def page(self, decimals: int | None = None, slices: Sequence[str] = ()) -> Page:
        """Returns the runs as the leaderboard's table.

        Args:
            decimals: Those of all scores; `None` for each metric's own.
            slices: By which facts of the segments they are shown in slices, too.
        """
        from evalharness.results import board_page, slice_runs

        found = slice_runs(self.runs, slices)
        shown = [*self.runs, *found.runs]
        page = board_page(shown, self._board.rank(shown), decimals=decimals)
        return replace(page, notes=(*page.notes, *found.notes))


def differences_of(comparison: Comparison) -> Iterator[Difference]:
    """Yields what a comparison says about each pair of systems by each metric."""
    for section in comparison.sections:
        run = next(iter(section.runs.values()))
        for metric in section.metrics:
            for pair in metric.differences:
                yield Difference(
                    metric.column,
                    pair.first,
                    pair.second,
                    pair.difference,
                    pair.low,
                    pair.high,
                    pair.p,
                    pair.p_corrected,
                    pair.at_floor,
                    pair.significant,
                    run.testset,
                    run.pair,
                    metric.obstacle or pair.obstacle,
                    run.slice.label if run.slice else "",
                )


def _spellings(metric: str) -> set[str]:
    """The words that a user may write for a metric, in small letters."""
    name = metric.lower()
    choices = {"chrf2": "chrf", "chrf2++": "chrfpp"}
    words = {name, choices.get(name, name)}
    return words | {word for word in ("cometkiwi", "xcomet", "comet") if word in name}
