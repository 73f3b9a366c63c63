"""What combines features: one module for each thing that happens."""
