"""Which declarations are looked at, with how much probability, and what do the results say of all the others?"""
