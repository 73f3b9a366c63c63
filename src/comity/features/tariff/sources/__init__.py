"""The files a tariff comes in."""
