"""How risky is a declaration, which lane does it take, why, and what did the examination find?"""
