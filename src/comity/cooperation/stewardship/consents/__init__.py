"""May what came from one partner go on to another? Requests, signed answers, and who holds what onward."""
