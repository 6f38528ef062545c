"""How things lie on disk: files that are whole or not there, journals that many processes share."""

from evalharness.disk.access import for_owner_alone
from evalharness.disk.files import check_writable, locked, write_files
from evalharness.disk.journal import Journal

__all__ = ["Journal", "check_writable", "for_owner_alone", "locked", "write_files"]
