"""What several doors of ANTAI do alike."""
