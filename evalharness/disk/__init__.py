"""How things lie on disk: files that are whole or not there, locks, links, and who may read.

`files` writes whole files, `locks` keeps processes from each other's way, `links` refuses links
that lead elsewhere, and `access` keeps files for their owner alone.
"""

from evalharness.disk.access import for_owner_alone
from evalharness.disk.files import check_writable, remove_abandoned, sync, write_files
from evalharness.disk.links import refuse_links, refuse_links_inside
from evalharness.disk.locks import locked, try_lock

__all__ = [
    "check_writable",
    "for_owner_alone",
    "locked",
    "refuse_links",
    "refuse_links_inside",
    "remove_abandoned",
    "sync",
    "try_lock",
    "write_files",
]
