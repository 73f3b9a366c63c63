"""Business rules of an administration as data: packs of small expressions, parsed, checked and compiled."""
