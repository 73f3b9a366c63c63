"""Runs the command line: `python -m comity`. Processes for parallel work import this and run nothing."""

from comity.entrypoints.cli.main import main

if __name__ == "__main__":
    main()
