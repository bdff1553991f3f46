"""What may happen to a case file of the DGFiP, written once, by the noun that it changes; a door only says which act."""
