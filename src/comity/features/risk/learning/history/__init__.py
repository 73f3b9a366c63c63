"""What was known at the start of a day of the parties, goods and routes of a line? Decayed sums for each of them."""
