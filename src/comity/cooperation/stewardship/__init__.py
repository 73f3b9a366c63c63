"""What happens to a partner's data after delivery? Retention, disposal, recall, onward sharing, use."""
