"""What finished runs rest on, read again."""

from evalharness.evidence.finding import FoundRun, find_runs
from evalharness.evidence.grouping import Groups, group_runs
from evalharness.evidence.loading import Evidence, load_evidence, read_checked, rebuild_metric

__all__ = [
    "Evidence",
    "FoundRun",
    "Groups",
    "find_runs",
    "group_runs",
    "load_evidence",
    "read_checked",
    "rebuild_metric",
]
