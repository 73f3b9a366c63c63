"""Coverage-guided fuzzing of the readers: one target a format, each with `one_input(data)`."""
