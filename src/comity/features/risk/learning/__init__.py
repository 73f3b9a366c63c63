"""What do past examinations teach? Features ordered in time, and what is learned from them."""
