"""How things lie on disk: files that are whole or not there, journals that many processes share."""

from evalharness.disk.files import check_writable, remove_abandoned, sync, write_files
from evalharness.disk.journal import Journal
from evalharness.disk.locks import locked, try_lock
from evalharness.disk.parsing import DAMAGES, parse_json

__all__ = [
    "DAMAGES",
    "Journal",
    "check_writable",
    "locked",
    "parse_json",
    "remove_abandoned",
    "sync",
    "try_lock",
    "write_files",
]
