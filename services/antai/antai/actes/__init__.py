"""What may happen to a FPS at ANTAI, written once, by the noun that it changes; a door only says which act."""
