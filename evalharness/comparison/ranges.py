"""The ranks that a comparison's own tests leave open."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from evalharness.comparison.outcomes import Family, Section
from evalharness.results import Place, Ranking
from evalharness.results.places import WINS
from evalharness.stats import all_pairs, pair_matrix, rank_ranges


def rank_sections(sections: Sequence[Section], family: Family, by: str | None) -> Ranking:
    """Gives the runs of each section their ranges of ranks.

    Args:
        sections: The sections.
        family: How they were tested.
        by: The column that ranks; `None` for the first.
    """
    places: dict[tuple[Path, str], Place] = {}
    for section in sections:
        for metric in section.metrics:
            if metric.column != (by or section.metrics[0].column):
                continue
            corrected = [
                math.nan if pair.p_corrected is None else pair.p_corrected
                for pair in metric.differences
            ]
            standings = rank_ranges(
                [score.score for score in metric.scores.values()],
                pair_matrix(corrected, all_pairs(len(metric.scores)), len(metric.scores)),
                higher_is_better=metric.higher_is_better,
                alpha=family.alpha,
            )
            for label, standing in zip(metric.scores, standings, strict=True):
                places[section.runs[label].key] = Place(metric.column, *standing)
    columns = ", ".join(dict.fromkeys(place.column for place in places.values()))
    note = f"#: by {columns}; the ranks that the tests below leave open; {WINS}"
    return Ranking(places, (note,) if places else ())
