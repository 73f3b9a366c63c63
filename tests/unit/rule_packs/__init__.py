"""Tests of rules as data: the language, the packs, the choice between them."""
