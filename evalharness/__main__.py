"""python -m evalharness."""

import sys

from evalharness.import_path import leave_out_working_directory


def main() -> int:
    """Runs the command line; see `evalharness.cli.main`."""
    try:
        from evalharness import cli

        return cli.main()
    except KeyboardInterrupt:  # before it could be said in words
        return 130


if __name__ == "__main__":
    leave_out_working_directory()  # before anything else is imported
    sys.exit(main())
