"""How things lie on disk: files that are whole or not there, journals that many processes share."""

from evalharness.disk.access import for_owner_alone
from evalharness.disk.files import check_writable, remove_abandoned, sync, write_files
from evalharness.disk.journal import Journal
from evalharness.disk.locks import locked, try_lock

__all__ = [
    "Journal",
    "check_writable",
    "for_owner_alone",
    "locked",
    "remove_abandoned",
    "sync",
    "try_lock",
    "write_files",
]
