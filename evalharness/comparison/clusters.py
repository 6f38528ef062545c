"""The ranks that a comparison's own tests give."""

from __future__ import annotations

from collections.abc import Sequence

from evalharness.comparison.values import Family, Section
from evalharness.ranking import Place, Ranking
from evalharness.stats import all_pairs, pair_matrix, rank_clusters


def rank_sections(sections: Sequence[Section], family: Family, by: str | None) -> Ranking:
    """Ranks the runs of each section in clusters.

    Args:
        sections: The sections.
        family: How they were tested.
        by: The column that ranks; `None` for the first.
    """
    places: dict[str, Place] = {}
    for section in sections:
        folders = {record.system: record.folder for record in section.records}
        for metric in section.metrics:
            if metric.column != (by or section.metrics[0].column):
                continue
            corrected = [pair.corrected for pair in metric.differences]
            standings = rank_clusters(
                [score.score for score in metric.scores.values()],
                pair_matrix(corrected, all_pairs(len(metric.scores)), len(metric.scores)),
                higher_is_better=metric.higher_is_better,
                alpha=family.alpha,
            )
            for label, standing in zip(metric.scores, standings, strict=True):
                places[folders[label]] = Place(metric.column, standing.rank, standing.wins)
    columns = ", ".join(dict.fromkeys(place.column for place in places.values()))
    note = f"#: by {columns}; systems whose order is not shown below share a rank"
    return Ranking(places, (note,) if places else ())
