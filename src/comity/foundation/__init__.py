"""What everything stands on: vocabulary, storage, settings, clock, errors."""
