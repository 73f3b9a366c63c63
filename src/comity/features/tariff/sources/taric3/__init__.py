"""TARIC3 transactions: records that create, update and delete parts of a tariff."""
