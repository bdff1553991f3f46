"""What travels between services: the envelope, the bus, and letters over REST."""
