"""Code lists by validity: what is kept, what changed, which code is in force on a day, and what became of it."""
