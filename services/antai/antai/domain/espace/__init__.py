"""ANTAI's espace numérique: the request, the convention, the certificates, and what it refuses before the first message FPS."""
