"""What did an originator withdraw, correct or replace, and what became of it here and at onward holders?"""
