"""Do two partners agree about what passed between them? Reconciliation, reciprocity statements, witness reports."""
