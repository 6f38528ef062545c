"""A finished run as one value: its head at once, its segments and statistics when asked for."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from evalharness.errors import EvalHarnessError
from evalharness.results.content import CHECKS, Content
from evalharness.results.signatures import aggregate_of
from evalharness.stats.aggregates import Aggregate
from evalharness.stats.bootstrap import Array
from evalharness.values import (
    Bitext,
    CheckRate,
    Finding,
    Outputs,
    Resampling,
    Score,
    Segment,
    Unavailable,
)
from evalharness.values.outputs import Counts

SYSTEM = "system"
"""What observations of the system stand under, beside those of metrics."""


class Slice(NamedTuple):
    """The segments of a test set that have a fact in common.

    Attributes:
        name: The fact: `domain`, `origlang`, `length`, ...
        value: What it is: `news`; of lengths the shortest and the longest, `12-80`.
        order: From 1 on, among all slices that are shown.
    """

    name: str
    value: str
    order: int

    @property
    def label(self) -> str:
        """The slice in words: `domain=news`."""
        return f"{self.name}={self.value}"


@dataclass(frozen=True)
class Run:
    """One system on one language pair of one test set, with its scores.

    Whoever writes a run folder returns this value, and whoever reads one does.

    Attributes:
        results: What the folder is relative to: a results folder, or the folder above.
        folder: The run's folder.
        system: The system's name.
        testset: The test set's name.
        digest: The digest of the test set's pair.
        source_lang: BCP-47 code.
        target_lang: BCP-47 code.
        segments: How many segments were scored.
        provenance: Who made the references.
        reference_names: What the references are called, in their order; empty if nothing.
        reference_makers: Who made each of them, in their order; empty where nobody says.
        scores: One per metric that could be computed.
        unavailable: One per metric that could not.
        checks: One per check.
        findings: What is seen only over many segments.
        resampling: How the intervals were estimated.
        failed: How many segments the system failed on, in any pass.
        prompt: The words that the system was asked with, without the text; `None` for one that is
            not asked in words, or whose words are not known.
        samples: Whether the system draws its hypotheses.
        passes: In how many passes it translated the test set; scores are means over them.
        observed: How many segments have an observation, by who says it (`system`, or a metric).
        notes: What a reader has to know of the system.
        testset_notes: What was left out of the test set, and what its files are like.
        metrics: How the metrics of the scores are configured, by name; none of a run that was
            written before configurations were.
        content: What the folder holds.
        slice: Which segments of the test set these are; `None` for all.
    """

    results: Path
    folder: str
    system: str
    testset: str
    digest: str
    source_lang: str
    target_lang: str
    segments: int
    provenance: tuple[str, ...]
    reference_names: tuple[str, ...]
    reference_makers: tuple[str, ...]
    scores: tuple[Score, ...]
    unavailable: tuple[Unavailable, ...]
    checks: tuple[CheckRate, ...]
    findings: tuple[Finding, ...]
    resampling: Resampling
    failed: int
    observed: Mapping[str, Counts]
    prompt: str | None
    samples: bool
    passes: int
    notes: tuple[str, ...]
    testset_notes: tuple[str, ...]
    metrics: Mapping[str, Mapping[str, Any]]
    content: Content = field(repr=False, compare=False)
    slice: Slice | None = None

    def only(self, metrics: Sequence[str]) -> Run:
        """Returns the run with the scores of these metrics alone, in their order."""
        order = {metric: at for at, metric in enumerate(metrics)}
        scores = [score for score in self.scores if score.metric in order]
        return replace(
            self,
            scores=tuple(sorted(scores, key=lambda score: order[score.metric])),
            unavailable=tuple(absent for absent in self.unavailable if absent.metric in order),
        )

    @property
    def pair(self) -> str:
        """The language pair as `tr-en`."""
        return f"{self.source_lang}-{self.target_lang}"

    @property
    def test(self) -> tuple[str, str, str, tuple[int, str]]:
        """What was translated: equal for runs on the very same segments and references."""
        part = (self.slice.order, self.slice.label) if self.slice else (0, "")
        return (*self.family, part)

    @property
    def family(self) -> tuple[str, str, str]:
        """What was translated, whatever the slice: a whole and its slices are tested together."""
        return (self.testset, self.pair, self.digest)

    @property
    def test_name(self) -> str:
        """The test set, the language pair and the slice, in words."""
        return f"{self.testset} {self.pair_name}"

    @property
    def pair_name(self) -> str:
        """The language pair and the slice, in words: `en-de domain=news`."""
        return f"{self.pair} {self.slice.label}" if self.slice else self.pair

    @property
    def key(self) -> tuple[Path, str]:
        """What tells runs and their slices apart."""
        return self.path, self.slice.label if self.slice else ""

    @property
    def path(self) -> Path:
        """The run's folder."""
        return self.results / self.folder

    @property
    def label(self) -> str:
        """The system's name with the hash that tells its runs apart, as the folder is called."""
        return self.path.name

    @property
    def fingerprint(self) -> Mapping[str, Any]:
        """What can change the system's output, as it was configured; data, never resolved."""
        found = self.content.run.get("fingerprint")
        return found if isinstance(found, Mapping) else {}

    @property
    def rows(self) -> Sequence[Mapping[str, Any]]:
        """The lines of `segments.jsonl`.

        Raises:
            EvalHarnessError: The file is damaged.
        """
        return self.content.rows

    @cached_property
    def outputs(self) -> Outputs:
        """The segments, the hypotheses, and what the system says about each of them.

        Positions count from 0 among the segments.

        Raises:
            EvalHarnessError: The file is damaged, or holds other segments than those scored.
        """
        rows = self.rows
        bitext = Bitext(
            self.testset,
            self.source_lang,
            self.target_lang,
            tuple(
                Segment(
                    row["id"],
                    at,
                    row["document"],
                    row["source"],
                    tuple(row["references"]),
                    row.get("facts", {}),
                )
                for at, row in enumerate(rows)
            ),
            str(self.content.segments_path),
            len(rows),
            self.provenance,
            reference_names=self.reference_names,
            makers=self.reference_makers,
            version=str(self.content.run["testset"].get("version", "")),
        )
        if self.slice is None and bitext.digest != self.digest:
            raise self.content.damaged("not the segments that were scored")
        first, *others = [
            Outputs(
                self.system,
                bitext,
                tuple(row["hypothesis"] for row in made),
                [row.get("observations", {}).get(SYSTEM, {}) for row in made],
                prompt=self.prompt,
                samples=self.samples,
            )
            for made in (rows, *zip(*(row.get("repeats", ()) for row in rows), strict=True))
        ]
        return replace(first, further=tuple(others))

    @property
    def bitext(self) -> Bitext:
        """The segments; see `outputs`."""
        return self.outputs.bitext

    @property
    def documents(self) -> list[str | None]:
        """The document of each segment; see `outputs`."""
        return [segment.document for segment in self.bitext.segments]

    def score(self, metric: str) -> Score:
        """Returns the score by a metric.

        Raises:
            EvalHarnessError: There is none.
        """
        for score in self.scores:
            if score.metric == metric:
                return score
        known = ", ".join(score.metric for score in self.scores)
        raise EvalHarnessError(
            f"no score of {metric}", where=self.path, hint=f"metrics: {known or 'none'}"
        )

    def aggregate(self, metric: str) -> Aggregate:
        """Returns how a metric's score is computed from its summed statistics.

        Raises:
            EvalHarnessError: No formula of ours is known to do it, or there is no such score.
        """
        aggregate = aggregate_of(self.score(metric))
        if aggregate is None:
            raise EvalHarnessError(
                f"does not say how {metric} is computed from its statistics",
                where=self.path,
                hint="run it again; a metric with a formula of its own is never compared",
            )
        return aggregate

    def statistics(self, metric: str) -> Array:
        """Returns the additive statistics of a metric, (n_segments, k), which give its score.

        Raises:
            EvalHarnessError: They are damaged or give another score, or no formula of ours does it.
        """
        score, aggregate = self.score(metric), self.aggregate(metric)
        table = self.content.table(metric)
        if table.shape[1] != aggregate.width:
            raise self.content.damaged(f"no statistics of {metric}: {table.shape}")
        total = corpus_score(aggregate, table)
        if not agrees(total, score.score):
            raise self.content.damaged(
                f"the statistics of {metric} give {total:.4f}, scores.json says {score.score:.4f}"
            )
        return table

    def check(self, name: str) -> CheckRate | None:
        """Returns the rate of a check; `None` where the run was not looked at with it."""
        return next((check for check in self.checks if check.check == name), None)

    def flags(self, check: CheckRate) -> Array:
        """Returns where a check fired and where it could look, of shape (n_segments, 2): 1 or 0.

        Args:
            check: The rate, which is a mean of these rows.

        Raises:
            EvalHarnessError: They are damaged, or give another rate.
        """
        table = self.content.table(f"{CHECKS}{check.check}")
        sound = table.shape[1] == 2 and np.isin(table, (0, 1)).all()
        if not sound or (table[:, 0] > table[:, 1]).any():
            raise self.content.damaged(f"no statistics of {check.check}: {table.shape}")
        count, applicable = (int(total) for total in table.sum(axis=0))
        if (count, applicable) != (check.count, check.applicable):
            raise self.content.damaged(
                f"the statistics of {check.check} give {count} of {applicable},"
                f" scores.json says {check.count} of {check.applicable}"
            )
        return table

    def segment_scores(self, metric: str) -> Array:
        """Returns the segments' own scores by a metric, of shape (n_segments,).

        Raises:
            EvalHarnessError: See `statistics`.
        """
        return self.aggregate(metric).segment_scores(self.statistics(metric))


def corpus_score(aggregate: Aggregate, table: Array) -> float:
    """Returns the score of statistics of shape (n_segments, k); NaN where they give none."""
    with np.errstate(all="ignore"):
        return float(aggregate.corpus(table.sum(axis=0)))


def agrees(given: float, recorded: float) -> bool:
    """Whether a score that was computed again is the one that is written down."""
    return math.isclose(given, recorded, rel_tol=1e-6, abs_tol=1e-9)
