"""Messages of the Digital Container Shipping Association: events, schedules, bills of lading, arrival notices."""
