"""What is kept."""

from evalharness.store.records import RunRecord, read_run, read_runs, read_scoring
from evalharness.store.runs import Run, check_name, write_run
from evalharness.store.translations import StoredTranslations

__all__ = [
    "Run",
    "RunRecord",
    "StoredTranslations",
    "check_name",
    "read_run",
    "read_runs",
    "read_scoring",
    "write_run",
]
