"""The console: pages for officers, rendered here, useful without script, in English and French."""
