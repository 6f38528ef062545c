"""python -m evalharness."""

import sys

from evalharness.import_path import leave_out_working_directory

if __name__ == "__main__":
    leave_out_working_directory()  # before anything else is imported
    from evalharness.cli import main

    sys.exit(main())
