"""How things lie on disk: files that are whole or not there, journals that many processes share."""

from evalharness.disk.files import check_writable, locked, write_files
from evalharness.disk.journal import Journal

__all__ = ["Journal", "check_writable", "locked", "write_files"]
