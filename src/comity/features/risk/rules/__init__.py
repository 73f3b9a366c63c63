"""How is a risk profile's criterion read, checked and judged? One SQL condition, two executions with equal answers."""
