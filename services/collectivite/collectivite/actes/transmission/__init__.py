"""What is told to ANTAI and waits for its answer: how it leaves, what comes back, and one class for each act that follows."""
