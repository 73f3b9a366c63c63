"""What can be asked of agreements before they bind: proved by a solver, and every example shown by Cedar."""
