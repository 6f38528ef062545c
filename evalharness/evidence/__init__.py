"""What finished runs rest on, read again: data, of which nothing is imported or resolved."""

from evalharness.evidence.finding import FoundRun, find_runs
from evalharness.evidence.grouping import Groups, group_runs
from evalharness.evidence.loading import (
    Evidence,
    aggregate_in,
    agrees,
    corpus_score,
    load_evidence,
    read_checked,
    score_of,
)
from evalharness.evidence.rescoring import Rescorer, find_rescorer
from evalharness.evidence.signatures import aggregate_of, family_of

__all__ = [
    "Evidence",
    "FoundRun",
    "Groups",
    "Rescorer",
    "aggregate_in",
    "aggregate_of",
    "agrees",
    "corpus_score",
    "family_of",
    "find_rescorer",
    "find_runs",
    "group_runs",
    "load_evidence",
    "read_checked",
    "score_of",
]
