"""Tests of the declarations feature."""
