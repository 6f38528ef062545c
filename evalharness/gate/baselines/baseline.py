"""What a baseline holds, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from evalharness.errors import EvalHarnessError
from evalharness.stats.aggregates import Aggregate
from evalharness.stats.bootstrap import Array
from evalharness.values import Bitext, Outputs

SCHEMA_VERSION = 1
BASELINE = "baseline.json"

_RESTORE = "restore the baseline from git, or write it anew with gate update=true"


@dataclass(frozen=True)
class BaselineScore:
    """A metric's score on a run, how it was computed, and how much worse is still good enough.

    Attributes:
        metric: The metric's name.
        score: The score.
        higher_is_better: Its direction.
        signature: How it was computed.
        aggregate: How summed statistics become the score; `None` where the baseline does not say.
        margin: How much worse a candidate may be, in the score's unit; `None` likewise.
    """

    metric: str
    score: float
    higher_is_better: bool
    signature: str
    aggregate: Aggregate | None = None
    margin: float | None = None


@dataclass(frozen=True)
class BaselineCheck:
    """What a check saw in a run, how it looked, and how often it may see it later.

    Attributes:
        check: The check's id.
        signature: How it looked.
        flagged: The ids of the segments whose hypotheses it fired on, in order.
        unjudged: The ids of those whose hypotheses it could not judge.
        margin: How much higher a candidate's rate may be; `None` where nothing is asked.
        max_rate: How high it may be; likewise.
    """

    check: str
    signature: str
    flagged: tuple[str, ...]
    unjudged: tuple[str, ...] = ()
    margin: float | None = None
    max_rate: float | None = None


@dataclass(frozen=True)
class BaselineRun:
    """A finished run, as far as later ones are compared with it.

    Attributes:
        testset: The test set's name.
        source_lang: BCP-47 code.
        target_lang: BCP-47 code.
        digest: The digest of the test set's pair.
        system: The system's name.
        run: The name of its run folder, which tells its fingerprint apart from others.
        scores: One per metric.
        ids: The segments' ids, in order.
        hypotheses: One per segment, of the first pass.
        statistics: The additive statistics by metric, each (n_segments, k).
        checks: One per check; none of a baseline that was written before there were any.
        repeats: The hypotheses of each further pass of a system that samples.
        prompt: The words that the system was asked with, without the text, where they are known.
    """

    testset: str
    source_lang: str
    target_lang: str
    digest: str
    system: str
    run: str
    scores: tuple[BaselineScore, ...]
    ids: tuple[str, ...]
    hypotheses: tuple[str, ...]
    statistics: Mapping[str, Array]
    checks: tuple[BaselineCheck, ...] = ()
    repeats: tuple[tuple[str, ...], ...] = ()
    prompt: str | None = None

    def outputs(self, bitext: Bitext) -> Outputs:
        """Returns the hypotheses of all passes, as outputs for the segments that were translated.

        Args:
            bitext: The segments.
        """
        first, *others = [
            Outputs(self.system, bitext, texts, prompt=self.prompt)
            for texts in (self.hypotheses, *self.repeats)
        ]
        return replace(first, further=tuple(others))

    @property
    def pair(self) -> str:
        """The language pair as `tr-en`."""
        return f"{self.source_lang}-{self.target_lang}"

    @property
    def key(self) -> tuple[str, str]:
        """What a candidate's run is found by: the test set and the pair."""
        return self.testset, self.pair

    def check(self, name: str) -> BaselineCheck | None:
        """What a check saw; `None` where it did not look."""
        return next((held for held in self.checks if held.check == name), None)

    @property
    def file(self) -> str:
        """The name of the file with its segments."""
        return f"{self.testset}.{self.pair}.jsonl"


def damaged_baseline(where: Path | str, what: str) -> EvalHarnessError:
    """Returns the error of a baseline that is damaged."""
    return EvalHarnessError(f"damaged: {what}", where=where, hint=_RESTORE)
