"""What every metric looks like to the harness: it judges a system's outputs for one bitext."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import Protocol

from evalharness.hub import Checkpoint
from evalharness.values.outputs import Outputs
from evalharness.values.scores import Judgement
from evalharness.values.segments import Bitext


class Metric(Protocol):
    """A number that ranks systems: statistics, one row per segment, and a formula for their sum.

    Because a corpus score is a function of summed rows, and that function is data, resampling
    segments or documents is a matrix product of weights with the statistics, for every metric
    alike; whoever does it later needs neither the metric nor its packages.

    A class that names this one as its base gets what a plain metric says: it needs references and
    no sources, downloads nothing, and holds nothing between two bitexts.
    """

    @property
    def name(self) -> str:
        """SacreBLEU's spelling (`BLEU`, `chrF2++`), or the checkpoint of a neural metric."""
        ...

    @property
    def needs_reference(self) -> bool:
        """Whether a segment without a reference cannot be scored.

        Asked only of a metric that is available: a checkpoint says so itself.
        """
        return True

    @property
    def needs_source(self) -> bool:
        """Whether a segment without a source cannot be scored; string metrics need none."""
        return False

    def missing_requirement(self) -> str | None:
        """Why this metric cannot be computed here now and how to mend that; `None` if it can.

        Cheap: it loads no model.

        Raises:
            EvalHarnessError: What was chosen can never be computed, such as a folder that holds no
                checkpoint.
        """
        return None

    def missing_packages(self) -> str | None:
        """Which packages it needs that are not installed, so that no download would help."""
        return None

    def obstacle(self, bitext: Bitext) -> str | None:
        """Why this metric cannot judge outputs in the bitext's languages; `None` if it can.

        What `needs_reference` and `needs_source` say is looked at elsewhere.
        """
        return None

    @abstractmethod
    def signature(self, bitext: Bitext) -> str:
        """How the number is computed on these segments, as `key:value` parts joined by `|`.

        Cheap, and what the judgement of these segments says, too.
        """

    @abstractmethod
    def judge(self, outputs: Outputs) -> Judgement:
        """Judges a system's outputs for one bitext.

        Args:
            outputs: The bitext with a hypothesis for each segment; none of them failed.

        Returns:
            The judgement, with a row for each segment. A row that is not finite says that there is
            no number for its segment.
        """

    def checkpoints(self) -> Iterator[Checkpoint]:
        """Yields what it loads, from the hub or a folder.

        What one checkpoint names is known once that is here: each is to be downloaded before the
        next is asked for.
        """
        yield from ()

    @property
    def fetch(self) -> bool | None:
        """Whether a run downloads what is missing; `None`: if its system downloads, too."""
        return None

    def release(self) -> None:
        """Lets go of what takes much memory: everything is judged."""
        return None
