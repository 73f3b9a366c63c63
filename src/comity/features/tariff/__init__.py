"""What goods are called, worth and charged: classification, customs value, origin, measures and duty."""
