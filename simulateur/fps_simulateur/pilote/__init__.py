"""What moves a world: the pilot of the four services, and the four services in one process."""
