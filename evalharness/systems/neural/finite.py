"""Networks that compute no numbers: an error, since their outputs look like texts all the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from evalharness.errors import EvalHarnessError


def check_weights(model: Any, folder: Path) -> None:
    """Checks that all weights are finite numbers, as they were read or converted.

    Args:
        model: A model of transformers, on any device.
        folder: Its checkpoint's folder, for the error.

    Raises:
        EvalHarnessError: One is infinite or not a number.
    """
    import torch

    for name, weight in model.named_parameters():
        # Least and greatest carry every nan and infinity; isfinite() takes six times as long.
        if weight.numel() and not torch.stack(torch.aminmax(weight)).isfinite().all():
            found = str(weight.dtype).removeprefix("torch.")
            raise EvalHarnessError(
                f"holds weights that are no finite numbers in {found}, such as {name}",
                where=folder,
                hint="copy a damaged checkpoint anew, or choose another dtype=",
            )


class FiniteScores:
    """A logits processor that changes nothing and sees whether the scores of tokens are numbers."""

    def __init__(self, texts: int) -> None:
        """Knows of no score yet.

        Args:
            texts: How many inputs the batch has; each may have several beams, in a row.
        """
        self._texts = texts
        self._finite: Any = True

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        """Returns the scores, of shape (texts x beams, vocabulary), as they are.

        The greatest carries every nan and plus infinity; minus infinity only rules a token out.
        """
        self._finite = scores.amax(dim=-1).isfinite() & self._finite
        return scores

    def by_text(self) -> list[bool]:
        """Whether all scores of an input were numbers, input by input."""
        found: list[bool] = self._finite.view(self._texts, -1).all(dim=-1).tolist()
        return found
