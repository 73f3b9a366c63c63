"""Which pages there are: one module per subject, each page a function from a visit to an answer."""
