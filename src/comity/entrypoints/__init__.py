"""The doors: command line, API, console, demonstration, server."""
