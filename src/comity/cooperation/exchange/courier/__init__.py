"""How do batches travel where there is no line? As files: the same signed and sealed envelope, by e-mail or stick."""
