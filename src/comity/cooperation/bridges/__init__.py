"""How do Comity's agreements, messages and findings read in the systems neighbours already run?"""
