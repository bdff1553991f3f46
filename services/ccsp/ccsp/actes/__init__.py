"""What several doors of this service do alike."""
