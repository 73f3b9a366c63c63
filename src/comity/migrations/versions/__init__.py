"""The schema's steps."""
