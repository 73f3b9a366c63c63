"""Runs the command line: `python -m comity`."""

from comity.entrypoints.cli.main import main

main()
