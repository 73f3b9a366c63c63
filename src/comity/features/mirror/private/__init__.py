"""Matching under an agreement that allows comparison but not records: keys that meet blinded, buckets, then records."""
