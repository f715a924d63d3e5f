"""Runs the command line as `python -m rnglint`."""

from rnglint.cli.commands import main

if __name__ == "__main__":
    main()
