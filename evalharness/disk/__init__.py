"""How things lie on disk: files that are whole or not there, journals that many processes share."""

from evalharness.disk.access import for_owner_alone
from evalharness.disk.files import check_writable, remove_abandoned, sync, write_files
from evalharness.disk.journal import Journal
from evalharness.disk.links import refuse_links, refuse_links_inside
from evalharness.disk.locks import locked, try_lock

__all__ = [
    "Journal",
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
