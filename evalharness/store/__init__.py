"""What is kept: translations, run folders and baselines."""

from evalharness.store.contents import read_segments, read_statistics, read_translated
from evalharness.store.records import RunRecord, is_complete, read_run, read_runs
from evalharness.store.runs import Run, check_name, write_run
from evalharness.store.translations import StoredTranslations

__all__ = [
    "Run",
    "RunRecord",
    "StoredTranslations",
    "check_name",
    "is_complete",
    "read_run",
    "read_runs",
    "read_segments",
    "read_statistics",
    "read_translated",
    "write_run",
]
