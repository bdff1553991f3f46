"""What may happen to a petition, written once, by the noun that it changes; a door only says which act."""
