"""How administrations cooperate: identity, ledger, agreements, exchange."""
