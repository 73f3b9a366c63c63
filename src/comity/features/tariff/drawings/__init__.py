"""What declarations drew from tariff quotas."""
