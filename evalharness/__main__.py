"""python -m evalharness."""

import sys


def main() -> int:
    """Runs the command line; see `evalharness.cli.main`."""
    try:
        from evalharness import cli

        return cli.main()
    except KeyboardInterrupt:  # before it could be said in words
        return 130


if __name__ == "__main__":
    sys.exit(main())
