"""Which selector finds more? Selectors operated side by side on a world, each seeing only what it examined."""
