"""Comity, the open customs cooperation node."""

__version__ = "0.1.0"
