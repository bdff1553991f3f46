"""Letters in and out: the relay that empties the outbox, the HTTP door, and what the broker brings."""
