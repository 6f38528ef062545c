"""What is kept."""

from evalharness.store.files import check_writable, write_files
from evalharness.store.runs import (
    RunRecord,
    check_name,
    read_run,
    read_runs,
    run_folder,
    write_run,
)

__all__ = [
    "RunRecord",
    "check_name",
    "check_writable",
    "read_run",
    "read_runs",
    "run_folder",
    "write_files",
    "write_run",
]
