"""The API: declarations in, decisions out, examination results, the exchange with partners, the log's proofs."""
