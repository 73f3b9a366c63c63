"""How do administrations come to an agreement and out of it? Proposals, signatures and notices between partners."""
